namespace Orleans.Embedded;

/// <summary>Who executes turns. In production the thread pool; in simulation one thread that picks the next turn by its seed.</summary>
/// <remarks>Put another one into the host's services before the silo starts. Nothing of the engine runs anywhere else, and every wait
/// goes through the host's <see cref="TimeProvider"/>, so these two decide everything about order.</remarks>
public interface ITurns
{
    /// <summary>Executes the turn later, never inside this call. Turns of one activation never overlap: the next is posted at the end of
    /// the one before. A turn does not throw.</summary>
    void Post(Action turn);
}

/// <summary>Turns on the thread pool.</summary>
internal sealed class ThreadPoolTurns : ITurns
{
    public void Post(Action turn) => ThreadPool.UnsafeQueueUserWorkItem(static run => run(), turn, preferLocal: false);
}
