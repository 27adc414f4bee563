namespace Coordinator.Keymeld;

/// <summary>How often and how patiently something is asked for (keymeld.md §13.1).</summary>
/// <param name="Attempts">How many times at most; at least 1.</param>
/// <param name="Initial">Between the first and the second.</param>
/// <param name="Longest">No wait is longer, jitter aside.</param>
/// <param name="Multiplier">What each wait is longer than the one before; at least 1.</param>
/// <param name="Jitter">The share of a wait that is added at random; 0 to 1.</param>
public sealed record PollingProfile(int Attempts, TimeSpan Initial, TimeSpan Longest, double Multiplier, double Jitter)
{
    /// <summary>120 attempts, 250 ms to 5 s.</summary>
    public static PollingProfile Default { get; } = new(120, TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(5), 1.5, 0.25);

    /// <summary>60 attempts, 100 ms to 2 s.</summary>
    public static PollingProfile Fast { get; } = new(60, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(2), 1.3, 0.1);

    /// <summary>240 attempts, 500 ms to 10 s.</summary>
    public static PollingProfile Patient { get; } = new(240, TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(10), 1.5, 0.3);

    /// <summary>60 attempts, 500 ms to 5 s: the reference coordinator's settings.</summary>
    public static PollingProfile Coordinator { get; } = new(60, TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(5), 1.5, 0.25);

    /// <summary>The wait after an attempt.</summary>
    /// <param name="attempt">From 1.</param>
    /// <param name="fraction">The jitter's random number, 0 to below 1.</param>
    public TimeSpan DelayAfter(int attempt, double fraction)
    {
        var delay = Initial.TotalMilliseconds;
        for (var i = 1; i < attempt && delay < Longest.TotalMilliseconds; i++)
        {
            delay *= Multiplier;
        }

        delay = Math.Min(delay, Longest.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(delay + (delay * Jitter * Math.Clamp(fraction, 0, 1)));
    }
}

/// <summary>Asks until there is an end or patience is over.</summary>
public static class KeymeldPolling
{
    /// <summary>Repeats a read until it is done with what is waited for, or refused. Answers <see cref="KeymeldAnswer{T}.TryLater"/> or
    /// <see cref="KeymeldAnswer{T}.Unclear"/> only once the attempts are used up.</summary>
    /// <param name="read">A read that is safe to repeat.</param>
    /// <param name="isEnd">True where nothing more will come.</param>
    /// <param name="profile">How patiently.</param>
    /// <param name="clock">Waits.</param>
    /// <param name="jitter">Random numbers from 0 to below 1.</param>
    /// <param name="cancellation">Ends it at once.</param>
    /// <param name="isNotFoundPending">True where 404 means "not yet" (approvals).</param>
    public static async Task<KeymeldAnswer<T>> UntilAsync<T>(
        Func<CancellationToken, Task<KeymeldAnswer<T>>> read,
        Func<T, bool> isEnd,
        PollingProfile profile,
        TimeProvider clock,
        Func<double> jitter,
        CancellationToken cancellation,
        bool isNotFoundPending = false)
    {
        ArgumentNullException.ThrowIfNull(read);
        ArgumentNullException.ThrowIfNull(isEnd);
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(jitter);
        for (var attempt = 1; ; attempt++)
        {
            var answer = await read(cancellation);
            switch (answer)
            {
                case KeymeldAnswer<T>.Done done when isEnd(done.Value):
                case KeymeldAnswer<T>.Refused refused when !(isNotFoundPending && refused.IsNotFound):
                    return answer;
                case var _ when attempt >= profile.Attempts:
                    return answer is KeymeldAnswer<T>.Done ? new KeymeldAnswer<T>.TryLater($"not finished after {attempt} looks") : answer;
                default:
                    await Task.Delay(profile.DelayAfter(attempt, jitter()), clock, cancellation);
                    break;
            }
        }
    }
}
