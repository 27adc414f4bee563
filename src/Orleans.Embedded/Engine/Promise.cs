namespace Orleans.Embedded;

/// <summary>What a caller awaits. Its completion source is plain on purpose: no continuation is ever inlined into a grain's turn, because
/// a turn runs under a scheduler of its own; and with asynchronous continuations a simulation would lose its thread.</summary>
internal abstract class Promise
{
    /// <summary>The task or value task to hand to the caller.</summary>
    public abstract object? Returned { get; }

    public abstract void TryComplete(object? result);

    public abstract void TryFail(Exception error);

    public abstract void TryCancel(CancellationToken token);
}

internal sealed class Promise<T>(bool asValueTask) : Promise
{
    private readonly TaskCompletionSource<T> _source = new();

    public Task<T> Task => _source.Task;

    public override object Returned => asValueTask ? new ValueTask<T>(_source.Task) : _source.Task;

    /// <summary>A filter may have set a result of another type: that fails the call instead of leaving it pending.</summary>
    public override void TryComplete(object? result)
    {
        if (result is T value)
        {
            _source.TrySetResult(value);
        }
        else if (result is null && default(T) is null)
        {
            _source.TrySetResult(default!);
        }
        else
        {
            TryFail(new InvalidCastException($"The call returns {typeof(T)}, but its result is {result?.GetType().ToString() ?? "null"}."));
        }
    }

    public override void TryFail(Exception error) => _source.TrySetException(error);

    public override void TryCancel(CancellationToken token) => _source.TrySetCanceled(token);
}

internal sealed class PlainPromise(bool asValueTask) : Promise
{
    private readonly TaskCompletionSource _source = new();

    public override object Returned => asValueTask ? new ValueTask(_source.Task) : _source.Task;

    public override void TryComplete(object? result) => _source.TrySetResult();

    public override void TryFail(Exception error) => _source.TrySetException(error);

    public override void TryCancel(CancellationToken token) => _source.TrySetCanceled(token);
}

/// <summary>One-way: the caller goes on at the send, errors are not seen.</summary>
internal sealed class NoPromise(object? returned) : Promise
{
    public override object? Returned => returned;

    public override void TryComplete(object? result)
    {
    }

    public override void TryFail(Exception error)
    {
    }

    public override void TryCancel(CancellationToken token)
    {
    }
}
