using System.Collections.Immutable;
using Coordinator.Bitcoin;
using Coordinator.Grains;
using Coordinator.Simulators.Chain;
using Coordinator.Simulators.Lnd;
using Coordinator.Storage;

namespace Coordinator.Simulation;

/// <summary>One thing that must always be true. It is told of what happened and keeps what it needs to remember.</summary>
internal abstract class Rule(Evidence evidence)
{
    /// <summary>What the whole audit knows.</summary>
    protected Evidence Evidence { get; } = evidence;

    public abstract string Name { get; }

    /// <summary>How often there was something to check.</summary>
    public int Seen { get; private set; }

    protected void Check(bool holds, Func<string> otherwise)
    {
        Seen++;
        if (!holds)
        {
            Evidence.Report(new Violation(Name, otherwise()));
        }
    }

    /// <summary>A competition's document has reached the disk.</summary>
    internal virtual void OnDocument(Guid id, CompetitionDocument? before, CompetitionDocument after)
    {
    }

    /// <summary>Another document has reached the disk.</summary>
    internal virtual void OnWallet(WalletDocument? before, WalletDocument after)
    {
    }

    /// <summary>The stored reservations have changed.</summary>
    internal virtual void OnReservations(ImmutableArray<StoredReservation> before, ImmutableArray<StoredReservation> after)
    {
    }

    /// <summary>The coordinator is handing a transaction to the chain, which may refuse it.</summary>
    internal virtual void OnSent(Transaction transaction)
    {
    }

    /// <summary>A transaction is in the mempool or in a block for the first time, whoever sent it.</summary>
    internal virtual void OnTransaction(Transaction transaction)
    {
    }

    /// <summary>The best chain is another one.</summary>
    internal virtual void OnTip(Block tip)
    {
    }

    internal virtual void OnInvoice(string node, SimulatedInvoice? before, SimulatedInvoice after)
    {
    }

    internal virtual void OnPayment(string node, SimulatedPayment? before, SimulatedPayment after)
    {
    }

    /// <summary>At most once in a minute of the world.</summary>
    internal virtual void OnMinute()
    {
    }

    /// <summary>Everything has ended.</summary>
    internal virtual void OnEnd()
    {
    }
}
