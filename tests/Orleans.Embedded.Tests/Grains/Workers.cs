using System.Runtime.CompilerServices;
using Orleans.Concurrency;
using Orleans.Serialization.Invocation;

namespace Coordinator.Engine.Tests;

public sealed class WorkerGrain(Notebook notebook) : Grain, IWorker
{
    private bool _cancelled;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        notebook.Write($"activate {this.GetPrimaryKeyString()}");
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        notebook.Write($"deactivate {this.GetPrimaryKeyString()} {reason.ReasonCode}");
        return Task.CompletedTask;
    }

    public Task<int> EchoAsync(int value) => Task.FromResult(value);

    public async Task<string> PassAsync(string door)
    {
        notebook.Write($"in {door}");
        await notebook.PassAsync(door);
        notebook.Write($"out {door}");
        return door;
    }

    public Task<string> PeekAsync() => Task.FromResult(notebook.ToString());

    public Task ReadAsync(string door) => PassAsync(door);

    public async Task CallBackAsync(bool allow)
    {
        using var section = allow ? RequestContext.AllowCallChainReentrancy() : default;
        await this.AsReference<IWorker>().EchoAsync(1);
    }

    public async Task VisitAsync(string other, bool allow)
    {
        var visited = GrainFactory.GetGrain<IWorker>(other);
        if (allow)
        {
            using var section = RequestContext.AllowCallChainReentrancy();
            await visited.ReturnToAsync(this.GetPrimaryKeyString());
        }
        else
        {
            await visited.ReturnToAsync(this.GetPrimaryKeyString());
        }
    }

    public Task ReturnToAsync(string other) => GrainFactory.GetGrain<IWorker>(other).EchoAsync(1);

    public async Task FailAsync(string why, bool late)
    {
        if (late)
        {
            await Task.Yield();
        }
        throw new WorkRefused(why, 42);
    }

    public ValueTask<int> ValueAsync(int value) => new(value);

    public async ValueTask TouchAsync() => await Task.Yield();

    public Task ForgetAsync(string why)
    {
        notebook.Write(why);
        throw new InvalidOperationException(why);
    }

    public Task ImpatientAsync(string door) => PassAsync(door);

    public async Task WaitAsync(string door, CancellationToken cancellation)
    {
        using var registration = cancellation.Register(() => _cancelled = true);
        await PassAsync(door);
    }

    public Task<bool> SawCancellationAsync() => Task.FromResult(_cancelled);

    public Task LeaveAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task KeepAsync(TimeSpan time)
    {
        DelayDeactivation(time);
        return Task.CompletedTask;
    }

    public Task<string?> BaggageAsync(string key, string? change)
    {
        var value = RequestContext.Get(key) as string;
        if (change is not null)
        {
            RequestContext.Set(key, change);
        }
        return Task.FromResult(value);
    }

    public async IAsyncEnumerable<int> CountAsync(
        int upTo, string? door, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        for (var number = 1; number <= upTo; number++)
        {
            if (door is not null)
            {
                await PassAsync($"{door}{number}");
            }
            yield return number;
        }
        notebook.Write("counted");
    }

    public Task<string> WhoAsync() => Task.FromResult(IdentityString);
}

/// <summary>A refusal with a field, to see that it crosses a call whole.</summary>
[GenerateSerializer]
[Alias("engine.tests.WorkRefused")]
public sealed class WorkRefused(string why, int code) : Exception(why)
{
    [Id(0)]
    public int Code { get; } = code;
}

[Reentrant]
[GrainType("tests.re")]
public sealed class ReentrantWorkerGrain(Notebook notebook) : Grain, IReentrantWorker
{
    public async Task PassAsync(string door)
    {
        notebook.Write($"in {door}");
        await notebook.PassAsync(door);
    }
}

[MayInterleave(nameof(IsQuick))]
public sealed class ChoosyWorkerGrain(Notebook notebook) : Grain, IChoosyWorker
{
    public static bool IsQuick(IInvokable call) => call.GetArgument(0) is string door && door.StartsWith("quick", StringComparison.Ordinal);

    public async Task PassAsync(string door)
    {
        notebook.Write($"in {door}");
        await notebook.PassAsync(door);
    }
}

[StatelessWorker(4)]
public sealed class CrowdGrain(Notebook notebook) : Grain, ICrowd
{
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        notebook.Write("one more");
        return Task.CompletedTask;
    }

    public async Task PassAsync(string door)
    {
        notebook.Write($"in {door}");
        await notebook.PassAsync(door);
    }
}

public sealed class BrokenGrain(Notebook notebook) : Grain, IBroken
{
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        notebook.Write("try");
        return notebook.Count("try") < 3 ? throw new WorkRefused("not yet", 7) : Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        notebook.Write("broken ended");
        return Task.CompletedTask;
    }

    public Task<string> HelloAsync() => Task.FromResult("hello");
}

/// <summary>Leaves as soon as it comes.</summary>
public sealed class RestlessGrain : Grain, IRestless
{
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task HelloAsync() => Task.CompletedTask;
}

[KeepAlive]
public sealed class LoyalGrain(Notebook notebook) : Grain, ILoyal
{
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        notebook.Write($"loyal {reason.ReasonCode}");
        return Task.CompletedTask;
    }

    public Task HelloAsync() => Task.CompletedTask;
}

[CollectionAgeLimit(Minutes = 3)]
public sealed class FickleGrain(Notebook notebook) : Grain, IFickle
{
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        notebook.Write($"fickle {reason.ReasonCode}");
        return Task.CompletedTask;
    }

    public Task HelloAsync() => Task.CompletedTask;
}

public sealed class PocoGrain(IGrainContext context) : IGrainBase, IPoco
{
    public IGrainContext GrainContext => context;

    public Task<string> WhoAsync() => Task.FromResult(context.GrainId.ToString());
}

[GrainType("tests.first")]
public sealed class FirstGrain : Grain, IShared, IPreferred
{
    public Task<string> WhoAsync() => Task.FromResult("first");
}

[GrainType("tests.second")]
public sealed class SecondGrain : Grain, IShared, IPreferred
{
    public Task<string> WhoAsync() => Task.FromResult("second");
}
