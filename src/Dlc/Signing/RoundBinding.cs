using System.Buffers.Binary;
using System.Security.Cryptography;
using Coordinator.Bitcoin;

namespace Coordinator.Dlc;

/// <summary>
/// What the nonces of one round are bound to: SHA-256(canonical parameters ‖ outpoint ‖ round id), decision D8. Both sides compute it;
/// whoever sees another one refuses to sign. Equal by content.
/// </summary>
public sealed class RoundBinding : IEquatable<RoundBinding>
{
    /// <summary>Bytes of a round id.</summary>
    public const int RoundIdSize = 16;

    private readonly byte[] _hash;
    private readonly TicketedDlc _dlc;

    private RoundBinding(byte[] hash, TicketedDlc dlc) => (_hash, _dlc) = (hash, dlc);

    /// <summary>32 bytes.</summary>
    public ReadOnlyMemory<byte> Bytes => _hash;

    /// <param name="dlc">The contract that will be signed, verified before.</param>
    /// <param name="roundId">16 random bytes, drawn by the coordinator for each round.</param>
    /// <exception cref="ArgumentException">Not 16 bytes.</exception>
    public static RoundBinding Of(TicketedDlc dlc, ReadOnlySpan<byte> roundId)
    {
        if (roundId.Length != RoundIdSize)
        {
            throw new ArgumentException($"a round id is {RoundIdSize} bytes", nameof(roundId));
        }

        Span<byte> output = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(output, dlc.FundingOutpoint.Vout);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(dlc.Parameters.ToJsonBytes());
        hash.AppendData(dlc.FundingOutpoint.Txid.Wire);
        hash.AppendData(output);
        hash.AppendData(roundId);
        return new(hash.GetHashAndReset(), dlc);
    }

    /// <summary>True where it names a round of exactly this contract.</summary>
    public bool IsFor(TicketedDlc dlc)
        => ReferenceEquals(dlc, _dlc) || (dlc.FundingOutpoint == _dlc.FundingOutpoint && dlc.Parameters.Equals(_dlc.Parameters));

    /// <exception cref="SigningException">It names a round of another contract.</exception>
    internal void Require(TicketedDlc dlc)
    {
        if (!IsFor(dlc))
        {
            throw new SigningException("the round belongs to another contract: nonces for it would not be bound to what is signed");
        }
    }

    public bool Equals(RoundBinding? other) => other is not null && _hash.AsSpan().SequenceEqual(other._hash);

    public override bool Equals(object? obj) => Equals(obj as RoundBinding);

    public override int GetHashCode() => BitConverter.ToInt32(_hash);

    /// <summary>Lower-case hexadecimal.</summary>
    public override string ToString() => Hex.Encode(_hash);
}
