using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Coordinator.Bitcoin;

namespace Coordinator.Nostr;

/// <summary>Reads events token by token, so that nothing is built before its limit is checked.</summary>
internal ref struct NostrEventReader
{
    internal const int DefaultMaximumBytes = 256 * 1_024;
    private const int MaximumTags = 2_000;
    private const int MaximumElements = 100;
    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    private Utf8JsonReader _json;
    private string? _id;
    private XOnlyPublicKey? _publicKey;
    private long? _createdAt;
    private int? _kind;
    private ImmutableArray<ImmutableArray<string>>? _tags;
    private string? _content;
    private string? _signature;

    internal static NostrEvent Read(ReadOnlySpan<byte> utf8Json, int maximumBytes)
    {
        if (utf8Json.Length > maximumBytes)
        {
            throw new NostrFormatException(
                NostrProblem.TooLong,
                $"the event is {utf8Json.Length} bytes long; at most {maximumBytes} are read");
        }

        try
        {
            var reader = new NostrEventReader { _json = new(utf8Json, new JsonReaderOptions { MaxDepth = 8 }) };
            return reader.ReadEvent();
        }
        catch (JsonException exception)
        {
            throw new NostrFormatException(NostrProblem.InvalidJson, $"not JSON at byte {exception.BytePositionInLine ?? 0}");
        }
        catch (InvalidOperationException)
        {
            // Utf8JsonReader.GetString: escaped lone surrogates or invalid UTF-8 inside a string.
            throw new NostrFormatException(NostrProblem.InvalidJson, "a string is not valid text");
        }
    }

    private NostrEvent ReadEvent()
    {
        Require(_json.Read() && _json.TokenType == JsonTokenType.StartObject, "not a JSON object");
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            var name = _json.GetString();
            Require(_json.Read(), "a member has no value");
            ReadMember(name);
        }

        Require(_json.TokenType == JsonTokenType.EndObject && !_json.Read(), "more than one object");
        return new NostrEvent(
            _id ?? throw Invalid("no id"),
            _publicKey ?? throw Invalid("no pubkey"),
            _createdAt ?? throw Invalid("no created_at"),
            _kind ?? throw Invalid("no kind"),
            _tags ?? throw Invalid("no tags"),
            _content ?? throw Invalid("no content"),
            _signature ?? throw Invalid("no sig"));
    }

    private void ReadMember(string? name)
    {
        switch (name)
        {
            case "id":
                Require(_id is null, "id given twice");
                _id = HexText(64, "id");
                break;
            case "pubkey":
                Require(_publicKey is null, "pubkey given twice");
                _publicKey = XOnlyPublicKey.TryParse(HexText(64, "pubkey")) ?? throw Invalid("pubkey is not a BIP-340 key");
                break;
            case "created_at":
                Require(_createdAt is null, "created_at given twice");
                _createdAt = Integer(long.MaxValue, "created_at");
                break;
            case "kind":
                Require(_kind is null, "kind given twice");
                _kind = (int)Integer(ushort.MaxValue, "kind");
                break;
            case "tags":
                Require(_tags is null, "tags given twice");
                _tags = ReadTags();
                break;
            case "content":
                Require(_content is null, "content given twice");
                _content = Text("content");
                break;
            case "sig":
                Require(_signature is null, "sig given twice");
                _signature = HexText(128, "sig");
                break;
            default:
                _json.Skip();
                break;
        }
    }

    private ImmutableArray<ImmutableArray<string>> ReadTags()
    {
        Require(_json.TokenType == JsonTokenType.StartArray, "tags is not an array");
        var tags = ImmutableArray.CreateBuilder<ImmutableArray<string>>();
        while (_json.Read() && _json.TokenType == JsonTokenType.StartArray)
        {
            var elements = ImmutableArray.CreateBuilder<string>();
            while (_json.Read() && _json.TokenType == JsonTokenType.String)
            {
                Require(elements.Count < MaximumElements, "a tag has too many elements");
                elements.Add(Text("tag"));
            }

            Require(_json.TokenType == JsonTokenType.EndArray && elements.Count > 0, "a tag is not an array of one or more strings");
            Require(tags.Count < MaximumTags, "too many tags");
            tags.Add(elements.ToImmutable());
        }

        Require(_json.TokenType == JsonTokenType.EndArray, "tags is not an array of arrays");
        return tags.ToImmutable();
    }

    private readonly string Text(string what)
    {
        Require(_json.TokenType == JsonTokenType.String, $"{what} is not a string");
        return _json.GetString() ?? string.Empty;
    }

    private readonly string HexText(int digits, string what)
    {
        var text = Text(what);
        Require(text.Length == digits && !text.AsSpan().ContainsAnyExcept(LowerHex), $"{what} is not {digits} lower-case hex digits");
        return text;
    }

    private readonly long Integer(long maximum, string what)
    {
        Require(_json.TokenType == JsonTokenType.Number, $"{what} is not a number");
        Require(_json.TryGetInt64(out var value) && value >= 0 && value <= maximum, $"{what} is out of range");
        return value;
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw Invalid(message);
        }
    }

    private static NostrFormatException Invalid(string message) => new(NostrProblem.InvalidEvent, message);
}
