using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using Coordinator.Bitcoin;

namespace Coordinator.Nostr;

/// <summary>The type-length-value list inside NIP-19 pointers: 0 the thing itself, 1 a relay (any number), 2 the author, 3 the kind.
/// Unknown types are skipped; a second 0, 2 or 3 is refused.</summary>
internal sealed class Tlv
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly byte[]?[] _single = new byte[4][];

    internal ImmutableArray<string> Relays { get; private set; } = [];

    /// <exception cref="NostrFormatException"><see cref="NostrProblem.InvalidTlv"/>.</exception>
    internal static Tlv Read(ReadOnlySpan<byte> bytes)
    {
        var result = new Tlv();
        var relays = ImmutableArray.CreateBuilder<string>();
        while (!bytes.IsEmpty)
        {
            if (bytes.Length < 2 || bytes.Length < 2 + bytes[1])
            {
                throw Invalid("a value is cut off");
            }

            var (type, value) = (bytes[0], bytes.Slice(2, bytes[1]).ToArray());
            bytes = bytes[(2 + value.Length)..];
            if (type == 1)
            {
                relays.Add(Relay(value));
            }
            else if (type < 4)
            {
                result._single[type] = result._single[type] is null ? value : throw Invalid("a value is given twice");
            }
        }

        result.Relays = relays.ToImmutable();
        return result;
    }

    private static string Relay(ReadOnlySpan<byte> value) => value.ContainsAnyExceptInRange((byte)'!', (byte)'~')
        ? throw Invalid("a relay is not printable ASCII")
        : Encoding.ASCII.GetString(value);

    internal static byte[] Write(ReadOnlySpan<byte> special, ImmutableArray<string> relays, XOnlyPublicKey? author, uint? kind)
    {
        var bytes = new List<byte>();
        Add(bytes, 0, special);
        foreach (var relay in relays)
        {
            Add(bytes, 1, Encoding.ASCII.GetBytes(relay));
        }

        if (author is not null)
        {
            Add(bytes, 2, author.Bytes);
        }

        if (kind is { } number)
        {
            Span<byte> value = stackalloc byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(value, number);
            Add(bytes, 3, value);
        }

        return [.. bytes];
    }

    internal static byte[] Text(string text) => Utf8.GetBytes(text);

    internal byte[] Special32() => _single[0] is { Length: 32 } value ? value : throw Invalid("value 0 does not have 32 bytes");

    internal string SpecialText()
    {
        try
        {
            return Utf8.GetString(_single[0] ?? throw Invalid("value 0 is missing"));
        }
        catch (DecoderFallbackException)
        {
            throw Invalid("the identifier is not UTF-8");
        }
    }

    internal XOnlyPublicKey? Author()
        => _single[2] is null ? null
            : XOnlyPublicKey.TryParse(_single[2].AsSpan())
                ?? throw new NostrFormatException(NostrProblem.InvalidKey, "the author is no public key");

    internal uint? Kind()
        => _single[3] is null ? null
            : _single[3] is { Length: 4 } value ? BinaryPrimitives.ReadUInt32BigEndian(value)
                : throw Invalid("the kind does not have 4 bytes");

    private static void Add(List<byte> bytes, byte type, ReadOnlySpan<byte> value)
    {
        if (value.Length > byte.MaxValue)
        {
            throw Invalid("a value is longer than 255 bytes");
        }

        bytes.Add(type);
        bytes.Add((byte)value.Length);
        bytes.AddRange(value);
    }

    private static NostrFormatException Invalid(string message) => new(NostrProblem.InvalidTlv, message);
}
