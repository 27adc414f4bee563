namespace Coordinator.Oracle;

/// <summary>Where the oracle is and how long it is waited for.</summary>
public sealed record OracleOptions
{
    /// <summary>The oracle's base address, http or https, as it calls itself (requests are signed for it).</summary>
    public required Uri BaseAddress { get; init; }

    /// <summary>How long one request may take, its answer included. Default 10 s; 100 ms to 2 min.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long to wait before the one quick repeat of a request that was answered "busy". Default 200 ms; 0 to 5 s.</summary>
    public TimeSpan QuickRetryDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>An answer longer than this is not read. Default 8 MiB: four times an event of 20 000 outcomes.</summary>
    public int MaximumAnswerBytes { get; init; } = 8 * 1_024 * 1_024;

    /// <summary>What is wrong with these options; empty where nothing.</summary>
    public IEnumerable<string> Complaints()
    {
        if (!BaseAddress.IsAbsoluteUri || BaseAddress.Scheme is not ("http" or "https"))
        {
            yield return $"Oracle:Address is '{BaseAddress}'; it must be an http or https address";
        }

        if (Timeout < TimeSpan.FromMilliseconds(100) || Timeout > TimeSpan.FromMinutes(2))
        {
            yield return $"Oracle:Timeout is '{Timeout}'; it must be 100 ms to 2 min";
        }

        if (QuickRetryDelay < TimeSpan.Zero || QuickRetryDelay > TimeSpan.FromSeconds(5))
        {
            yield return $"Oracle:QuickRetryDelay is '{QuickRetryDelay}'; it must be 0 to 5 s";
        }

        if (MaximumAnswerBytes is < 4_096 or > 64 * 1_024 * 1_024)
        {
            yield return $"Oracle:MaximumAnswerBytes is '{MaximumAnswerBytes}'; it must be 4 KiB to 64 MiB";
        }
    }
}
