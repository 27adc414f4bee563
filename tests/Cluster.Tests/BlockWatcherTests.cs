using System.Reflection;
using Coordinator.Chain;
using Coordinator.Grains;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coordinator.Cluster.Tests;

public sealed class BlockWatcherTests
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task A_source_that_does_not_answer_is_asked_ever_less_often_down_to_once_in_four_pauses()
        => Assert.Equal([0, 10, 30, 60, 100, 140, 180], await AskedAsync(afterLooks: 0, until: 210));

    [Fact]
    public async Task A_source_that_answered_again_is_asked_at_the_usual_pace()
        => Assert.Equal([0, 10, 30, 60, 70, 80, 90], await AskedAsync(afterLooks: 3, until: 99));

    /// <summary>Seconds at which the tip was asked for; the source answers once so many looks failed, or never for 0.</summary>
    private static async Task<List<int>> AskedAsync(int afterLooks, int until)
    {
        var clock = new ManualTimeProvider();
        var start = clock.GetUtcNow();
        var asked = new List<int>();
        var chain = DispatchProxy.Create<IChain, TipSource>();
        ((TipSource)(object)chain).Tip = () =>
        {
            asked.Add((int)(clock.GetUtcNow() - start).TotalSeconds);
            return afterLooks > 0 && asked.Count > afterLooks
                ? ChainAnswer.Known(new ChainTip(7, default, start, new MedianTimePast(start.ToUnixTimeSeconds())))
                : new ChainAnswer<ChainTip>.Unavailable(ChainFault.TimedOut, "no answer");
        };
        var grains = DispatchProxy.Create<IGrainFactory, SleepyGrains>();
        using var stop = new CancellationTokenSource();
        using var watcher = new BlockWatcher(chain, new WakeBoard(), grains, clock, new WatcherOptions(Poll), NullLogger<BlockWatcher>.Instance);
        var running = watcher.RunAsync(stop.Token);
        for (var second = 0; second < until; second++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        await stop.CancelAsync(); // a cancelled pause ends on another thread
        await running.WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System);
        return asked;
    }

    /// <summary>A chain source of which only the tip is asked for.</summary>
    public class TipSource : DispatchProxy
    {
        public Func<ChainAnswer<ChainTip>> Tip { get; set; } = null!;

        protected override object Invoke(MethodInfo? targetMethod, object?[]? args)
            => targetMethod!.Name == nameof(IChain.GetTipAsync) ? Task.FromResult(Tip()) : throw new InvalidOperationException($"{targetMethod.Name} was not expected");
    }

    /// <summary>Grains that take a wake and do nothing.</summary>
    public class SleepyGrains : DispatchProxy
    {
        protected override object Invoke(MethodInfo? targetMethod, object?[]? args)
            => targetMethod!.ReturnType == typeof(Task<bool>) ? Task.FromResult(true)
                : typeof(DispatchProxy).GetMethod(nameof(Create), 2, [])!.MakeGenericMethod(targetMethod.ReturnType, typeof(SleepyGrains)).Invoke(null, null)!;
    }
}
