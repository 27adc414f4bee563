using Coordinator.Bitcoin;

namespace Coordinator.Competitions;

/// <summary>The newest attempt to make one transaction confirm sooner; written down before it is sent. Those it replaced cost nothing.</summary>
/// <param name="Winner">Player index of a share; −1 for the others.</param>
/// <param name="Parent">The transaction it helps; of a sweep, the one that it spends.</param>
/// <param name="Txid">The child, or the sweep at its new rate.</param>
/// <param name="Fee">Of it alone.</param>
/// <param name="Number">How many there were for this transaction, this one included.</param>
/// <param name="Height">The tip when it was decided.</param>
public sealed record Bump(BumpTarget Target, int Winner, Txid Parent, Txid Txid, Satoshis Fee, int Number, int Height)
{
    /// <summary>Whether both help the same transaction.</summary>
    public bool Helps(Bump other) => (Target, Winner, Parent) == (other.Target, other.Winner, other.Parent);
}
