using Coordinator.Bitcoin;

namespace Coordinator.Chain;

/// <summary>Turns a node's refusal texts into an answer. "Missing inputs" is also what a node says of a transaction that confirmed and whose outputs
/// are spent, so it looks before it believes.</summary>
internal static class BroadcastVerdict
{
    /// <param name="chain">Where to look.</param>
    /// <param name="texts">The refusal, most particular first; of a package those of its members.</param>
    /// <param name="transactions">What was sent.</param>
    /// <param name="detail">For people.</param>
    /// <param name="isVerdict">Whether a text of no known reason is a refusal all the same; else the fate is unknown.</param>
    /// <param name="cancellation">Makes the outcome unclear.</param>
    public static async Task<BroadcastAnswer> OfAsync(
        IChain chain, IReadOnlyList<string> texts, IReadOnlyList<Transaction> transactions, string detail, bool isVerdict, CancellationToken cancellation)
    {
        if (transactions.Count == 1 && texts.Any(RefusalTexts.SaysAlreadyKnown))
        {
            return new BroadcastAnswer.AlreadyKnown();
        }

        var reason = texts.Select(text => RefusalTexts.ReasonOf(text) ?? (isVerdict ? BroadcastRefusal.Other : null))
            .Where(found => found is not null).OrderBy(found => Weight(found!.Value)).FirstOrDefault();
        if (reason is BroadcastRefusal.MissingInputs or BroadcastRefusal.Conflict || transactions.Count > 1)
        {
            switch (await AreAllKnownAsync(chain, transactions, cancellation))
            {
                case true:
                    return new BroadcastAnswer.AlreadyKnown();
                case null:
                    return new BroadcastAnswer.Unclear(ChainFault.ServerError, $"refused, and its status cannot be read: {detail}");
            }
        }

        return reason is { } known ? new BroadcastAnswer.Refused(known, detail) : new BroadcastAnswer.Unclear(ChainFault.ServerError, detail);
    }

    /// <summary>In a package the parent always pays too little and its child's input is missing while it does: any other fault says more.</summary>
    private static int Weight(BroadcastRefusal reason) => reason switch
    {
        BroadcastRefusal.MissingInputs => 2,
        BroadcastRefusal.FeeTooLow => 1,
        _ => 0,
    };

    private static async Task<bool?> AreAllKnownAsync(IChain chain, IReadOnlyList<Transaction> transactions, CancellationToken cancellation)
    {
        try
        {
            foreach (var transaction in transactions)
            {
                if (!(await chain.GetStatusAsync(transaction.Txid, cancellation)).TryGet(out var status))
                {
                    return null;
                }

                if (status is TransactionStatus.Unknown)
                {
                    return false;
                }
            }

            return true;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }
}
