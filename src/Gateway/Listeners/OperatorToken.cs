using System.Security.Cryptography;
using System.Text;

namespace Coordinator.Gateway;

/// <summary>The operator's token. Only its hash is kept; comparing takes the same time for every wrong token.</summary>
public sealed class OperatorToken
{
    internal const int MinimumLength = 32;
    internal const int MaximumLength = 512;
    private readonly byte[] _hash;

    private OperatorToken(string token) => _hash = SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>The token in a file, or null where the file cannot be read or holds none.</summary>
    public static OperatorToken? TryRead(string path)
    {
        try
        {
            return new FileInfo(path).Length <= 4_096 && TryParse(File.ReadAllText(path)) is { } token ? new(token) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Writes a new token of 256 random bits where there is no file yet; only its owner may read it. Safe to repeat.</summary>
    public static void EnsureFile(string path)
    {
        if (File.Exists(path))
        {
            return;
        }

        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var file = new FileStream(path, options);
        file.Write(Encoding.ASCII.GetBytes(RandomNumberGenerator.GetHexString(64, lowercase: true)));
        file.Flush(flushToDisk: true);
    }

    /// <summary>True where the presented text is the token.</summary>
    public bool Matches(string presented)
        => presented.Length <= MaximumLength
            && CryptographicOperations.FixedTimeEquals(_hash, SHA256.HashData(Encoding.UTF8.GetBytes(presented)));

    /// <summary>Never the token.</summary>
    public override string ToString() => "operator token";

    private static string? TryParse(string text)
    {
        var token = text.Trim();
        return token.Length is >= MinimumLength and <= MaximumLength && !token.AsSpan().ContainsAnyExceptInRange('!', '~') ? token : null;
    }
}
