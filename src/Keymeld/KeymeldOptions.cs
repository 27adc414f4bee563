namespace Coordinator.Keymeld;

/// <summary>Where the gateway is and how long it is waited for.</summary>
public sealed record KeymeldOptions
{
    /// <summary>The gateway's address without <c>/api/v1</c>, http or https.</summary>
    public required Uri BaseAddress { get; init; }

    /// <summary>How long one request may take, its answer included. Default 30 s; 100 ms to 2 min.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a read is tried before the caller hears of it. Default 3; 1 to 10. Writes are sent once.</summary>
    public int ReadAttempts { get; init; } = 3;

    /// <summary>How long to wait before a read is tried again. Default 200 ms; 0 to 5 s.</summary>
    public TimeSpan ReadRetryDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>An answer longer than this, unpacked, is not read. Default 4 MiB: 100 results take a tenth of it.</summary>
    public int MaximumAnswerBytes { get; init; } = 4 * 1_024 * 1_024;

    /// <summary>What is wrong with these options; empty where nothing.</summary>
    public IEnumerable<string> Complaints()
    {
        if (!BaseAddress.IsAbsoluteUri || BaseAddress.Scheme is not ("http" or "https"))
        {
            yield return $"Keymeld:Address is '{BaseAddress}'; it must be an http or https address";
        }

        if (Timeout < TimeSpan.FromMilliseconds(100) || Timeout > TimeSpan.FromMinutes(2))
        {
            yield return $"Keymeld:Timeout is '{Timeout}'; it must be 100 ms to 2 min";
        }

        if (ReadAttempts is < 1 or > 10)
        {
            yield return $"Keymeld:ReadAttempts is '{ReadAttempts}'; it must be 1 to 10";
        }

        if (ReadRetryDelay < TimeSpan.Zero || ReadRetryDelay > TimeSpan.FromSeconds(5))
        {
            yield return $"Keymeld:ReadRetryDelay is '{ReadRetryDelay}'; it must be 0 to 5 s";
        }

        if (MaximumAnswerBytes is < 4_096 or > 64 * 1_024 * 1_024)
        {
            yield return $"Keymeld:MaximumAnswerBytes is '{MaximumAnswerBytes}'; it must be 4 KiB to 64 MiB";
        }
    }

    /// <exception cref="ArgumentException">Names every complaint.</exception>
    public void Validate()
    {
        if (string.Join("; ", Complaints()) is { Length: > 0 } complaints)
        {
            throw new ArgumentException(complaints);
        }
    }
}
