using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Coordinator.Bitcoin;

namespace Coordinator.Lightning;

/// <summary>Reads and writes BOLT-11 payment requests. Any text ends in an invoice or in a named problem; nothing is thrown for bad
/// input.</summary>
public static class Bolt11
{
    private const int TimestampGroups = 7;
    private const int SignatureGroups = 104;

    /// <summary>Half of the curve order, big-endian: a greater s is "high".</summary>
    private static readonly byte[] HalfOrder = Convert.FromHexString("7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0");

    /// <summary>Reads a payment request that can be paid: a payment secret is required.</summary>
    /// <param name="text">All upper or all lower case.</param>
    /// <param name="invoice">The invoice when true.</param>
    /// <param name="problem">The first thing wrong when false.</param>
    public static bool TryDecode(
        [NotNullWhen(true)] string? text, [NotNullWhen(true)] out Bolt11Invoice? invoice, out Bolt11Problem problem) =>
        TryDecode(text, requireSecret: true, out invoice, out problem);

    /// <summary>Reads a payment request, with or without a payment secret. Old invoices lack one and cannot be paid any more.</summary>
    public static bool TryDecode(
        [NotNullWhen(true)] string? text, bool requireSecret, [NotNullWhen(true)] out Bolt11Invoice? invoice, out Bolt11Problem problem)
    {
        invoice = null;
        problem = Bolt11Problem.TooShort;
        return text is not null
            && Bolt11Text.TryRead(text, out var prefix, out var groups, out problem)
            && TryDecode(prefix, groups, requireSecret, out invoice, out problem);
    }

    private static bool TryDecode(
        string prefix, byte[] groups, bool requireSecret, [NotNullWhen(true)] out Bolt11Invoice? invoice, out Bolt11Problem problem)
    {
        invoice = null;
        problem = Bolt11Amount.Read(prefix, out var network, out var amount);
        if (problem == Bolt11Problem.None && groups.Length < TimestampGroups + SignatureGroups)
        {
            problem = Bolt11Problem.TooShort;
        }

        if (problem != Bolt11Problem.None)
        {
            return false;
        }

        var fields = new Bolt11Fields();
        problem = fields.Read(groups.AsSpan(TimestampGroups, groups.Length - TimestampGroups - SignatureGroups));
        if (problem == Bolt11Problem.None)
        {
            problem = fields.Check(requireSecret);
        }

        if (problem != Bolt11Problem.None)
        {
            return false;
        }

        if (PayeeOf(prefix, groups, fields.Payee) is { } payee)
        {
            invoice = fields.ToInvoice(network, amount, TimestampOf(groups), payee);
            return true;
        }

        problem = Bolt11Problem.BadSignature;
        return false;
    }

    /// <summary>Writes and signs a payment request with the fields in LND's order (p, d or h, c, x, s, 9).</summary>
    /// <param name="invoice">Payee and fallbacks are not written: the signature names the payee.</param>
    /// <param name="key">The payee's node key.</param>
    /// <exception cref="ArgumentException">A field does not fit its length (a description over 639 bytes, for example).</exception>
    public static string Encode(Bolt11Invoice invoice, SecretKey key)
    {
        var prefix = Bolt11Amount.Write(invoice.Network, invoice.Amount);
        var seconds = invoice.CreatedUtc.ToUnixTimeSeconds();
        if (seconds is < 0 or >= 1L << 35)
        {
            throw new ArgumentException("the timestamp does not fit 35 bits", nameof(invoice));
        }

        var groups = new List<byte>(400);
        for (var i = TimestampGroups - 1; i >= 0; i--)
        {
            groups.Add((byte)((seconds >> (5 * i)) & 31));
        }

        Bolt11Fields.Write(invoice, groups);
        var (compact, recovery) = Secp256k1.EcdsaSignRecoverable(key, SignedHash(prefix, [.. groups]));
        groups.AddRange(Bolt11Text.ToGroups([.. compact, (byte)recovery]));
        return Bolt11Text.Write(prefix, [.. groups]);
    }

    private static DateTimeOffset TimestampOf(ReadOnlySpan<byte> groups)
    {
        long seconds = 0;
        foreach (var group in groups[..TimestampGroups])
        {
            seconds = (seconds << 5) | group;
        }

        return DateTimeOffset.FromUnixTimeSeconds(seconds);
    }

    /// <summary>The key that signed: the named one if the signature fits it, else the recovered one; null when neither.</summary>
    private static PublicKey? PayeeOf(string prefix, byte[] groups, PublicKey? named)
    {
        var hash = SignedHash(prefix, groups.AsSpan(0, groups.Length - SignatureGroups));
        var signature = Bolt11Text.ToPaddedBytes(groups.AsSpan(groups.Length - SignatureGroups));
        if (named is null)
        {
            return Secp256k1.EcdsaRecover(signature.AsSpan(0, 64), signature[64], hash);
        }

        var low = signature.AsSpan(32, 32).SequenceCompareTo(HalfOrder) <= 0;
        return low && Secp256k1.EcdsaVerifyCompact(named, hash, signature.AsSpan(0, 64)) ? named : null;
    }

    private static byte[] SignedHash(string prefix, ReadOnlySpan<byte> groups) =>
        SHA256.HashData([.. Encoding.ASCII.GetBytes(prefix), .. Bolt11Text.ToPaddedBytes(groups)]);
}
