namespace Coordinator.Silo;

/// <summary>
/// Holds the listeners back until the second in which the replay guard woke is over. The guard refuses events of that second, since their time has
/// no fractions and they may be older than it (D31): a client that signs as soon as we answer must not be taken for a replay.
/// </summary>
/// <remarks>Register after <see cref="SiloStart"/>; the web server starts after every hosted service.</remarks>
internal sealed class FirstSecond(TimeProvider clock) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var begun = clock.GetUtcNow().ToUnixTimeSeconds();
        var next = DateTimeOffset.FromUnixTimeSeconds(begun + 1);
        while (clock.GetUtcNow() < next)
        {
            // Timers may be early by less than their own grain.
            await Task.Delay(next - clock.GetUtcNow() + TimeSpan.FromMilliseconds(1), clock, cancellationToken);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
