namespace Coordinator.Simulation;

/// <summary>Why a call does not answer with its result.</summary>
internal enum CallFailure
{
    /// <summary>Nothing was done.</summary>
    NotReached,

    /// <summary>It may have been done.</summary>
    AnswerLost,

    /// <summary>No answer in time; it may have been done.</summary>
    TimedOut,

    /// <summary>The caller gave up; it may be done yet.</summary>
    Cancelled,
}

/// <summary>Carries calls of one life of the service to a port as a network would: each is a task of the world, so that anything may happen
/// between its departure, its effect and its answer. What has left arrives even when the service dies meanwhile.</summary>
/// <param name="keepsSecrets">A request that was given up before it left holds keys that are wiped by now: it is not sent.</param>
internal sealed class PortCalls(SimLoop loop, Trace trace, FaultSource faults, IFence fence, Port port, bool keepsSecrets = false)
{
    // As the real clients' own deadlines.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <param name="method">For the trace.</param>
    /// <param name="about">For the trace; nothing that the machine drew.</param>
    /// <param name="act">The call itself; completes at once.</param>
    /// <param name="fail">What a failed call answers or throws.</param>
    /// <param name="tell">The answer, for the trace.</param>
    /// <param name="cancellation">The caller's.</param>
    public Task<T> CallAsync<T>(
        string method, string about, Func<Task<T>> act, Func<CallFailure, T> fail, Func<T, string> tell, CancellationToken cancellation)
    {
        if (fence.IsOver)
        {
            return new TaskCompletionSource<T>().Task;
        }

        var call = new Call<T>(method, about, act, fail, tell);
        if (cancellation.IsCancellationRequested)
        {
            call.Fail(CallFailure.Cancelled);
            return call.Answer.Task;
        }

        var registration = cancellation.CanBeCanceled ? cancellation.Register(() => call.Fail(CallFailure.Cancelled)) : default;
        loop.Go(() => RunAsync(call, registration));
        return call.Answer.Task;
    }

    private async Task RunAsync<T>(Call<T> call, CancellationTokenRegistration registration)
    {
        // The process died between the decision and the departure.
        if (fence.IsOver && faults.Random.Below(2) == 0)
        {
            return;
        }

        var fault = faults.ForCall(port, call.Method);
        if (fault == FaultKind.DelayBefore)
        {
            await Task.Delay(faults.Delay(), loop.Clock);
        }

        if (keepsSecrets && call.Answer.Task.IsCompleted)
        {
            Tell(call, "given up before it left", quiet: false);
        }
        else if (fault is FaultKind.ErrorBefore or FaultKind.Dead)
        {
            Tell(call, "not reached", quiet: fault == FaultKind.Dead);
            call.Fail(CallFailure.NotReached);
        }
        else
        {
            await AnswerAsync(call, fault);
        }

        await registration.DisposeAsync();
    }

    private async Task AnswerAsync<T>(Call<T> call, FaultKind? fault)
    {
        if (fault != FaultKind.SilenceBefore)
        {
            call.Result = await call.Act();
            Tell(call, call.Describe(call.Result), quiet: fault is null && call.IsQuiet);
        }

        if (fault == FaultKind.DelayAfter)
        {
            await Task.Delay(faults.Delay(), loop.Clock);
        }

        if (fault is FaultKind.SilenceAfter or FaultKind.SilenceBefore)
        {
            await Task.Delay(Patience, loop.Clock);
            call.Fail(CallFailure.TimedOut);
        }
        else if (fault == FaultKind.ErrorAfter)
        {
            call.Fail(CallFailure.AnswerLost);
        }
        else
        {
            call.Answer.TrySetResult(call.Result!);
        }
    }

    private void Tell<T>(Call<T> call, string what, bool quiet) => trace.Add($"{port}.{call.Method} {call.About}: {what}", quiet);

    private sealed class Call<T>(string method, string about, Func<Task<T>> act, Func<CallFailure, T> fail, Func<T, string> tell)
    {
        public string Method => method;

        public string About => about;

        public Func<Task<T>> Act => act;

        public T? Result { get; set; }

        /// <summary>A question: without a fault nothing to tell in a short story.</summary>
        public bool IsQuiet => method.StartsWith("Get", StringComparison.Ordinal) || method.StartsWith("Find", StringComparison.Ordinal)
            || method.StartsWith("Track", StringComparison.Ordinal);

        // Plain: its continuations go to where they were awaited, never to the pool.
        public TaskCompletionSource<T> Answer { get; } = new();

        public string Describe(T result) => tell(result);

        public void Fail(CallFailure why)
        {
            if (Answer.Task.IsCompleted)
            {
                return;
            }

            try
            {
                Answer.TrySetResult(fail(why));
            }
            catch (OperationCanceledException failure)
            {
                Answer.TrySetCanceled(failure.CancellationToken);
            }
        }
    }
}

/// <summary>Whether a life of the service is over; nothing may act for it any more.</summary>
internal interface IFence
{
    bool IsOver { get; }
}
