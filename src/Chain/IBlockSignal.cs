namespace Coordinator.Chain;

/// <summary>Tells of a new block sooner than the next question for the tip would. Only a hint: whoever waited asks for the tip.</summary>
public interface IBlockSignal
{
    /// <summary>Waits until the source has a block above this tip, at most so long. Where the source cannot tell, the whole time passes; a
    /// reorganisation to no greater height may go unnoticed for the whole time too.</summary>
    /// <param name="tip">The tip that the caller has seen.</param>
    /// <param name="atMost">0 or longer, up to an hour.</param>
    /// <param name="cancellation">Ends the wait; nothing is thrown.</param>
    Task WaitAsync(ChainTip tip, TimeSpan atMost, CancellationToken cancellation);
}
