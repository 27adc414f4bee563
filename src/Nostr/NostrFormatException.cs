namespace Coordinator.Nostr;

/// <summary>Why bytes or text from outside were refused.</summary>
public enum NostrProblem
{
    /// <summary>More bytes or characters than the reader accepts; nothing was decoded.</summary>
    TooLong,

    /// <summary>Not UTF-8 JSON.</summary>
    InvalidJson,

    /// <summary>JSON, but not a NIP-01 event: a member is missing, given twice, or of the wrong type or range.</summary>
    InvalidEvent,

    /// <summary>Not Bech32, or a checksum that does not fit.</summary>
    InvalidBech32,

    /// <summary>Bech32 with another prefix than expected, or one this reader does not know.</summary>
    UnknownPrefix,

    /// <summary>A TLV that is cut off, has the wrong length, or lacks a required entry.</summary>
    InvalidTlv,

    /// <summary>Bytes that are no secp256k1 key.</summary>
    InvalidKey,

    /// <summary>Not base64.</summary>
    InvalidBase64,

    /// <summary>A payload shorter or longer than NIP-44 allows, or a plaintext outside the limits.</summary>
    InvalidLength,

    /// <summary>A payload of another version than 2.</summary>
    UnknownVersion,

    /// <summary>The authentication code does not fit: another key, or a changed payload.</summary>
    InvalidMac,

    /// <summary>The padding is not the one the length asks for.</summary>
    InvalidPadding,

    /// <summary>Decrypted bytes that are not UTF-8.</summary>
    InvalidText,
}

/// <summary>Input from outside that is not what it should be. The message never holds a key or a plaintext.</summary>
public sealed class NostrFormatException(NostrProblem problem, string message) : FormatException(message)
{
    /// <summary>The cause, to decide on.</summary>
    public NostrProblem Problem { get; } = problem;
}
