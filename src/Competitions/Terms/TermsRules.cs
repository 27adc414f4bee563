using System.Collections.Immutable;
using Coordinator.Bitcoin;
using Coordinator.Dlc;

namespace Coordinator.Competitions;

/// <summary>Which terms a competition may be created with (D5, D7, D17, D23, D38). Pure.</summary>
public static class TermsRules
{
    /// <summary>Metrics a station offers: high and low temperature, wind speed.</summary>
    public const int Metrics = 3;

    /// <summary>The accepted terms, or every complaint at once.</summary>
    public static (CompetitionTerms? Terms, ImmutableArray<TermsRefusal> Refusals) Accept(ProposedTerms proposed, TermsPolicy policy, DateTimeOffset now)
    {
        var profile = NetworkProfile.Of(policy.Network);
        var refusals = ImmutableArray.CreateBuilder<TermsRefusal>();
        Shape(proposed, refusals);
        Dates(proposed, policy, now, refusals);
        Remote(proposed, policy, now, refusals);
        Delta(proposed, profile, refusals);
        Settlement(proposed, profile, refusals);
        Escrow(proposed, policy, now, refusals);
        if (refusals.Count > 0)
        {
            return (null, refusals.ToImmutable());
        }

        var terms = Build(proposed, policy, profile, now);
        Shares(terms, refusals);
        return refusals.Count > 0 ? (null, refusals.ToImmutable()) : (terms, []);
    }

    private static void Shape(ProposedTerms proposed, ImmutableArray<TermsRefusal>.Builder refusals)
    {
        void Refuse(bool when, string field, string detail)
        {
            if (when)
            {
                refusals.Add(new TermsRefusal(field, detail));
            }
        }

        var stations = proposed.Locations.IsDefault ? [] : proposed.Locations;
        Refuse(proposed.Id.Version != 7, "id", "the competition id is a UUID of version 7");
        Refuse(proposed.Entries is < 2 or > 25, "total_allowed_entries", $"between 2 and 25 entries, not {proposed.Entries}");
        Refuse(proposed.Places is < 1 or > 5, "number_of_places_win", $"Number of winners exceeds maximum allowed 5 or is below 1: {proposed.Places}");
        Refuse(proposed.Places >= proposed.Entries, "number_of_places_win", $"fewer winners than entries: {proposed.Places} of {proposed.Entries}");
        Refuse(stations.Length is < 1 or > 50, "locations", $"between 1 and 50 stations, not {stations.Length}");
        Refuse(stations.Distinct(StringComparer.Ordinal).Count() != stations.Length, "locations", "every station once");
        Refuse(stations.Any(station => string.IsNullOrWhiteSpace(station) || station.Length > 16), "locations", "station ids of 1 to 16 characters");
        Refuse(
            proposed.ValuesPerEntry < 1 || proposed.ValuesPerEntry > stations.Length * Metrics,
            "number_of_values_per_entry",
            $"between 1 and {stations.Length * Metrics} values (stations × {Metrics}), not {proposed.ValuesPerEntry}");
        Refuse(proposed.EntryFee is < 1 or > 1_000_000_000, "entry_fee", $"between 1 and 1,000,000,000 sat, not {proposed.EntryFee}");
        Refuse(proposed.FeePercent is < 0 or > 100, "coordinator_fee_percentage", $"between 0 and 100, not {proposed.FeePercent}");
        Refuse(
            proposed.Pool != Math.Clamp(proposed.EntryFee, 0, 1_000_000_000) * Math.Clamp(proposed.Entries, 0, 25),
            "total_competition_pool",
            $"entry fee times entries is {proposed.EntryFee} × {proposed.Entries}, not {proposed.Pool}");
        if (refusals.Count == 0)
        {
            Refuse(
                OutcomeRanking.TryOf(proposed.Entries, proposed.Places) is null,
                "number_of_places_win",
                $"{proposed.Entries} entries with {proposed.Places} places have more than {OutcomeRanking.MaxOutcomes} outcomes");
        }
    }

    private static void Dates(ProposedTerms proposed, TermsPolicy policy, DateTimeOffset now, ImmutableArray<TermsRefusal>.Builder refusals)
    {
        var keymeld = !PlayersSign(proposed, policy);
        if (proposed.StartObservation <= (keymeld ? now : now + policy.SigningWindow))
        {
            refusals.Add(new TermsRefusal(
                "start_observation_date",
                keymeld
                    ? $"entries close at the start, {proposed.StartObservation:O}: already past"
                    : $"entries close the signing window of {policy.SigningWindow} before the start at {proposed.StartObservation:O}: already past"));
        }

        if (proposed.EndObservation <= proposed.StartObservation)
        {
            refusals.Add(new TermsRefusal("end_observation_date", "the observation ends after it starts"));
        }

        if (proposed.SigningDate < proposed.EndObservation)
        {
            refusals.Add(new TermsRefusal("signing_date", "the oracle signs at or after the end of observation"));
        }

        if (proposed.SigningDate.ToUnixTimeSeconds() + 86_400 is < 500_000_000 or > uint.MaxValue)
        {
            refusals.Add(new TermsRefusal("signing_date", "outside what a lock time can say"));
        }

        var depth = DepthOf(proposed, policy);
        var deadline = Deadline(proposed, policy);
        var cltv = HoldTimes.FinalCltvDelta(deadline - now, depth);
        if (cltv > HoldTimes.LargestFinalCltv)
        {
            refusals.Add(new TermsRefusal(
                "start_observation_date",
                $"payments would have to be held for {cltv} blocks, more than the {HoldTimes.LargestFinalCltv} that payers accept: start sooner"));
        }
    }

    /// <summary>What a remote signing service can hold and for how long (D14, D17, D38).</summary>
    private static void Remote(ProposedTerms proposed, TermsPolicy policy, DateTimeOffset now, ImmutableArray<TermsRefusal>.Builder refusals)
    {
        if (policy.Signing != SigningMode.Keymeld)
        {
            return;
        }

        var deadline = Deadline(proposed, policy);
        if (deadline > proposed.EndObservation)
        {
            refusals.Add(new TermsRefusal(
                "end_observation_date",
                $"signing may last until {deadline:O}, the window of {policy.SigningWindow} after the start: the observation must not end before"));
        }

        var lifetime = deadline - now + KeymeldLimits.Tail;
        if (lifetime > KeymeldLimits.LongestSession)
        {
            var latest = now + KeymeldLimits.LongestSession - KeymeldLimits.Tail - (deadline - proposed.StartObservation);
            refusals.Add(new TermsRefusal(
                "start_observation_date",
                $"entries and signing would need a Keymeld session of {lifetime:c}, the service keeps one for {KeymeldLimits.LongestSession:c}: "
                + $"start at {latest:O} or sooner"));
        }

        var shape = proposed is { Entries: >= 2 and <= 25, Places: >= 1 and <= 5 } && proposed.Places < proposed.Entries;
        if (shape && KeymeldLimits.RefusalOf(proposed.Entries, proposed.Places) is { } why)
        {
            refusals.Add(new TermsRefusal("total_allowed_entries", why));
        }
    }

    private static void Delta(ProposedTerms proposed, NetworkProfile profile, ImmutableArray<TermsRefusal>.Builder refusals)
    {
        var delta = proposed.Delta ?? profile.DefaultDelta;
        if (delta > 32_767 || delta < profile.LeastDelta)
        {
            refusals.Add(new TermsRefusal(
                "relative_locktime_block_delta",
                $"between {profile.LeastDelta} and 32767, not {delta}: 2Δ must hold a Lightning payout of {profile.BlocksForAPayout} blocks"));
        }
    }

    private static void Settlement(ProposedTerms proposed, NetworkProfile profile, ImmutableArray<TermsRefusal>.Builder refusals)
    {
        if (proposed.SettlementDepth is { } depth && (depth < profile.LeastSettlementDepth || depth > CompetitionTerms.DeepestSettlement))
        {
            refusals.Add(new TermsRefusal(
                "settlement_depth", $"between {profile.LeastSettlementDepth} and {CompetitionTerms.DeepestSettlement} confirmations, not {depth}"));
        }
    }

    /// <summary>T ≥ q + depth + 72 (D21): nobody can take an escrow out of a pool that is still being funded.</summary>
    private static void Escrow(ProposedTerms proposed, TermsPolicy policy, DateTimeOffset now, ImmutableArray<TermsRefusal>.Builder refusals)
    {
        if (!proposed.Escrow)
        {
            if (proposed.EscrowRefundBlocks is not null)
            {
                refusals.Add(new TermsRefusal("escrow_refund_blocks", "only a competition with escrow has it"));
            }

            return;
        }

        var (blocks, depth) = (HoldTimes.Blocks(Deadline(proposed, policy) - now), DepthOf(proposed, policy));
        var least = EscrowTimes.LeastRefundBlocks(Deadline(proposed, policy) - now, depth);
        var asked = proposed.EscrowRefundBlocks ?? least;
        if (asked < least || asked > EscrowTimes.MostRefundBlocks)
        {
            refusals.Add(new TermsRefusal(
                "escrow_refund_blocks",
                $"an escrow's refund may open after {least} ({blocks} blocks to the signing deadline + depth {depth} + {EscrowTimes.RefundMargin}) to "
                + $"{EscrowTimes.MostRefundBlocks} blocks, not {asked}"));
        }
    }

    private static bool PlayersSign(ProposedTerms proposed, TermsPolicy policy) => policy.Signing == SigningMode.Local || proposed.Escrow;

    private static DateTimeOffset Deadline(ProposedTerms proposed, TermsPolicy policy)
        => PlayersSign(proposed, policy) ? proposed.StartObservation : proposed.StartObservation + policy.SigningWindow;

    private static CompetitionTerms Build(ProposedTerms proposed, TermsPolicy policy, NetworkProfile profile, DateTimeOffset now)
    {
        var settlement = DepthOf(proposed, policy);
        var networkFee = NetworkFees.PerEntry(proposed.Entries, proposed.Places, policy.ContractRate);
        networkFee = proposed.Escrow ? networkFee + EscrowTimes.NetworkFee(policy.ContractRate) : networkFee;
        if (policy.Network == Network.Mainnet)
        {
            var least = policy.MaxFeeRate.FeeCeiling(Weight.Of(177 * 4));
            networkFee = networkFee < least ? least : networkFee;
        }

        return new CompetitionTerms(
            proposed.Id, proposed.SigningDate.ToUniversalTime(), proposed.StartObservation.ToUniversalTime(), proposed.EndObservation.ToUniversalTime(),
            proposed.Locations, proposed.ValuesPerEntry, proposed.Places, proposed.Entries, Satoshis.Of(proposed.EntryFee), proposed.FeePercent,
            Satoshis.Of(proposed.Pool), proposed.Delta ?? profile.DefaultDelta, policy.Network, settlement, policy.SigningWindow, policy.MaxFeeRate,
            networkFee, policy.Signing)
        {
            // Players who are not there must not keep the pool from being funded in time.
            SignatureGrace = policy.SignatureGrace < policy.SigningWindow / 2 ? policy.SignatureGrace : policy.SigningWindow / 2,
            EntriesPerPlayer = policy.EntriesPerPlayer,
            ReclaimGrace = policy.ReclaimGrace,
            Escrow = proposed.Escrow
                ? new EscrowOption(proposed.EscrowRefundBlocks ?? EscrowTimes.LeastRefundBlocks(Deadline(proposed, policy) - now, settlement))
                : null,
        };
    }

    private static int DepthOf(ProposedTerms proposed, TermsPolicy policy)
        => Math.Clamp(
            proposed.SettlementDepth ?? policy.SettlementDepth, NetworkProfile.Of(policy.Network).LeastSettlementDepth, CompetitionTerms.DeepestSettlement);

    private static void Shares(CompetitionTerms terms, ImmutableArray<TermsRefusal>.Builder refusals)
    {
        var payouts = terms.Ranking.Payouts([.. Enumerable.Range(0, terms.Entries)]);
        var anchor = (ulong)CompetitionTerms.Anchor.Value;
        var least = SmallestShare.LeastWorthwhile(terms.MaxFeeRate);
        var (share, _) = SmallestShare.Of(payouts, (ulong)terms.Pool.Value, terms.MaxFeeRate, anchor, outcomeBoundSplits: true);
        if (share is { } smallest && smallest >= least)
        {
            return;
        }

        var works = SmallestShare.SmallestFunding(payouts, least, terms.MaxFeeRate, anchor, outcomeBoundSplits: true);
        refusals.Add(new TermsRefusal(
            "entry_fee",
            $"at {terms.MaxFeeRate} the smallest share would be below {least}, three times the fee of claiming it: an entry fee of "
            + $"{(works?.Value + terms.Entries - 1) / terms.Entries} sat or more works"));
    }
}
