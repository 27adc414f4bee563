using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Coordinator.Storage;

/// <summary>Documents as JSON text, without CLR names: types and members are named by the given options only.</summary>
internal sealed class Documents(JsonSerializerOptions json)
{
    private const int DigestLength = 8;

    public string Write<T>(T document)
    {
        ArgumentNullException.ThrowIfNull(document);
        return JsonSerializer.Serialize(document, json);
    }

    /// <exception cref="StorageException">The text is not a <typeparamref name="T"/>. The message does not quote the text.</exception>
    public T Read<T>(string text, string what)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(text, json) ?? throw Unreadable(what, null);
        }
        catch (Exception error) when (error is JsonException or NotSupportedException)
        {
            throw Unreadable(what, error);
        }
    }

    /// <summary>The first 8 bytes of SHA-256 of the UTF-8 text: SQLite itself does not notice a flipped bit inside a row.</summary>
    public static byte[] Digest(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text))[..DigestLength];

    private static StorageException Unreadable(string what, Exception? cause)
        => new(StorageFault.Other, $"the stored {what} cannot be read by this program{Place(cause)}: run the program that wrote it", cause);

    /// <summary>Where in the text: names of members, never their values.</summary>
    private static string Place(Exception? cause) => cause is JsonException { Path: { Length: > 0 } path } ? $" (at {path})" : "";
}
