using Coordinator.Testing;

namespace Coordinator.Silo.Tests;

/// <summary>Clients may sign as soon as the service answers, although the replay guard refuses the second in which it woke (D31).</summary>
public sealed class FirstSecondTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(300)]
    [InlineData(999)]
    public async Task The_listeners_wait_until_the_second_of_the_start_is_over(int millisecond)
    {
        var clock = new ManualTimeProvider();
        var whole = DateTimeOffset.FromUnixTimeSeconds(clock.GetUtcNow().ToUnixTimeSeconds() + 1);
        clock.Advance(whole.AddMilliseconds(millisecond) - clock.GetUtcNow());
        var start = new FirstSecond(clock).StartAsync(CancellationToken.None);
        Assert.False(start.IsCompleted);
        clock.Advance(TimeSpan.FromMilliseconds(999 - millisecond));
        Assert.False(start.IsCompleted);
        // A timer's continuation may need a turn of its own, so the last millisecond comes in several steps.
        for (var step = 0; step < 200 && !start.IsCompleted; step++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Yield();
        }

        Assert.True(start.IsCompleted);
        await start;
        Assert.Equal(whole.ToUnixTimeSeconds() + 1, clock.GetUtcNow().ToUnixTimeSeconds());
    }
}
