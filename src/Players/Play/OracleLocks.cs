using System.Collections.Immutable;
using Coordinator.Bitcoin;
using Coordinator.Dlc;

namespace Coordinator.Players.Play;

/// <summary>Recomputes every locking point from the oracle's key and nonce point: S = R̂ + e·P̂, hats being the points of even y.</summary>
internal static class OracleLocks
{
    private static readonly TaggedHash MessageHash = new("DLC/oracle/attestation/v0");

    public static ImmutableArray<PublicKey> Of(PublicKey oracle, PublicKey nonce, OutcomeRanking ranking)
    {
        var (key, point) = (oracle.XOnly.ToEvenPoint(), nonce.XOnly.ToEvenPoint());
        var locks = ImmutableArray.CreateBuilder<PublicKey>(ranking.AttestationCount);
        var challenge = new byte[32];
        for (var outcome = 0; outcome < ranking.AttestationCount; outcome++)
        {
            TaggedHash.Bip340Challenge.Of(point.XOnly.Bytes, key.XOnly.Bytes, MessageHash.Of(ranking.MessageOf(outcome)), challenge);
            locks.Add(Secp256k1.Multiply(key, challenge) is { } product && Secp256k1.Combine(point, product) is { } sum
                ? sum
                : throw new Wire.PlayerException("the oracle announced points that lock nothing"));
        }

        return locks.MoveToImmutable();
    }
}
