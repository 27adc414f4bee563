using System.Collections.Immutable;
using System.Security.Cryptography;
using Coordinator.Bitcoin;

namespace Coordinator.Nostr;

/// <summary>NIP-19: keys and pointers as Bech32 text. Texts longer than 5 000 characters are refused unread; either case is read, mixed
/// case is not; a leading <c>nostr:</c> (NIP-21) is accepted by the readers of pointers and public keys.</summary>
public static class Nip19
{
    /// <summary>The longest text read.</summary>
    public const int MaximumLength = 5_000;

    private const string UriScheme = "nostr:";

    /// <summary><c>npub1…</c></summary>
    public static string EncodePublicKey(XOnlyPublicKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Encode("npub", key.Bytes);
    }

    /// <exception cref="NostrFormatException">Not an npub.</exception>
    public static XOnlyPublicKey DecodePublicKey(string text)
        => XOnlyPublicKey.TryParse(Decode32(text, "npub"))
            ?? throw new NostrFormatException(NostrProblem.InvalidKey, "an npub that is no public key");

    /// <summary><c>nsec1…</c>: a secret.</summary>
    public static string EncodeSecretKey(SecretKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var bytes = key.ToBytes();
        var text = Encode("nsec", bytes);
        CryptographicOperations.ZeroMemory(bytes);
        return text;
    }

    /// <exception cref="NostrFormatException">Not an nsec. The message holds nothing of it.</exception>
    public static SecretKey DecodeSecretKey(string text)
    {
        var bytes = Decode32(text, "nsec");
        var key = SecretKey.TryFrom(bytes);
        CryptographicOperations.ZeroMemory(bytes);
        return key ?? throw new NostrFormatException(NostrProblem.InvalidKey, "an nsec that is no secret key");
    }

    /// <summary><c>note1…</c></summary>
    /// <param name="eventId32">32 bytes.</param>
    public static string EncodeNote(ReadOnlySpan<byte> eventId32)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(eventId32.Length, 32);
        return Encode("note", eventId32);
    }

    /// <summary>The 32 bytes of an event id.</summary>
    /// <exception cref="NostrFormatException">Not a note.</exception>
    public static byte[] DecodeNote(string text) => Decode32(text, "note");

    /// <summary><c>nprofile1…</c></summary>
    public static string EncodeProfile(ProfilePointer profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        return Encode("nprofile", Tlv.Write(profile.PublicKey.Bytes, profile.Relays, author: null, kind: null));
    }

    /// <exception cref="NostrFormatException">Not an nprofile.</exception>
    public static ProfilePointer DecodeProfile(string text)
    {
        var tlv = Tlv.Read(Decode(text, "nprofile"));
        var key = XOnlyPublicKey.TryParse(tlv.Special32())
            ?? throw new NostrFormatException(NostrProblem.InvalidKey, "an nprofile without a public key");
        return new(key, tlv.Relays);
    }

    /// <summary><c>nevent1…</c></summary>
    public static string EncodeEvent(EventPointer pointer)
    {
        ArgumentNullException.ThrowIfNull(pointer);
        var id = Hex.Decode(pointer.EventId);
        ArgumentOutOfRangeException.ThrowIfNotEqual(id.Length, 32, nameof(pointer));
        return Encode("nevent", Tlv.Write(id, pointer.Relays, pointer.Author, pointer.Kind));
    }

    /// <exception cref="NostrFormatException">Not an nevent.</exception>
    public static EventPointer DecodeEvent(string text)
    {
        var tlv = Tlv.Read(Decode(text, "nevent"));
        return new(Hex.Encode(tlv.Special32()), tlv.Relays, tlv.Author(), tlv.Kind());
    }

    /// <summary><c>naddr1…</c></summary>
    public static string EncodeAddress(AddressPointer address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return Encode("naddr", Tlv.Write(Tlv.Text(address.Identifier), address.Relays, address.Author, address.Kind));
    }

    /// <exception cref="NostrFormatException">Not an naddr.</exception>
    public static AddressPointer DecodeAddress(string text)
    {
        var tlv = Tlv.Read(Decode(text, "naddr"));
        return new(
            tlv.SpecialText(),
            tlv.Author() ?? throw new NostrFormatException(NostrProblem.InvalidTlv, "an naddr without an author"),
            tlv.Kind() ?? throw new NostrFormatException(NostrProblem.InvalidTlv, "an naddr without a kind"),
            tlv.Relays);
    }

    private static string Encode(string prefix, ReadOnlySpan<byte> bytes)
    {
        var text = Bech32.Encode(prefix, Bech32.ToValues(bytes), Bech32Checksum.Bech32);
        return text.Length <= MaximumLength ? text
            : throw new NostrFormatException(NostrProblem.TooLong, "the text would be over 5 000 characters");
    }

    private static byte[] Decode32(string text, string prefix)
        => Decode(text, prefix) is { Length: 32 } bytes
            ? bytes
            : throw new NostrFormatException(NostrProblem.InvalidKey, $"an {prefix} does not hold 32 bytes");

    private static byte[] Decode(string text, string prefix)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > MaximumLength)
        {
            throw new NostrFormatException(NostrProblem.TooLong, $"a text of {text.Length} characters; at most {MaximumLength} are read");
        }

        try
        {
            var bare = prefix != "nsec" && text.StartsWith(UriScheme, StringComparison.Ordinal) ? text[UriScheme.Length..] : text;
            var decoded = Bech32.DecodeAnyLength(bare);
            if (decoded.HumanReadablePart != prefix)
            {
                throw new NostrFormatException(NostrProblem.UnknownPrefix, $"the prefix is not {prefix}");
            }

            return decoded.Checksum == Bech32Checksum.Bech32
                ? Bech32.ToBytes(decoded.Values)
                : throw new NostrFormatException(NostrProblem.InvalidBech32, "a bech32m checksum");
        }
        catch (BitcoinFormatException)
        {
            throw new NostrFormatException(NostrProblem.InvalidBech32, $"not the Bech32 text of an {prefix}");
        }
    }
}

/// <summary>A person and where to find them.</summary>
public sealed record ProfilePointer(XOnlyPublicKey PublicKey, ImmutableArray<string> Relays);

/// <summary>An event and where to find it.</summary>
/// <param name="EventId">64 lower-case hex digits.</param>
/// <param name="Relays">May be empty.</param>
/// <param name="Author">Null where not said.</param>
/// <param name="Kind">Null where not said.</param>
public sealed record EventPointer(string EventId, ImmutableArray<string> Relays, XOnlyPublicKey? Author, uint? Kind);

/// <summary>A replaceable event by its coordinates.</summary>
/// <param name="Identifier">The value of its d tag; may be empty.</param>
/// <param name="Author">Who signs it.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Relays">May be empty.</param>
public sealed record AddressPointer(string Identifier, XOnlyPublicKey Author, uint Kind, ImmutableArray<string> Relays);
