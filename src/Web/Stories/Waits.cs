using Coordinator.Grains;

namespace Coordinator.Web;

/// <summary>What a competition waits for.</summary>
/// <param name="For">One sentence without a full stop.</param>
/// <param name="Since">When it began to.</param>
public sealed record Waiting(string For, DateTimeOffset Since)
{
    /// <summary>It is over.</summary>
    public bool IsForNothing => For == Waits.Nothing;
}

/// <summary>What each state waits for, in an operator's words. Shown beside the state, never read by a rule.</summary>
public static class Waits
{
    internal const string Nothing = "nothing";

    public static Waiting Of(CompetitionView view) => new(Sentence(view), Since(view));

    /// <summary>Nothing more happens to it, and nothing is open.</summary>
    public static bool IsOver(CompetitionView view) => view.State is "completed" or "cancelled" && !NeedsOperator(view);

    /// <summary>A hold or a debt that only an operator can end.</summary>
    public static bool NeedsOperator(CompetitionView view) => view.Holds.Any(hold => hold.Release is null) || !view.Owed.IsEmpty;

    private static string Sentence(CompetitionView view)
    {
        var holds = view.Holds.Count(hold => hold.Release is null);
        var what = OfState(view);
        return holds == 0 ? what
            : what == Nothing ? $"an operator: {Count(holds, "hold")}"
            : $"{what}; and for an operator: {Count(holds, "hold")}";
    }

    private static string OfState(CompetitionView view)
    {
        var (seats, totals) = (view.Submission.TotalAllowedEntries, view.Totals);
        return view.State switch
        {
            "created" => $"players: {totals.PaidEntries} of {Count(seats, "seat")} paid and entered",
            "entries_collected" => "every escrow to be on chain and paid for",
            "escrow_funds_confirmed" => "the oracle to announce the event",
            "event_created" => "the oracle to take the entries",
            "entries_submitted" => "coins and the contract",
            "contract_created" => $"everybody's keys or nonces: {totals.EntryNonces} of {seats} are in",
            "awaiting_signatures" => $"signatures: {totals.SignedEntries} of {seats} are in",
            "signing_complete" => "a last look before the funding",
            "funding_broadcasted" => "the funding transaction to be deep enough",
            "funding_confirmed" => "Lightning's final word on every ticket",
            "funding_settled" or "awaiting_attestation" => "the oracle's attestation",
            "attested" => "the outcome transaction to confirm",
            "expiry_broadcasted" => "the expiry transaction to confirm",
            "outcome_broadcasted" => $"winners to take their shares: {totals.PaidOutEntries} paid so far",
            "delta_broadcasted" => "every share of the split to be decided",
            "failed" => view.Owed.IsEmpty ? "the money to come home" : $"{Count(view.Owed.Length, "refund")} owed",
            "cancelled" => view.Owed.IsEmpty ? view.Pending.IsEmpty ? Nothing : "invoices and coins to be given back" : $"{Count(view.Owed.Length, "refund")} owed",
            _ => Nothing,
        };
    }

    /// <summary>Where it was not written down: the newest mark that a step has left.</summary>
    private static DateTimeOffset Since(CompetitionView view)
        => view.StateSince ?? (view.Stamps.IsDefaultOrEmpty ? view.CreatedAt : view.Stamps.Max(stamp => stamp.At));

    private static string Count(int number, string what) => number == 1 ? $"1 {what}" : $"{number} {what}s";
}
