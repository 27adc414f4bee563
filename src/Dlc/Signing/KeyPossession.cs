using Coordinator.Bitcoin;

namespace Coordinator.Dlc;

/// <summary>
/// Proof that whoever enters a competition holds the key that its entry names: a BIP-340 signature by that key over
/// TaggedHash("coordinator/entry-key", competition ‖ ticket ‖ player), ids as 16 big-endian bytes, the player as its 32-byte x-only Nostr key.
/// Good for one seat and one player only; whoever sees it can use it for nothing else.
/// </summary>
public static class KeyPossession
{
    private static readonly TaggedHash Tag = new("coordinator/entry-key");

    /// <summary>The proof, 64 bytes.</summary>
    public static byte[] Prove(SecretKey entryKey, Guid competition, Guid ticket, XOnlyPublicKey player)
        => Secp256k1.SchnorrSign(entryKey, Message(competition, ticket, player));

    /// <summary>True where the holder of the key has signed for this seat and player.</summary>
    public static bool Verify(PublicKey entryKey, Guid competition, Guid ticket, XOnlyPublicKey player, ReadOnlySpan<byte> proof64)
        => proof64.Length == 64 && Secp256k1.SchnorrVerify(entryKey.XOnly, Message(competition, ticket, player), proof64);

    private static byte[] Message(Guid competition, Guid ticket, XOnlyPublicKey player)
        => Tag.Of([.. competition.ToByteArray(bigEndian: true), .. ticket.ToByteArray(bigEndian: true), .. player.Bytes]);
}
