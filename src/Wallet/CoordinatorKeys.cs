using System.Security.Cryptography;
using Coordinator.Bitcoin;

namespace Coordinator.Wallet;

/// <summary>Every key of the coordinator, derived from the one in the key file. No two uses share a key; nothing here prints a secret.</summary>
/// <remarks>
/// Root: BIP-32, depth 0, chain code = the key's own bytes (<c>http-api.md</c> §18.2). Below it: 0/* and 1/* the wallet; 1237'/0' the Nostr
/// identity; 1237'/1' the Keymeld identity; 8333'/a'/b'/c'/d'/e' the market maker of one competition, 8334'/… its escrows, where a to e are its id's 128 bits,
/// big-endian, in pieces of 31, 31, 31, 31 and 4 bits. Secrets at rest and keyed hashes: HKDF-SHA256 of the root key, each with an info of its own.
/// Because the chain code is secret here, no extended public key of the root ever leaves this project.
/// </remarks>
public sealed class CoordinatorKeys : IDisposable
{
    private const uint NostrPurpose = 1237 + KeyPath.Hardened;
    private const uint MarketMakerPurpose = 8333 + KeyPath.Hardened;
    private const uint EscrowPurpose = 8334 + KeyPath.Hardened;
    private readonly SecretBox _box;
    private readonly byte[] _tagKey = new byte[32];

    /// <summary>Derives from a root key, which stays the caller's to dispose.</summary>
    public CoordinatorKeys(SecretKey root)
    {
        var bytes = root.ToBytes();
        Root = ExtendedPrivateKey.FromRaw(SecretKey.From(bytes), bytes);
        _box = new SecretBox(bytes);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, bytes, _tagKey, salt: "coordinator"u8, info: "keyed hashes v1"u8);
        CryptographicOperations.ZeroMemory(bytes);
        Nostr = Leaf(NostrPurpose, KeyPath.Hardened);
        Keymeld = Leaf(NostrPurpose, 1 + KeyPath.Hardened);
    }

    /// <summary>Identity towards the oracle and in signed requests; disposed with this object.</summary>
    public SecretKey Nostr { get; }

    /// <summary>Identity towards Keymeld gateways; disposed with this object.</summary>
    public SecretKey Keymeld { get; }

    internal ExtendedPrivateKey Root { get; }

    /// <summary>The market maker's key of one competition: the same for the same id for ever. The caller disposes it.</summary>
    public SecretKey MarketMaker(Guid competition) => OfCompetition(MarketMakerPurpose, competition);

    /// <summary>The coordinator's key in the escrows of one competition: the same for the same id for ever. The caller disposes it.</summary>
    public SecretKey Escrow(Guid competition) => OfCompetition(EscrowPurpose, competition);

    private SecretKey OfCompetition(uint purpose, Guid competition)
    {
        Span<byte> id = stackalloc byte[16];
        _ = competition.TryWriteBytes(id, bigEndian: true, out _);
        var number = System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(id);
        var steps = new uint[6];
        steps[0] = purpose;
        for (var i = 1; i <= 4; i++)
        {
            steps[i] = (uint)((number >> (128 - (31 * i))) & 0x7fff_ffff) + KeyPath.Hardened;
        }

        steps[5] = (uint)(number & 0xf) + KeyPath.Hardened;
        return Leaf(steps);
    }

    /// <summary>Seals a secret for storage.</summary>
    /// <param name="secret">Any bytes.</param>
    /// <param name="purpose">What it is and whose, for example <c>ticket-preimage/{id}</c>: it opens only for the same purpose.</param>
    /// <returns>Different each time; 29 bytes longer than the secret.</returns>
    public byte[] Seal(ReadOnlySpan<byte> secret, string purpose) => _box.Seal(secret, purpose);

    /// <summary>Opens what was sealed for this purpose; null where it was changed, was sealed for another purpose or with another key.</summary>
    public byte[]? Open(ReadOnlySpan<byte> sealedSecret, string purpose) => _box.Open(sealedSecret, purpose);

    /// <summary>A hash that only the holder of the root key can make: HMAC-SHA256, 32 bytes, the same for the same input for ever.</summary>
    /// <param name="purpose">What it is for: hashes for different purposes have nothing in common.</param>
    /// <param name="data">Any bytes.</param>
    public byte[] Tag(string purpose, ReadOnlySpan<byte> data)
    {
        Span<byte> key = stackalloc byte[32];
        HMACSHA256.HashData(_tagKey, System.Text.Encoding.UTF8.GetBytes(purpose), key);
        var tag = HMACSHA256.HashData(key, data);
        CryptographicOperations.ZeroMemory(key);
        return tag;
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_tagKey);
        Root.Dispose();
        Nostr.Dispose();
        Keymeld.Dispose();
        _box.Dispose();
    }

    private SecretKey Leaf(params IEnumerable<uint> path)
    {
        using var derived = Root.Derive(new KeyPath(path));
        var bytes = derived.Key.ToBytes();
        var key = SecretKey.From(bytes);
        CryptographicOperations.ZeroMemory(bytes);
        return key;
    }
}
