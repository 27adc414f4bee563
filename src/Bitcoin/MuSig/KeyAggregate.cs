using System.Security.Cryptography;

namespace Coordinator.Bitcoin;

/// <summary>
/// An aggregated key with its members, coefficients and tweaks (BIP-327, KeyAgg and ApplyTweak). Immutable; serves any number of
/// threads. The order of the members matters: sort them first where the other side does (<see cref="OfSorted"/>).
/// </summary>
public sealed class KeyAggregate
{
    private static readonly TaggedHash ListHash = new("KeyAgg list");
    private static readonly TaggedHash CoefficientHash = new("KeyAgg coefficient");

    private readonly PublicKey[] _keys;
    private readonly byte[] _coefficients;
    private readonly byte[] _effective;
    private readonly byte[] _tweak;
    private readonly byte[] _xonlyParsed = new byte[64];

    private KeyAggregate(PublicKey[] keys, byte[] coefficients, byte[] effective, PublicKey untweaked)
    {
        _keys = keys;
        _coefficients = coefficients;
        _effective = effective;
        _tweak = new byte[32];
        Key = Untweaked = untweaked;
        ParseXOnly();
    }

    private KeyAggregate(KeyAggregate source, PublicKey key, byte[] tweak, bool isNegated)
    {
        (_keys, _coefficients, _effective, _tweak) = (source._keys, source._coefficients, source._effective, tweak);
        (Key, Untweaked, IsNegated) = (key, source.Untweaked, isNegated);
        ParseXOnly();
    }

    /// <summary>The members, in the order they were given.</summary>
    public IReadOnlyList<PublicKey> Keys => _keys;

    /// <summary>The aggregate with all tweaks applied.</summary>
    public PublicKey Key { get; }

    /// <summary>The aggregate before any tweak.</summary>
    public PublicKey Untweaked { get; }

    /// <summary>The 32 bytes that signatures verify under.</summary>
    public XOnlyPublicKey XOnly => Key.XOnly;

    /// <summary>The sum of the tweaks, 32 bytes (tacc); zero where there is none.</summary>
    public ReadOnlySpan<byte> Tweak => _tweak;

    /// <summary>True where the tweaks flipped the sign of the members' keys (gacc = −1).</summary>
    public bool IsNegated { get; }

    /// <summary>True where a member signs with its secret negated: gacc and the parity of the key disagree.</summary>
    internal bool SignsNegated => IsNegated != Key.IsOdd;

    internal ReadOnlySpan<byte> XOnlyParsed => _xonlyParsed;

    /// <summary>Aggregates the keys in the given order.</summary>
    /// <exception cref="MuSigException">No key at all, too many, or a sum that is infinity.</exception>
    public static KeyAggregate Of(IReadOnlyList<PublicKey> keys)
    {
        if (keys.Count is < 1 or > Points.MaximumSum)
        {
            throw new MuSigException($"between 1 and {Points.MaximumSum} keys can be aggregated, not {keys.Count}");
        }

        var members = keys.ToArray();
        var coefficients = Coefficients(members);
        var effective = new byte[members.Length * Points.Size];
        for (var i = 0; i < members.Length; i++)
        {
            var point = effective.AsSpan(i * Points.Size, Points.Size);
            var coefficient = coefficients.AsSpan(i * 32, 32);
            members[i].Parsed.CopyTo(point);
            if (!coefficient.SequenceEqual(Scalars.One))
            {
                Points.Multiply(point, coefficient);
            }
        }

        Span<byte> sum = stackalloc byte[Points.Size];
        Points.Sum(effective, Points.Size, members.Length, sum);
        return Points.IsInfinity(sum)
            ? throw new MuSigException("the keys add up to infinity")
            : new(members, coefficients, effective, PublicKey.FromParsed(sum));
    }

    /// <summary>Sorts by compressed bytes (BIP-327, KeySort), then aggregates. Repeated keys are kept.</summary>
    public static KeyAggregate OfSorted(IEnumerable<PublicKey> keys) => Of([.. keys.Order()]);

    /// <summary>As <see cref="Of"/>, from compressed bytes as they came in.</summary>
    /// <exception cref="MuSigException">Names the first signer whose bytes are not a key.</exception>
    public static KeyAggregate OfBytes(IReadOnlyList<byte[]> keys)
    {
        var parsed = new PublicKey[keys.Count];
        for (var i = 0; i < parsed.Length; i++)
        {
            parsed[i] = PublicKey.TryParse(keys[i]) ?? throw new MuSigException($"signer {i} sent an invalid key", i, "pubkey");
        }

        return Of(parsed);
    }

    /// <summary>The coefficient a_i of a member, 32 bytes.</summary>
    public ReadOnlySpan<byte> Coefficient(int member) => _coefficients.AsSpan(member * 32, 32);

    /// <summary>The member's position, −1 for a stranger; for a repeated key its last one.</summary>
    public int IndexOf(PublicKey key) => Array.LastIndexOf(_keys, key);

    /// <summary>Adds tweak·G to the key (plain tweak).</summary>
    /// <exception cref="MuSigException">The tweak is not a scalar, or the result is infinity.</exception>
    public KeyAggregate WithPlainTweak(ReadOnlySpan<byte> tweak32) => WithTweak(tweak32, negateFirst: false);

    /// <summary>Adds tweak·G to the point with this x and even y (x-only tweak).</summary>
    /// <exception cref="MuSigException">The tweak is not a scalar, or the result is infinity.</exception>
    public KeyAggregate WithXOnlyTweak(ReadOnlySpan<byte> tweak32) => WithTweak(tweak32, negateFirst: Key.IsOdd);

    /// <summary>The BIP-341 output key for a Merkle root of 32 bytes, or for no tree at all where it is empty.</summary>
    /// <exception cref="MuSigException">The tweak is not below the group order (never met in practice).</exception>
    public KeyAggregate WithTaprootTweak(ReadOnlySpan<byte> merkleRoot)
    {
        Span<byte> tweak = stackalloc byte[32];
        TaggedHash.TapTweak.Of(Key.Bytes[1..], merkleRoot, [], tweak);
        return WithXOnlyTweak(tweak);
    }

    /// <summary>
    /// The secret of the aggregate, from the secrets of all members in the order of <see cref="Keys"/> (cooperative close).
    /// </summary>
    /// <exception cref="MuSigException">A secret is missing or belongs to another key.</exception>
    public SecretKey GroupSecret(IReadOnlyList<SecretKey> secrets)
    {
        if (secrets.Count != _keys.Length)
        {
            throw new MuSigException($"{_keys.Length} secret keys are needed, {secrets.Count} were given");
        }

        Span<byte> sum = stackalloc byte[32];
        Span<byte> term = stackalloc byte[32];
        try
        {
            for (var i = 0; i < _keys.Length; i++)
            {
                secrets[i].Bytes.CopyTo(term);
                Scalars.Multiply(term, Coefficient(i));
                Scalars.Add(sum, term);
            }

            if (IsNegated)
            {
                Scalars.Negate(sum);
            }

            Scalars.Add(sum, _tweak);
            return SecretKey.TryFrom(sum) is { } secret && secret.PublicKey.Equals(Key)
                ? secret
                : throw new MuSigException("the secret keys do not belong to the members of this aggregate");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(sum);
            CryptographicOperations.ZeroMemory(term);
        }
    }

    /// <summary>a_i·X_i in parsed form.</summary>
    internal ReadOnlySpan<byte> EffectiveKey(int member) => _effective.AsSpan(member * Points.Size, Points.Size);

    private KeyAggregate WithTweak(ReadOnlySpan<byte> tweak32, bool negateFirst)
    {
        if (!Scalars.IsReduced(tweak32))
        {
            throw new MuSigException("a tweak is 32 bytes below the group order");
        }

        Span<byte> point = stackalloc byte[Points.Size];
        Span<byte> shift = stackalloc byte[Points.Size];
        Key.Parsed.CopyTo(point);
        var tweak = _tweak.ToArray();
        if (negateFirst)
        {
            Points.Negate(point);
            Scalars.Negate(tweak);
        }

        Points.Generate(tweak32, shift);
        Points.Add(point, shift);
        Scalars.Add(tweak, tweak32);
        return Points.IsInfinity(point)
            ? throw new MuSigException("the tweaked key is infinity")
            : new(this, PublicKey.FromParsed(point), tweak, IsNegated != negateFirst);
    }

    private static byte[] Coefficients(PublicKey[] keys)
    {
        var list = new byte[keys.Length * 33];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i].Bytes.CopyTo(list.AsSpan(i * 33));
        }

        var second = Array.Find(keys, key => !key.Equals(keys[0]));
        var listHash = ListHash.Of(list);
        var coefficients = new byte[keys.Length * 32];
        for (var i = 0; i < keys.Length; i++)
        {
            var coefficient = coefficients.AsSpan(i * 32, 32);
            if (keys[i].Equals(second))
            {
                Scalars.One.CopyTo(coefficient);
                continue;
            }

            CoefficientHash.Of(listHash, keys[i].Bytes, [], coefficient);
            Scalars.Reduce(coefficient);
        }

        return coefficients;
    }

    private unsafe void ParseXOnly()
    {
        int parity;
        fixed (byte* output = _xonlyParsed, input = Key.Parsed)
        {
            _ = Native.secp256k1_xonly_pubkey_from_pubkey(Native.Context, output, &parity, input);
        }
    }
}
