using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;
using Coordinator.Gateway.Errors;

namespace Coordinator.Gateway.Requests;

/// <summary>The two large bodies. Checks that they are JSON objects and hands their bytes on; what is in them is for the grain.</summary>
internal static class SigMapText
{
    private const int LongestPsbt = 200_000;
    private static readonly JsonReaderOptions Strict = new() { MaxDepth = 8 };

    /// <summary>The whole body.</summary>
    /// <exception cref="RefusedRequestException"><c>invalid_json</c>, or <c>invalid_body</c> where it is no object.</exception>
    internal static ImmutableArray<byte> Whole(byte[] json) => Guard(() =>
    {
        var reader = new Utf8JsonReader(json, Strict);
        Enter(ref reader);
        while (reader.Read())
        {
            // well formed to the end
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(json);
    });

    /// <summary>The members of a body of signatures: the bytes of the map, and the PSBT where it is given.</summary>
    /// <exception cref="RefusedRequestException"><c>invalid_json</c> or <c>invalid_body</c>.</exception>
    internal static (ImmutableArray<byte> Map, string? Psbt) Signatures(byte[] json) => Guard(() =>
    {
        var reader = new Utf8JsonReader(json, Strict);
        Enter(ref reader);
        ImmutableArray<byte>? map = null;
        string? psbt = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("partial_signatures"u8))
            {
                map = map is null ? Slice(ref reader, json) : throw Twice("partial_signatures");
            }
            else if (reader.ValueTextEquals("funding_psbt_base64"u8))
            {
                psbt = psbt is null ? Text(ref reader) : throw Twice("funding_psbt_base64");
            }
            else
            {
                reader.Skip();
            }
        }

        while (reader.Read())
        {
            // nothing may follow; the reader says so
        }

        return (map ?? throw new RefusedRequestException("invalid_body", "partial_signatures: is required"), psbt);
    });

    private static T Guard<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new RefusedRequestException("invalid_json");
        }
    }

    private static void Enter(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new RefusedRequestException("invalid_body", "The body must be a JSON object");
        }
    }

    private static ImmutableArray<byte> Slice(ref Utf8JsonReader reader, byte[] json)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new RefusedRequestException("invalid_body", "partial_signatures: expected an object");
        }

        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return [.. json.AsSpan(start, (int)reader.BytesConsumed - start)];
    }

    private static string? Text(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType switch
        {
            JsonTokenType.Null => null,
            JsonTokenType.String when reader.ValueSpan.Length <= LongestPsbt => reader.GetString(),
            _ => throw new RefusedRequestException(
                "invalid_body", $"funding_psbt_base64: expected text of at most {LongestPsbt} characters"),
        };
    }

    private static RefusedRequestException Twice(string name) => new("invalid_json", $"{name} is given twice");
}
