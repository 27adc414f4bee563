using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Coordinator.Web;

/// <summary>Something to tell on the next page, once.</summary>
internal sealed record Notice(string Text, bool IsGood = true);

/// <summary>One sign-in of the operator.</summary>
internal sealed class OperatorSession(DateTimeOffset now)
{
    private readonly ConcurrentQueue<Notice> _notices = new();

    public DateTimeOffset Begun { get; } = now;

    public DateTimeOffset LastUsed { get; set; } = now;

    /// <summary>What every form of this session carries.</summary>
    public string Token { get; } = RandomText.Make();

    public bool IsOwn(string? token) => RandomText.IsSame(Token, token);

    public void Say(string text, bool isGood = true) => _notices.Enqueue(new(text, isGood));

    /// <summary>What was said since the last page.</summary>
    public IReadOnlyList<Notice> Take()
    {
        var told = new List<Notice>();
        while (_notices.TryDequeue(out var notice))
        {
            told.Add(notice);
        }

        return told;
    }
}

/// <summary>Texts that nobody can guess.</summary>
internal static class RandomText
{
    private const int Bytes = 32;

    /// <summary>256 random bits in hex.</summary>
    internal static string Make() => RandomNumberGenerator.GetHexString(Bytes * 2, lowercase: true);

    /// <summary>Takes the same time for every wrong text.</summary>
    internal static bool IsSame(string known, string? given)
        => given is { Length: <= 200 } && CryptographicOperations.FixedTimeEquals(Hash(known), Hash(given));

    internal static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
