using Coordinator.Bitcoin;

namespace Coordinator.Competitions;

/// <summary>When a transaction is helped to confirm, how far, and at what cost (D22). Pure.</summary>
public static class BumpRules
{
    /// <summary>Blocks that the funding may wait before anything is spent on it.</summary>
    public const int FundingPatience = 2;

    /// <summary>What nodes ask for each virtual byte of a replacement, on top of what it replaces (BIP-125).</summary>
    private const long RelayPerVirtualByte = 1;

    private const int OutcomeWeight = 496;
    private const int ChildWeight = 609;

    /// <summary>The most that is spent on one transaction of the pool: a tenth of it.</summary>
    public static Satoshis Cap(CompetitionTerms terms) => Satoshis.Of(terms.Pool.Value / 10);

    /// <summary>The highest fee of the sweep of one share: half of it.</summary>
    public static Satoshis ShareCap(Satoshis share) => Satoshis.Of(share.Value / 2);

    /// <summary>What is kept in the wallet for the children of outcome and split: both at the terms' highest rate, at most both caps.</summary>
    public static Satoshis Reserve(CompetitionTerms terms)
    {
        var split = (4L * (23 + (43 * terms.Entries))) + 462;
        var both = terms.MaxFeeRate.FeeCeiling(Weight.Of(OutcomeWeight + split + (2 * ChildWeight)));
        return Satoshis.Of(Math.Min(both.Value, 2 * Cap(terms).Value) + 660);
    }

    /// <summary>The least fee with which a transaction of this size takes the place of another: more in all, by its own relay fee, and more for each byte.</summary>
    /// <param name="old">What it replaces.</param>
    /// <param name="virtualBytes">The size of the new one.</param>
    public static Satoshis LeastToReplace(ChildFee old, long virtualBytes)
    {
        var more = old.Fee.Value + (RelayPerVirtualByte * virtualBytes);
        var denser = (long)((Int128)old.Fee.Value * virtualBytes / old.VirtualBytes) + 1;
        return Satoshis.Of(Math.Max(more, denser));
    }

    /// <summary>Whether fees have to be looked at: something of the competition is to be sent, or waits for a block.</summary>
    /// <param name="chain">The look so far, newer than what is in <paramref name="live"/>.</param>
    public static bool NeedsFees(Header header, Live live, ChainView chain)
    {
        if (chain.FundingConflict is not null)
        {
            return false;
        }

        return chain switch
        {
            { FundingHeight: null } => true,
            { Outcome: null } => live.Attestation is not null || chain.MedianTimePast > header.Terms.Expiry,
            { Outcome: { Height: null } or { Kind: OutcomeSpendKind.Foreign } } => chain.Outcome.Height is null,
            { Split: null } => chain.Tip >= chain.Outcome.Height + header.Terms.Delta - 2,
            { Split.Height: null } => true,
            _ => chain.Shares.Any(share => share.Height is null),
        };
    }

    /// <summary>What is wanted on top of the other wants of the same moment.</summary>
    /// <param name="wants">Those: what is still to be sent may be too poor to be relayed, and then goes out only together with its child.</param>
    public static IEnumerable<Effect> Of(Header header, Live live, IReadOnlyCollection<Effect> wants)
    {
        if (live.Chain.Fees is not { } fees || live.Chain.FundingConflict is not null)
        {
            return [];
        }

        var unsent = live.Contract.FeeRate < fees.Estimate ? wants.Select(want => Unsent(live, want)) : [];
        return [.. unsent.OfType<Effect>(), .. Waiting(header, live, fees).OfType<Effect>()];
    }

    /// <summary>The list with this attempt in the place of the one before it.</summary>
    internal static Live With(Live live, Bump bump)
        => live.Bumps.Any(known => known.Txid == bump.Txid)
            ? live
            : live with { Bumps = [.. live.Bumps.Where(known => !known.Helps(bump)), bump] };

    /// <summary>The attempt that follows what was tried for the same transaction.</summary>
    public static Bump Next(Live live, BumpTarget target, int winner, Txid parent, Txid txid, Satoshis fee)
    {
        var next = new Bump(target, winner, parent, txid, fee, 1, live.Chain.Tip);
        return live.Bumps.FirstOrDefault(known => known.Helps(next)) is { } before ? next with { Number = before.Number + 1 } : next;
    }

    private static BumpEffect? Unsent(Live live, Effect want) => want switch
    {
        BroadcastFunding => FundingHasWaited(live) ? new BumpFunding() : null,
        BroadcastOutcome outcome => new BumpOutcome(outcome.Outcome),
        BroadcastExpiry => new BumpExpiry(),
        BroadcastSplit => new BumpSplit(),
        _ => null,
    };

    private static IEnumerable<BumpEffect?> Waiting(Header header, Live live, FeeView fees)
    {
        foreach (var waiting in fees.Waiting.Where(waiting => !waiting.Pays(fees.Estimate)))
        {
            yield return waiting.Target switch
            {
                BumpTarget.Funding => Funding(header, live),
                BumpTarget.Outcome => Outcome(live.Chain.Outcome),
                BumpTarget.Split => Split(header, live),
                BumpTarget.Share => Share(header, live, waiting.Winner),
            };
        }
    }

    /// <summary>An abandoned pool is not hurried while payments are still given back (D15).</summary>
    private static BumpFunding? Funding(Header header, Live live)
        => live.Chain is { FundingSeen: true, FundingHeight: null } && FundingHasWaited(live) && (live.Abandoned is null || LiveRules.AllFinal(header)) ? new BumpFunding() : null;

    private static bool FundingHasWaited(Live live) => live.Chain.Tip >= (live.FundingSentAt ?? 0) + FundingPatience;

    private static BumpEffect? Outcome(OutcomeSpend? spend) => spend switch
    {
        { Height: null, Kind: OutcomeSpendKind.Attested } => new BumpOutcome(spend.Outcome),
        { Height: null, Kind: OutcomeSpendKind.Expiry } => new BumpExpiry(),
        _ => null,
    };

    /// <summary>Nobody can split before h+Δ, so a close may wait a while; a reclaim comes after everybody's time.</summary>
    private static BumpEffect? Split(Header header, Live live) => live.Chain.Split switch
    {
        { Height: null, Kind: SplitSpendKind.Split } => new BumpSplit(),
        { Height: null, Kind: SplitSpendKind.Close } when IsTime(header, live, live.Decided?.Height) => new BumpSweep(-1, ShareSweep.Close),
        { Height: null, Kind: SplitSpendKind.Reclaim } => new BumpSweep(-1, ShareSweep.Reclaim),
        _ => null,
    };

    /// <summary>A winner may claim from g+Δ: what we bought has to be ours by then.</summary>
    private static BumpSweep? Share(Header header, Live live, int winner) => live.Chain.Share(winner) switch
    {
        { Height: null, Kind: ShareSpendKind.Close } when IsTime(header, live, live.Chain.Split?.Height) => new BumpSweep(winner, ShareSweep.Close),
        { Height: null, Kind: ShareSpendKind.SellBack } when IsTime(header, live, live.Chain.Split?.Height) => new BumpSweep(winner, ShareSweep.SellBack),
        { Height: null, Kind: ShareSpendKind.Reclaim } => new BumpSweep(winner, ShareSweep.Reclaim),
        _ => null,
    };

    private static bool IsTime(Header header, Live live, int? since) => since is { } height && live.Chain.Tip >= height + (header.Terms.Delta / 3);
}
