namespace Orleans.Embedded;

/// <summary>A request somebody waits for: with a time limit that counts from the send, and a token of the caller's.</summary>
internal abstract class PromisedRequest : Request
{
    private readonly Silo _silo;
    private readonly Promise _promise;
    private readonly CancellationToken _callerToken;
    private readonly CancellationTokenSource? _calleeToken;
    private readonly TimeSpan _timeout;
    private readonly bool _external;
    private ITimer? _deadline;
    private CancellationTokenRegistration _registration;
    private int _settled;

    protected PromisedRequest(Silo silo, Promise promise, TimeSpan timeout, CancellationToken callerToken, Activation? source)
    {
        _silo = silo;
        _promise = promise;
        _timeout = timeout;
        _callerToken = callerToken;
        _external = source is null;
        _calleeToken = callerToken.CanBeCanceled ? new CancellationTokenSource() : null;
    }

    public override bool IsExternal => _external;

    protected CancellationToken CalleeToken => _calleeToken?.Token ?? CancellationToken.None;

    /// <summary>Starts the clock and listens to the caller's token.</summary>
    public void Arm()
    {
        if (_timeout > TimeSpan.Zero)
        {
            _deadline = _silo.TimeProvider.CreateTimer(
                static request => ((PromisedRequest)request!).OnDeadline(), this, _timeout, Timeout.InfiniteTimeSpan);
        }
        if (_calleeToken is not null)
        {
            _registration = _callerToken.UnsafeRegister(static request => ((PromisedRequest)request!).OnCancelled(), this);
        }
        if (Volatile.Read(ref _settled) != 0)
        {
            Release();
        }
    }

    public override void Reject(Exception error)
    {
        if (TrySettle())
        {
            _promise.TryFail(error);
        }
    }

    protected abstract Task<object?> InvokeAsync(Activation activation);

    protected abstract string Describe();

    protected sealed override async Task RunAsync(Activation activation)
    {
        if (CalleeToken.IsCancellationRequested)
        {
            return; // cancelled while it waited: the caller already knows
        }
        object? result;
        try
        {
            result = await InvokeAsync(activation);
        }
        catch (Exception error)
        {
            activation.Observe(error);
            Reject(error);
            return;
        }
        if (TrySettle())
        {
            _promise.TryComplete(result);
        }
    }

    private void OnDeadline()
        => _silo.Turns.Post(() => Reject(new TimeoutException(
            $"Response did not arrive on time in {_timeout} for {Describe()}. The call may still run: its outcome is unknown.")));

    private void OnCancelled() => _silo.Turns.Post(() =>
    {
        if (TrySettle())
        {
            _promise.TryCancel(_callerToken);
        }
        if (RunningOn is { } activation)
        {
            activation.Scheduler.Start(static source => ((CancellationTokenSource)source!).Cancel(), _calleeToken);
        }
        else
        {
            _calleeToken!.Cancel();
        }
    });

    private bool TrySettle()
    {
        if (Interlocked.Exchange(ref _settled, 1) != 0)
        {
            return false;
        }
        Release();
        return true;
    }

    private void Release()
    {
        _deadline?.Dispose();
        _registration.Unregister();
    }
}
