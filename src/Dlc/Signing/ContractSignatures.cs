using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Coordinator.Bitcoin;

namespace Coordinator.Dlc;

/// <summary>
/// The finished signatures of a contract, or one signer's part of them: the expiry's, the outcomes' adaptor signatures by attestation
/// index, the splits' by win condition. Reading them does not verify them; <see cref="SignatureCheck"/> does. Packed and immutable.
/// </summary>
public sealed class ContractSignatures
{
    private const int AdaptorSize = 65;
    private const int CompactSize = 64;

    private readonly byte[] _adaptors;
    private readonly byte[] _splits;

    internal ContractSignatures(
        CompactSignature? expiry, ImmutableArray<int> attestations, byte[] adaptors, ImmutableArray<WinCondition> winConditions,
        byte[] splits)
    {
        (ExpirySignature, Attestations, WinConditions) = (expiry, attestations, winConditions);
        (_adaptors, _splits) = (adaptors, splits);
    }

    /// <summary>The signature of the expiry transaction; null where there is none.</summary>
    public CompactSignature? ExpirySignature { get; }

    /// <summary>The attestation indices that have a signature, ascending.</summary>
    public ImmutableArray<int> Attestations { get; }

    /// <summary>The win conditions that have a signature, ascending.</summary>
    public ImmutableArray<WinCondition> WinConditions { get; }

    /// <summary>The adaptor signature of an attested outcome; null where there is none.</summary>
    public AdaptorSignature? OutcomeSignature(int attestationIndex)
        => Attestations.BinarySearch(attestationIndex) is var at and >= 0 ? AdaptorSignature.TryFrom(AdaptorAt(at)) : null;

    /// <summary>The signature of a winner's leaf of the split transaction; null where there is none.</summary>
    public CompactSignature? SplitSignature(WinCondition win)
        => WinConditions.BinarySearch(win) is var at and >= 0 ? CompactSignature.TryFrom(SplitAt(at)) : null;

    /// <summary>What this signer needs, and nothing else (dlctix.md §15): everything for the market maker.</summary>
    public ContractSignatures PrunedFor(SignerItems signer)
    {
        var shape = signer.AllItems.Shape;
        var claims = new HashSet<int>(signer.Claims);
        var attestations = Attestations.Where(index => claims.Contains(shape.IndexOf(Outcome.Attestation(index)))).ToImmutableArray();
        var wins = WinConditions.Where(win => claims.Contains(shape.IndexOf(win))).ToImmutableArray();
        var adaptors = new byte[attestations.Length * AdaptorSize];
        for (var i = 0; i < attestations.Length; i++)
        {
            AdaptorAt(Attestations.BinarySearch(attestations[i])).CopyTo(adaptors.AsSpan(i * AdaptorSize));
        }

        var splits = new byte[wins.Length * CompactSize];
        for (var i = 0; i < wins.Length; i++)
        {
            SplitAt(WinConditions.BinarySearch(wins[i])).CopyTo(splits.AsSpan(i * CompactSize));
        }

        var expiry = claims.Contains(shape.IndexOf(Outcome.Expiry)) ? ExpirySignature : null;
        return new(expiry, attestations, adaptors, wins, splits);
    }

    /// <summary>Compact JSON, byte for byte as dlctix writes it.</summary>
    public byte[] ToJsonBytes() => ContractSignaturesJson.Write(this);

    /// <exception cref="DlcFormatException">Not the JSON of contract signatures; the message names the member.</exception>
    public static ContractSignatures Parse(ReadOnlySpan<byte> utf8Json) => ContractSignaturesJson.ReadDocument(utf8Json);

    /// <summary>As <see cref="Parse"/>; answers why not instead of throwing.</summary>
    public static bool TryParse(
        ReadOnlySpan<byte> utf8Json, [NotNullWhen(true)] out ContractSignatures? signatures, [NotNullWhen(false)] out string? error)
    {
        try
        {
            (signatures, error) = (Parse(utf8Json), null);
            return true;
        }
        catch (DlcFormatException refusal)
        {
            (signatures, error) = (null, refusal.Message);
            return false;
        }
    }

    /// <summary>From signatures that were made elsewhere: 65 bytes per item in the order of the shape, an adaptor signature for an
    /// attested outcome, any byte and a plain signature otherwise. Does not verify them; <see cref="SignatureCheck"/> does.</summary>
    /// <exception cref="ArgumentException">Another length, or an entry that is no signature.</exception>
    public static ContractSignatures FromPacked(SigMapShape shape, ReadOnlySpan<byte> packed65)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (packed65.Length != shape.Count * AdaptorSize)
        {
            throw new ArgumentException($"{shape.Count} signatures have {shape.Count * AdaptorSize} bytes, not {packed65.Length}", nameof(packed65));
        }

        for (var i = 0; i < shape.Count; i++)
        {
            var entry = packed65.Slice(i * AdaptorSize, AdaptorSize);
            var isAttested = i < shape.Outcomes.Length && !shape.Outcomes[i].IsExpiry;
            if (!(isAttested ? AdaptorSignature.IsValid(entry) : CompactSignature.IsValid(entry[1..])))
            {
                throw new ArgumentException($"{shape.KeyAt(i)}: not a signature", nameof(packed65));
            }
        }

        return FromFinished(shape, packed65.ToArray());
    }

    /// <summary>From a finished round: 65 bytes per item, whose last 64 are the compact signature.</summary>
    internal static ContractSignatures FromFinished(SigMapShape shape, byte[] finished)
    {
        var outcomes = shape.Outcomes.Length;
        var attested = outcomes > 0 && shape.Outcomes[^1].IsExpiry ? outcomes - 1 : outcomes;
        var splits = new byte[shape.WinConditions.Length * CompactSize];
        for (var i = 0; i < shape.WinConditions.Length; i++)
        {
            finished.AsSpan(((outcomes + i) * AdaptorSize) + 1, CompactSize).CopyTo(splits.AsSpan(i * CompactSize));
        }

        var expiry = attested < outcomes ? CompactSignature.TryFrom(finished.AsSpan((attested * AdaptorSize) + 1, CompactSize)) : null;
        return new(
            expiry, [.. shape.Outcomes.Take(attested).Select(outcome => outcome.AttestationIndex)], finished[..(attested * AdaptorSize)],
            shape.WinConditions, splits);
    }

    internal ReadOnlySpan<byte> AdaptorAt(int at) => _adaptors.AsSpan(at * AdaptorSize, AdaptorSize);

    internal ReadOnlySpan<byte> SplitAt(int at) => _splits.AsSpan(at * CompactSize, CompactSize);
}
