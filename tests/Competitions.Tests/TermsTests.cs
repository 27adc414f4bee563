using Coordinator.Bitcoin;
using Coordinator.Dlc;

namespace Coordinator.Competitions.Tests;

[Trait("Kind", "Rules")]
public sealed class TermsTests
{
    public static TheoryData<string, string> Refused { get; } = new()
    {
        { "id", "id not v7" },
        { "total_allowed_entries", "1 entry" },
        { "total_allowed_entries", "26 entries" },
        { "number_of_places_win", "0 places" },
        { "number_of_places_win", "6 places" },
        { "number_of_places_win", "as many places as entries" },
        { "number_of_places_win", "more than 20,000 outcomes" },
        { "locations", "no stations" },
        { "locations", "a null list" },
        { "locations", "a station twice" },
        { "locations", "a blank station" },
        { "locations", "a missing station" },
        { "locations", "a long station" },
        { "number_of_values_per_entry", "0 values" },
        { "number_of_values_per_entry", "more values than there are" },
        { "entry_fee", "fee 0" },
        { "entry_fee", "fee negative" },
        { "entry_fee", "fee absurd" },
        { "entry_fee", "shares too small" },
        { "coordinator_fee_percentage", "fee of 101 %" },
        { "coordinator_fee_percentage", "fee below zero" },
        { "total_competition_pool", "another pool" },
        { "start_observation_date", "entries closed already" },
        { "start_observation_date", "the first year" },
        { "start_observation_date", "held for four days" },
        { "end_observation_date", "ends at its start" },
        { "signing_date", "signed before the end" },
        { "signing_date", "past what a lock time can say" },
        { "relative_locktime_block_delta", "delta 16" },
        { "relative_locktime_block_delta", "delta 32768" },
        { "relative_locktime_block_delta", "delta of least integer" },
        { "settlement_depth", "settled at 0" },
        { "settlement_depth", "settled at 101" },
    };

    [Fact]
    public void A_competition_may_ask_for_a_settlement_of_its_own_within_what_its_network_insists_on()
    {
        Assert.Equal(1, TermsRules.Accept(Given.Proposed(), Given.Policy(), Given.Start).Terms!.SettlementDepth);
        Assert.Equal(7, TermsRules.Accept(Given.Proposed() with { SettlementDepth = 7 }, Given.Policy(), Given.Start).Terms!.SettlementDepth);
        Assert.Contains(
            TermsRules.Accept(Given.Proposed() with { SettlementDepth = 2 }, Given.Policy(Network.Mainnet), Given.Start).Refusals,
            refusal => refusal.Field == "settlement_depth" && refusal.Detail.Contains("between 3 and 100", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void Refuses_terms_and_names_the_field(string field, string what)
    {
        var (terms, refusals) = TermsRules.Accept(Bad(what), Given.Policy(), Given.Start);
        Assert.Null(terms);
        Assert.Contains(refusals, refusal => refusal.Field == field && refusal.Detail.Length > 0);
    }

    [Fact]
    public void Tells_everything_that_is_wrong_at_once()
    {
        var (_, refusals) = TermsRules.Accept(
            Given.Proposed() with { Entries = 1, EntryFee = 0, Pool = 5, Delta = 1, Locations = [] }, Given.Policy(), Given.Start);
        Assert.Superset(
            new HashSet<string> { "total_allowed_entries", "entry_fee", "locations", "relative_locktime_block_delta" },
            refusals.Select(refusal => refusal.Field).ToHashSet());
    }

    [Fact]
    public void A_payment_of_a_day_is_held_for_272_blocks_and_one_of_four_days_is_refused_with_the_number()
    {
        Assert.Equal(272, HoldTimes.FinalCltvDelta(TimeSpan.FromHours(24), 1));
        Assert.True(HoldTimes.FinalCltvDelta(TimeSpan.FromDays(4), 1) > HoldTimes.LargestFinalCltv);
        var late = Given.Proposed() with
        {
            StartObservation = Given.Start.AddDays(4),
            EndObservation = Given.Start.AddDays(5),
            SigningDate = Given.Start.AddDays(6),
        };
        var (_, refusals) = TermsRules.Accept(late, Given.Policy(), Given.Start);
        Assert.Contains($"{HoldTimes.FinalCltvDelta(TimeSpan.FromDays(4), 1)} blocks", Assert.Single(refusals).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void The_longest_hold_is_measured_at_the_depth_that_the_network_insists_on()
    {
        // At depth 1 this start is just within 700 blocks, at mainnet's least depth of 3 it is not.
        var start = Enumerable.Range(1, 20_000).Select(minutes => TimeSpan.FromMinutes(minutes))
            .Last(time => HoldTimes.FinalCltvDelta(time, 1) <= HoldTimes.LargestFinalCltv);
        var proposed = Given.Proposed() with
        {
            StartObservation = Given.Start + start,
            EndObservation = Given.Start + start + TimeSpan.FromDays(1),
            SigningDate = Given.Start + start + TimeSpan.FromDays(2),
        };
        Assert.Empty(TermsRules.Accept(proposed, Given.Policy(), Given.Start).Refusals);
        Assert.Contains(
            TermsRules.Accept(proposed, Given.Policy(Network.Mainnet), Given.Start).Refusals, refusal => refusal.Field == "start_observation_date");
    }

    [Theory]
    [InlineData(Network.Mainnet, 155, 288, 309)]
    [InlineData(Network.Signet, 17, 24, 34)]
    [InlineData(Network.Regtest, 17, 24, 34)]
    public void Twice_delta_holds_a_payout(Network network, int least, int standard, int blocks)
    {
        var profile = NetworkProfile.Of(network);
        Assert.Equal((least, standard, blocks), (profile.LeastDelta, profile.DefaultDelta, profile.BlocksForAPayout));
        Assert.True(2 * least >= blocks && 2 * (least - 1) < blocks);
        var rich = Given.Proposed() with { EntryFee = 10_000_000, Pool = 30_000_000 };
        Assert.Equal(standard, TermsRules.Accept(rich, Given.Policy(network), Given.Start).Terms!.Delta);
        Assert.NotNull(TermsRules.Accept(rich with { Delta = least }, Given.Policy(network), Given.Start).Terms);
        var refusal = Assert.Single(TermsRules.Accept(rich with { Delta = least - 1 }, Given.Policy(network), Given.Start).Refusals);
        Assert.Contains($"{least}", refusal.Detail, StringComparison.Ordinal);
        Assert.Contains($"{blocks} blocks", refusal.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(5, 3)]
    [InlineData(10, 4)]
    public void The_entry_fee_that_a_refusal_names_works_and_one_less_does_not(int entries, int places)
    {
        var poor = Given.Proposed(entries, places) with { EntryFee = 100, Pool = 100L * entries };
        var refusal = Assert.Single(TermsRules.Accept(poor, Given.Policy(), Given.Start).Refusals);
        var fee = long.Parse(refusal.Detail.Split("an entry fee of ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        Assert.NotNull(TermsRules.Accept(poor with { EntryFee = fee, Pool = fee * entries }, Given.Policy(), Given.Start).Terms);
        Assert.Null(TermsRules.Accept(poor with { EntryFee = fee - 1, Pool = (fee - 1) * entries }, Given.Policy(), Given.Start).Terms);
    }

    [Fact]
    public void Accepted_terms_pay_three_times_the_fee_of_claiming_in_every_outcome()
    {
        foreach (var (entries, places) in new[] { (2, 1), (3, 2), (6, 3), (7, 4), (6, 5), (25, 2) })
        {
            var terms = Given.Terms(entries, places);
            var payouts = terms.Ranking.Payouts([.. Enumerable.Range(0, entries)]);
            var (share, _) = SmallestShare.Of(payouts, (ulong)terms.Pool.Value, terms.MaxFeeRate, 240, outcomeBoundSplits: true);
            Assert.True(share!.Value.Value >= 3 * terms.MaxFeeRate.FeeCeiling(Weight.Of(650)).Value, $"{entries}/{places}");
        }
    }

    [Theory]
    [InlineData(5_000, 5, 250)]
    [InlineData(10, 5, 1)]
    [InlineData(9, 5, 0)]
    [InlineData(30, 5, 2)]
    [InlineData(100, 0, 0)]
    [InlineData(7, 100, 7)]
    public void The_coordinators_fee_is_rounded_half_up(long entryFee, int percent, long fee)
        => Assert.Equal(fee, (Given.Terms() with { EntryFee = Satoshis.Of(entryFee), FeePercent = percent }).CoordinatorFee.Value);

    [Fact]
    public void The_price_is_fee_plus_percentage_plus_network_fee()
    {
        var terms = Given.Terms();
        Assert.Equal(100_000 + 5_000 + terms.NetworkFee.Value, terms.Price.Value);
        Assert.Equal(NetworkFees.PerEntry(3, 1, FeeRate.FromSatPerVbyte(2)), terms.NetworkFee);
        var mainnet = Given.Policy(Network.Mainnet) with { MaxFeeRate = FeeRate.FromSatPerVbyte(50) };
        var rich = Given.Proposed() with { EntryFee = 10_000_000, Pool = 30_000_000 };
        Assert.True(TermsRules.Accept(rich, mainnet, Given.Start).Terms!.NetworkFee.Value >= 177 * 50);
    }

    [Fact]
    public void Entries_close_one_signing_window_before_the_start_and_everything_is_signed_by_the_start()
    {
        var terms = Given.Terms();
        Assert.Equal(terms.StartObservation.AddHours(-2), terms.Close);
        Assert.Equal(terms.StartObservation, terms.SigningDeadline);
        Assert.Equal((uint)terms.SigningDate.ToUnixTimeSeconds() + 86_400, terms.Expiry);
        Assert.Equal(3, Given.Terms(network: Network.Regtest, depth: 3).SettlementDepth);
    }

    private static ProposedTerms Bad(string what)
    {
        var good = Given.Proposed();
        return what switch
        {
            "id not v7" => good with { Id = Guid.Empty },
            "1 entry" => good with { Entries = 1, Pool = good.EntryFee },
            "26 entries" => good with { Entries = 26, Pool = 26 * good.EntryFee },
            "0 places" => good with { Places = 0 },
            "6 places" => good with { Places = 6 },
            "as many places as entries" => good with { Places = 3 },
            "more than 20,000 outcomes" => good with { Entries = 25, Places = 4, Pool = 25 * good.EntryFee },
            "no stations" => good with { Locations = [] },
            "a null list" => good with { Locations = default },
            "a station twice" => good with { Locations = ["KDEN", "KDEN"] },
            "a blank station" => good with { Locations = ["KDEN", " "] },
            "a missing station" => good with { Locations = ["KDEN", null!] },
            "a long station" => good with { Locations = [new string('K', 17), "KDEN"] },
            "0 values" => good with { ValuesPerEntry = 0 },
            "more values than there are" => good with { ValuesPerEntry = 7 },
            "fee 0" => good with { EntryFee = 0, Pool = 0 },
            "fee negative" => good with { EntryFee = long.MinValue },
            "fee absurd" => good with { EntryFee = long.MaxValue },
            "shares too small" => good with { EntryFee = 1_000, Pool = 3_000 },
            "fee of 101 %" => good with { FeePercent = 101 },
            "fee below zero" => good with { FeePercent = -1 },
            "another pool" => good with { Pool = good.Pool - 1 },
            _ => BadTimes(what, good),
        };
    }

    private static ProposedTerms BadTimes(string what, ProposedTerms good) => what switch
    {
        "entries closed already" => good with { StartObservation = Given.Start.AddHours(2) },
        "the first year" => good with { StartObservation = DateTimeOffset.MinValue },
        "held for four days" => good with { StartObservation = Given.Start.AddDays(4), EndObservation = Given.Start.AddDays(5), SigningDate = Given.Start.AddDays(5) },
        "ends at its start" => good with { EndObservation = good.StartObservation },
        "signed before the end" => good with { SigningDate = good.EndObservation.AddSeconds(-1) },
        "past what a lock time can say" => good with { SigningDate = new DateTimeOffset(2107, 1, 1, 0, 0, 0, TimeSpan.Zero) },
        "delta 16" => good with { Delta = 16 },
        "delta 32768" => good with { Delta = 32_768 },
        "delta of least integer" => good with { Delta = int.MinValue },
        "settled at 0" => good with { SettlementDepth = 0 },
        "settled at 101" => good with { SettlementDepth = 101 },
        _ => throw new ArgumentOutOfRangeException(nameof(what), what, "no such case"),
    };
}
