using Coordinator.Bitcoin;

namespace Coordinator.Chain;

/// <summary>How to reach an esplora server.</summary>
public sealed record EsploraOptions
{
    /// <summary>Address without the network part, for example <c>http://127.0.0.1:3002</c>; http or https.</summary>
    public Uri? Address { get; init; }

    /// <summary>mainnet, signet, testnet or regtest.</summary>
    public string Network { get; init; } = "";

    /// <summary>Time limit of one request, 100 milliseconds to 5 minutes.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a read is tried in all, 1 to 10. Broadcasts are tried once.</summary>
    public int ReadAttempts { get; init; } = 3;

    /// <summary>Pause before the second attempt; doubles for each further one. Up to one minute.</summary>
    public TimeSpan FirstRetryPause { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Largest answer that is read, in bytes, 64 KiB to 64 MiB.</summary>
    public int MaxResponseBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>Used when the server estimates nothing at all.</summary>
    public FeeRate FallbackFeeRate { get; init; } = FeeRate.FromSatPerVbyte(1);

    /// <summary>The base of all routes, with a slash at its end: <c>{address}/{network}/api/</c> on regtest and testnet, else <c>{address}/api/</c>.</summary>
    /// <exception cref="InvalidOperationException">The options do not validate.</exception>
    public Uri ApiAddress => Validate() is { Count: > 0 } complaints
        ? throw new InvalidOperationException(string.Join("; ", complaints))
        : new Uri($"{Address!.AbsoluteUri.TrimEnd('/')}/{(Network is "regtest" or "testnet" ? Network + "/" : "")}api/");

    /// <summary>All complaints about these options; empty when they can be used.</summary>
    public IReadOnlyList<string> Validate()
    {
        var complaints = new List<string>();
        void Require(bool holds, string complaint)
        {
            if (!holds)
            {
                complaints.Add(complaint);
            }
        }

        Require(
            Address is { IsAbsoluteUri: true } && (Address.Scheme == Uri.UriSchemeHttp || Address.Scheme == Uri.UriSchemeHttps)
                && Address.Query.Length == 0 && Address.Fragment.Length == 0,
            "Chain:Address must be an absolute http or https address without query");
        Require(Network is "mainnet" or "signet" or "testnet" or "regtest", $"Network is '{Network}'; it must be mainnet, signet, testnet or regtest");
        Require(CallTimeout >= TimeSpan.FromMilliseconds(100) && CallTimeout <= TimeSpan.FromMinutes(5), "Chain:CallTimeout must be 100 milliseconds to 5 minutes");
        Require(ReadAttempts is >= 1 and <= 10, "Chain:ReadAttempts must be 1 to 10");
        Require(FirstRetryPause >= TimeSpan.Zero && FirstRetryPause <= TimeSpan.FromMinutes(1), "Chain:FirstRetryPause must be at most one minute");
        Require(MaxResponseBytes is >= 64 * 1024 and <= 64 * 1024 * 1024, "Chain:MaxResponseBytes must be 64 KiB to 64 MiB");
        return complaints;
    }
}
