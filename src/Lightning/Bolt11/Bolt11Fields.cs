using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using Coordinator.Bitcoin;

namespace Coordinator.Lightning;

/// <summary>The tagged fields between timestamp and signature. Of repeated fields the first valid one counts; unknown types and fields of a
/// wrong length are skipped, as BOLT-11 asks.</summary>
internal sealed class Bolt11Fields
{
    /// <summary>tlv-onion, payment-addr, multi-path, route-blinding: what LND requires or offers in its own invoices.</summary>
    internal static readonly int[] LndFeatures = [8, 14, 17, 25];

    private const int HashGroups = 52;
    private const int KeyGroups = 53;
    private const int HopBytes = 51;

    /// <summary>Even bits we know: tlv-onion, payment-addr, multi-path, route-blinding, payment-metadata, blinded-paths.</summary>
    private static readonly int[] KnownRequired = [8, 14, 16, 24, 48, 262];

    private readonly List<Bolt11Fallback> _fallbacks = [];
    private readonly List<ImmutableArray<Bolt11Hop>> _routes = [];
    private readonly UTF8Encoding _utf8 = new(false, throwOnInvalidBytes: true);
    private byte[]? _hash;
    private byte[]? _secret;
    private byte[]? _descriptionHash;
    private byte[]? _metadata;
    private string? _description;
    private ulong? _expiry;
    private ulong? _cltv;
    private int[]? _features;

    public PublicKey? Payee { get; private set; }

    /// <summary>Reads all fields; stops at the first problem.</summary>
    public Bolt11Problem Read(ReadOnlySpan<byte> groups)
    {
        while (groups.Length > 0)
        {
            if (groups.Length < 3)
            {
                return Bolt11Problem.FieldTooLong;
            }

            var length = (groups[1] * 32) + groups[2];
            if (length > groups.Length - 3)
            {
                return Bolt11Problem.FieldTooLong;
            }

            if (!TryField(Bolt11Text.CharacterOf(groups[0]), groups.Slice(3, length)))
            {
                return Bolt11Problem.BadField;
            }

            groups = groups[(3 + length)..];
        }

        return Bolt11Problem.None;
    }

    /// <summary>What must be there, together.</summary>
    public Bolt11Problem Check(bool requireSecret) =>
        _hash is null ? Bolt11Problem.NoPaymentHash
        : (_description is null) == (_descriptionHash is null) ? Bolt11Problem.BadDescription
        : _features?.Any(bit => bit % 2 == 0 && !KnownRequired.Contains(bit)) == true ? Bolt11Problem.UnknownRequiredFeature
        : requireSecret && _secret is null ? Bolt11Problem.NoPaymentSecret
        : Bolt11Problem.None;

    public Bolt11Invoice ToInvoice(LightningNetwork network, Millisatoshis? amount, DateTimeOffset created, PublicKey payee) => new()
    {
        Network = network,
        Amount = amount,
        CreatedUtc = created,
        Expiry = TimeSpan.FromSeconds((long)Math.Min(_expiry ?? 3600, 315_360_000)),
        HasExpiry = _expiry is not null,
        CltvExpiry = (int)Math.Min(_cltv ?? Bolt11Invoice.DefaultCltvExpiry, int.MaxValue),
        HasCltvExpiry = _cltv is not null,
        PaymentHash = PaymentHash.FromBytes(_hash),
        PaymentSecret = [.. _secret ?? []],
        Description = _description,
        DescriptionHash = [.. _descriptionHash ?? []],
        Metadata = [.. _metadata ?? []],
        Payee = payee,
        NamesPayee = Payee is not null,
        Fallbacks = [.. _fallbacks],
        RouteHints = [.. _routes],
        Features = [.. _features ?? []],
    };

    /// <summary>Appends the fields of an invoice in LND's order.</summary>
    /// <exception cref="ArgumentException">A field is longer than 1023 groups.</exception>
    public static void Write(Bolt11Invoice invoice, List<byte> groups)
    {
        Append(groups, 1, Bolt11Text.ToGroups(invoice.PaymentHash.ToBytes()));
        if (invoice.DescriptionHash.Length > 0)
        {
            Append(groups, 23, Bolt11Text.ToGroups(invoice.DescriptionHash.AsSpan()));
        }
        else
        {
            Append(groups, 13, Bolt11Text.ToGroups(Encoding.UTF8.GetBytes(invoice.Description ?? "")));
        }

        if (invoice.Metadata.Length > 0)
        {
            Append(groups, 27, Bolt11Text.ToGroups(invoice.Metadata.AsSpan()));
        }

        WriteTerms(invoice, groups);
    }

    private static void WriteTerms(Bolt11Invoice invoice, List<byte> groups)
    {
        if (invoice.HasCltvExpiry)
        {
            Append(groups, 24, Minimal((ulong)invoice.CltvExpiry));
        }

        if (invoice.HasExpiry)
        {
            Append(groups, 6, Minimal((ulong)invoice.Expiry.TotalSeconds));
        }

        if (invoice.NamesPayee)
        {
            Append(groups, 19, Bolt11Text.ToGroups(invoice.Payee.Bytes));
        }

        if (invoice.PaymentSecret.Length > 0)
        {
            Append(groups, 16, Bolt11Text.ToGroups(invoice.PaymentSecret.AsSpan()));
        }

        if (invoice.Features.Length > 0)
        {
            Append(groups, 5, FeatureGroups(invoice.Features));
        }
    }

    private static void Append(List<byte> groups, byte type, byte[] content)
    {
        if (content.Length > 1023)
        {
            throw new ArgumentException($"data length too big to fit within 10 bits: {content.Length}", nameof(content));
        }

        groups.Add(type);
        groups.Add((byte)(content.Length / 32));
        groups.Add((byte)(content.Length % 32));
        groups.AddRange(content);
    }

    private static byte[] Minimal(ulong number)
    {
        var groups = new Stack<byte>();
        for (; number > 0; number >>= 5)
        {
            groups.Push((byte)(number & 31));
        }

        return groups.Count == 0 ? [0] : [.. groups];
    }

    private static byte[] FeatureGroups(ImmutableArray<int> features)
    {
        var groups = new byte[(features.Max() / 5) + 1];
        foreach (var bit in features)
        {
            groups[groups.Length - 1 - (bit / 5)] |= (byte)(1 << (bit % 5));
        }

        return groups;
    }

    private bool TryField(char type, ReadOnlySpan<byte> content)
    {
        switch (type)
        {
            case 'p':
                return TryHash(ref _hash, content);
            case 's':
                return TryHash(ref _secret, content);
            case 'h':
                return TryHash(ref _descriptionHash, content);
            case 'd':
                return _description is not null || TryText(content);
            case 'm':
                return _metadata is not null || Bolt11Text.TryToBytes(content, out _metadata);
            case 'x':
                return TryNumber(ref _expiry, content);
            case 'c':
                return TryNumber(ref _cltv, content);
            case 'n':
                return Payee is not null || content.Length != KeyGroups || TryKey(content);
            case 'f':
                return TryFallback(content);
            case 'r':
                return TryRoute(content);
            case '9':
                _features ??= FeaturesOf(content);
                return true;
            default:
                return true;
        }
    }

    private static bool TryHash(ref byte[]? field, ReadOnlySpan<byte> content) =>
        field is not null || content.Length != HashGroups || Bolt11Text.TryToBytes(content, out field);

    private bool TryText(ReadOnlySpan<byte> content)
    {
        if (!Bolt11Text.TryToBytes(content, out var bytes))
        {
            return false;
        }

        try
        {
            _description = _utf8.GetString(bytes);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    private static bool TryNumber(ref ulong? field, ReadOnlySpan<byte> content)
    {
        if (field is not null)
        {
            return true;
        }

        ulong number = 0;
        foreach (var group in content)
        {
            if (number >> 58 != 0)
            {
                return false;
            }

            number = (number << 5) | group;
        }

        field = number;
        return true;
    }

    private bool TryKey(ReadOnlySpan<byte> content)
    {
        Payee = Bolt11Text.TryToBytes(content, out var bytes) ? PublicKey.TryParse(bytes) : null;
        return Payee is not null;
    }

    private bool TryFallback(ReadOnlySpan<byte> content)
    {
        if (content.Length == 0 || content[0] is not (0 or 1 or 17 or 18))
        {
            return true;
        }

        if (!Bolt11Text.TryToBytes(content[1..], out var program))
        {
            return false;
        }

        var fits = content[0] switch { 0 => program.Length is 20 or 32, 1 => program.Length == 32, _ => program.Length == 20 };
        if (fits)
        {
            _fallbacks.Add(new Bolt11Fallback(content[0], [.. program]));
        }

        return true;
    }

    private bool TryRoute(ReadOnlySpan<byte> content)
    {
        if (!Bolt11Text.TryToBytes(content, out var bytes) || bytes.Length == 0 || bytes.Length % HopBytes != 0)
        {
            return false;
        }

        var hops = ImmutableArray.CreateBuilder<Bolt11Hop>(bytes.Length / HopBytes);
        for (var at = 0; at < bytes.Length; at += HopBytes)
        {
            var hop = bytes.AsSpan(at, HopBytes);
            if (PublicKey.TryParse(hop[..33]) is not { } node)
            {
                return false;
            }

            hops.Add(new Bolt11Hop(
                node, BinaryPrimitives.ReadUInt64BigEndian(hop[33..]), BinaryPrimitives.ReadUInt32BigEndian(hop[41..]),
                BinaryPrimitives.ReadUInt32BigEndian(hop[45..]), BinaryPrimitives.ReadUInt16BigEndian(hop[49..])));
        }

        _routes.Add(hops.MoveToImmutable());
        return true;
    }

    private static int[] FeaturesOf(ReadOnlySpan<byte> content)
    {
        var bits = new List<int>();
        for (var bit = 0; bit < content.Length * 5; bit++)
        {
            if ((content[content.Length - 1 - (bit / 5)] >> (bit % 5) & 1) != 0)
            {
                bits.Add(bit);
            }
        }

        return [.. bits];
    }
}
