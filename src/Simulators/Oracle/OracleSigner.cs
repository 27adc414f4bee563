using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Coordinator.Bitcoin;
using Coordinator.Oracle;

namespace Coordinator.Simulators.Oracle;

/// <summary>The scalar that opens an outcome: s = r̂ + e·d̂, so that s·G is the outcome's locking point.</summary>
/// <remarks>The arithmetic is not constant time: this is a simulator's key.</remarks>
public static class AttestationScalar
{
    private static readonly BigInteger Order = BigInteger.Parse(
        "0FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    /// <summary>32 bytes big-endian. Never for two messages with one nonce: that gives the key away.</summary>
    public static byte[] Of(SecretKey key, SecretKey nonce, ReadOnlySpan<byte> message)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(nonce);
        var e = Number(Coordinator.Oracle.LockingPoints.ChallengeOf(key.XOnly, nonce.XOnly, message));
        var bytes = ((Even(nonce) + (e * Even(key))) % Order).ToByteArray(isUnsigned: true, isBigEndian: true);
        var result = new byte[32];
        bytes.CopyTo(result, 32 - bytes.Length);
        return result;
    }

    private static BigInteger Number(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private static BigInteger Even(SecretKey secret)
    {
        var number = Number(secret.ToBytes());
        return secret.PublicKey.IsOdd ? Order - number : number;
    }
}

/// <summary>The oracle's key and what is derived from it. Secret nonces live inside single calls only.</summary>
internal sealed class OracleSigner(SecretKey key)
{
    private readonly Dictionary<Guid, ImmutableArray<string>> _points = [];
    private readonly ConcurrentDictionary<Guid, PublicKey> _nonces = new();

    internal PublicKey PublicKey => key.PublicKey;

    internal string KeyHex => Hex.Encode(key.ToBytes());

    /// <summary>Computed once per event, whose salt never changes.</summary>
    internal PublicKey NoncePoint(EventRecord record) => _nonces.GetOrAdd(record.Terms.Id, _ =>
    {
        using var nonce = Nonce(record);
        return nonce.PublicKey;
    });

    /// <summary>The secret nonce as text: only for the "v1 quirk".</summary>
    internal string RevealNonce(EventRecord record)
    {
        using var nonce = Nonce(record);
        return Hex.Encode(nonce.ToBytes());
    }

    /// <summary>The announced points as text; computed once per event.</summary>
    internal ImmutableArray<string> LockingPoints(EventRecord record)
    {
        lock (_points)
        {
            if (!_points.TryGetValue(record.Terms.Id, out var points))
            {
                var outcomes = OutcomeMessages.Of(record.Terms.TotalAllowedEntries, record.Terms.NumberOfPlacesWin);
                points = [.. Coordinator.Oracle.LockingPoints.All(PublicKey, NoncePoint(record), outcomes).Select(point => point.ToHex())];
                _points[record.Terms.Id] = points;
            }

            return points;
        }
    }

    /// <summary>s = r̂ + e·d̂ for an outcome, 32 bytes big-endian; the same every time.</summary>
    internal byte[] Attest(EventRecord record, int outcome)
    {
        using var nonce = Nonce(record);
        var message = OutcomeMessages.Of(record.Terms.TotalAllowedEntries, record.Terms.NumberOfPlacesWin).Message(outcome);
        return AttestationScalar.Of(key, nonce, message);
    }

    /// <summary>SHA-256("noaa-oracle/event-nonce/v1" ‖ d ‖ event id ‖ salt ‖ counter), the first that is a scalar.</summary>
    private SecretKey Nonce(EventRecord record)
    {
        var secret = key.ToBytes();
        for (byte counter = 0; ; counter++)
        {
            byte[] seed =
            [
                .. Encoding.UTF8.GetBytes("noaa-oracle/event-nonce/v1"), .. secret, .. record.Terms.Id.ToByteArray(bigEndian: true),
                .. Hex.Decode(record.Salt), counter,
            ];
            var candidate = SecretKey.TryFrom(Hashes.Sha256(seed));
            CryptographicOperations.ZeroMemory(seed);
            if (candidate is not null)
            {
                CryptographicOperations.ZeroMemory(secret);
                return candidate;
            }
        }
    }
}
