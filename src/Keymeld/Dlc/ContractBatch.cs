using System.Collections.Immutable;
using Coordinator.Dlc;

namespace Coordinator.Keymeld;

/// <summary>One of the signing sessions that a contract needs: whole outcomes, each with its transaction and its win conditions.</summary>
public sealed class ContractBatch
{
    private readonly ImmutableArray<RemoteItem> _remote;

    internal ContractBatch(SigningItems contract, Guid session, int number, ImmutableArray<int> items, ImmutableArray<RemoteItem> remote)
    {
        (Contract, Session, Number, Items, _remote) = (contract, session, number, items, remote);
    }

    /// <summary>The contract whose items these are.</summary>
    public SigningItems Contract { get; }

    /// <summary>The keygen session that signs.</summary>
    public Guid Session { get; }

    /// <summary>The batch's number among all of the contract, from 0.</summary>
    public int Number { get; }

    /// <summary>Item numbers within the contract, in the order of the batch; results are packed in it.</summary>
    public ImmutableArray<int> Items { get; }

    /// <summary>What the gateway is asked to sign, in the same order. Ids are the same every time the contract is planned for the
    /// session.</summary>
    public ImmutableArray<RemoteItem> Remote => _remote;

    /// <summary>The order for a new signing session. A retry takes a new signing id; the items stay.</summary>
    public SigningOrder Order(Guid signing, TimeSpan timeout) => new(signing, Session, timeout, _remote);
}

/// <summary>One item of a batch that is not as it must be.</summary>
/// <param name="Item">The item's key, as in a SigMap: <c>att0</c>, <c>exp</c>, <c>att0:p1</c>; or the id of one that is not ours.</param>
/// <param name="What">What is wrong, for people.</param>
public sealed record BatchProblem(string Item, string What)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Item}: {What}";
}

/// <summary>What became of a batch. Exactly four cases.</summary>
public abstract record BatchResult
{
    private BatchResult()
    {
    }

    /// <summary>Every signature is there and verifies under our own derivation.</summary>
    /// <param name="Packed">65 bytes per item in the order of <see cref="ContractBatch.Items"/>: an adaptor signature, or 02 and a plain
    /// one. Store it; <see cref="ContractBatches.Assemble"/> wants it.</param>
    public sealed record Complete(byte[] Packed) : BatchResult;

    /// <summary>It is not completed yet.</summary>
    public sealed record Pending(SigningState State) : BatchResult;

    /// <summary>Completed or failed without signatures that verify; a new signing session may give them. Nothing is to be funded.</summary>
    public sealed record Bad(ImmutableArray<BatchProblem> Problems) : BatchResult;

    /// <summary>Something was signed that must not exist: a plain signature for an attested outcome, or an item that nobody asked for.
    /// The keygen session is burnt: nothing may ever be funded on it.</summary>
    public sealed record Suspicious(ImmutableArray<BatchProblem> Problems) : BatchResult;
}
