namespace Orleans.Embedded;

/// <summary>One thing an activation is asked to run: a call, a step of a sequence, or a tick of a timer.</summary>
internal abstract class Request
{
    private const int MostForwards = 10;

    private Activation? _activation;
    private int _forwards;

    /// <summary>May start while others run.</summary>
    public virtual bool Interleaves => false;

    /// <summary>May run beside others that only read.</summary>
    public virtual bool ReadsOnly => false;

    /// <summary>Counts as use of the activation.</summary>
    public virtual bool KeepsAlive => true;

    /// <summary>The call chain this belongs to, when an earlier link allowed calls back into itself.</summary>
    public virtual CallChain? Chain => null;

    /// <summary>What a <c>[MayInterleave]</c> predicate is asked about; null for what is not a call.</summary>
    public virtual Orleans.Serialization.Invocation.IInvokable? Invokable => null;

    /// <summary>Whether the caller lives outside of the silo's grains, so that it survives the silo.</summary>
    public virtual bool IsExternal => false;

    /// <summary>The activation that runs it; null while it waits.</summary>
    public Activation? RunningOn => _activation;

    /// <summary>Called under the activation's lock, as it leaves the queue.</summary>
    public void StartOn(Activation activation)
    {
        _activation = activation;
        activation.Scheduler.Start(static request => _ = ((Request)request!).ExecuteAsync(), this);
    }

    /// <summary>Goes on to the next activation of its grain, unless activations keep ending under it.</summary>
    public void Forward(Silo silo, GrainId grainId)
    {
        if (++_forwards > MostForwards)
        {
            Reject(new OrleansMessageRejectionException($"{MostForwards} activations of {grainId} ended before they took the request."));
            return;
        }
        silo.Deliver(grainId, this);
    }

    /// <summary>It will never run.</summary>
    public abstract void Reject(Exception error);

    /// <summary>Runs it on the activation's scheduler. Does not throw.</summary>
    protected abstract Task RunAsync(Activation activation);

    private async Task ExecuteAsync()
    {
        var activation = _activation!;
        try
        {
            await RunAsync(activation);
        }
        finally
        {
            activation.Finish(this);
        }
    }
}

/// <summary>Identity of a chain of calls within which calling back is allowed.</summary>
internal sealed class CallChain;
