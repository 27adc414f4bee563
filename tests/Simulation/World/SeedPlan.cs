using System.Collections.Immutable;
using Coordinator.Bitcoin;
using Coordinator.Competitions;
using Coordinator.Dlc;
using Coordinator.Grains;
using Coordinator.Testing;

namespace Coordinator.Simulation;

/// <summary>Everything a seed decides before its world begins. Large shapes are rare: they cost seconds.</summary>
/// <param name="Competitions">One to three.</param>
/// <param name="Faults">The weather.</param>
/// <param name="Settings">Of the service.</param>
/// <param name="BlockPoll">Of its block watcher.</param>
/// <param name="BlockTime">Between two blocks, in the mean, while payments are held.</param>
/// <param name="QuickBlockTime">And while none are.</param>
internal sealed record SeedPlan(
    ImmutableArray<CompetitionPlan> Competitions, FaultPlan Faults, CoordinatorSettings Settings, TimeSpan BlockPoll, TimeSpan BlockTime,
    TimeSpan QuickBlockTime)
{
    private static readonly TimeSpan LongestHold = TimeSpan.FromHours(16);

    public static SeedPlan Draw(SplitMix64 random)
    {
        var faults = FaultPlan.Draw(random);
        var settings = DrawSettings(random);
        var count = random.Below(20) switch { < 13 => 1, < 18 => 2, _ => 3 };
        ImmutableArray<CompetitionPlan> competitions = [.. Enumerable.Range(1, count).Select(number => CompetitionPlan.Draw(random, number, settings))];
        var (blockPoll, quick) = (TimeSpan.FromMinutes(1 + random.Below(5)), TimeSpan.FromSeconds(60 + random.Below(120)));
        var block = TimeSpan.FromMinutes(random.Below(5) == 0 ? 5 : 9 + random.Below(3));
        if (competitions.Any(competition => competition.FundingSticks))
        {
            // Long enough, and blocks fast enough, for held payments to come near their end.
            block = TimeSpan.FromMinutes(5);
            faults = faults with { End = faults.End > LongestHold ? faults.End : LongestHold };
        }

        return new SeedPlan(competitions, faults, settings, blockPoll, block, quick);
    }

    private static CoordinatorSettings DrawSettings(SplitMix64 random) => new()
    {
        Network = Network.Regtest,
        Signing = random.Below(5) < 2 ? SigningMode.Keymeld : SigningMode.Local,
        Keymeld = new KeymeldSettings("http://keymeld.invalid"),
        SettlementDepth = 1 + random.Below(3),
        SigningWindow = TimeSpan.FromMinutes(30 + random.Below(90)),
        SignatureGrace = TimeSpan.FromMinutes(1 + random.Below(10)),
        OraclePoll = TimeSpan.FromMinutes(1 + random.Below(10)),
        InvoicePoll = TimeSpan.FromMinutes(1 + random.Below(5)),
        ChainPoll = TimeSpan.FromMinutes(2 + random.Below(8)),
        FundingCoinDepth = 1 + random.Below(2),
        EntriesPerPlayer = 1 + random.Below(3),
        RequireKeyProof = false,
    };
}

/// <summary>How the oracle ends an event.</summary>
internal enum Attesting
{
    OnTime,
    Refund,
    Late,
    AtExpiry,
    AfterExpiry,
    Never,
    Early,
}

/// <summary>One competition as its operator, its oracle and its players mean to play it.</summary>
/// <param name="StartsAfter">When it is created.</param>
/// <param name="EntryTime">From then to the close of entries.</param>
/// <param name="Observation">From start to end of observation.</param>
/// <param name="SigningAfter">From the end of observation to the signing date.</param>
/// <param name="Attests">What the oracle does.</param>
/// <param name="AttestsAfter">When, by what <paramref name="Attests"/> counts from.</param>
/// <param name="Outcome">What it attests.</param>
/// <param name="OracleRefuses">The oracle never takes the event.</param>
/// <param name="CancelsAfter">When the operator tries to cancel; null: never.</param>
/// <param name="ReleasesAfter">When the operator releases the shares of winners who never came, from the moment the pool is split.</param>
/// <param name="FundingSticks">Nobody takes the funding transaction into a block for very long.</param>
/// <param name="CoinGoes">Somebody else with the wallet's key spends a coin of the funding transaction first.</param>
internal sealed record CompetitionPlan(
    int Number,
    int Places,
    TimeSpan StartsAfter,
    TimeSpan EntryTime,
    TimeSpan Observation,
    TimeSpan SigningAfter,
    int Delta,
    long EntryFee,
    int FeePercent,
    Attesting Attests,
    TimeSpan AttestsAfter,
    int Outcome,
    bool OracleRefuses,
    TimeSpan? CancelsAfter,
    TimeSpan ReleasesAfter,
    bool CoinGoes,
    bool FundingSticks,
    ImmutableArray<PlayerPlan> Players)
{
    public static CompetitionPlan Draw(SplitMix64 random, int number, CoordinatorSettings settings)
    {
        var players = random.Below(100) switch { < 48 => 2, < 84 => 3, < 96 => 4, _ => 5 };
        var places = Math.Min(players - 1, random.Below(100) switch { < 62 => 1, < 92 => 2, _ => 3 });
        var attests = random.Below(20) switch
        {
            < 10 => Attesting.OnTime,
            10 or 11 => Attesting.Refund,
            12 or 13 => Attesting.Late,
            14 or 15 => Attesting.AtExpiry,
            16 => Attesting.AfterExpiry,
            17 or 18 => Attesting.Never,
            _ => Attesting.Early,
        };
        var ranking = OutcomeRanking.Of(players, places);
        return new CompetitionPlan(
            number,
            places,
            TimeSpan.FromMinutes(random.Below(90)),
            TimeSpan.FromMinutes(60 + random.Below(180)),
            settings.SigningWindow + TimeSpan.FromMinutes(10 + random.Below(180)),
            TimeSpan.FromMinutes(random.Below(120)),
            17 + random.Below(14),
            50_000 + (1_000 * random.Below(100)),
            random.Below(20),
            attests,
            After(attests, random),
            attests == Attesting.Refund ? ranking.RefundIndex : random.Below(ranking.RefundIndex + 1),
            random.Below(25) == 0,
            random.Below(8) == 0 ? TimeSpan.FromMinutes(random.Below(600)) : null,
            TimeSpan.FromHours(random.Below(40)),
            random.Below(10) == 0,
            random.Below(10) == 0,
            [.. Enumerable.Range(1, players).Select(_ => PlayerPlan.Draw(random))]);
    }

    private static TimeSpan After(Attesting attests, SplitMix64 random) => attests switch
    {
        Attesting.OnTime or Attesting.Refund => TimeSpan.FromMinutes(random.Below(30)),
        Attesting.Late => TimeSpan.FromMinutes(60 + random.Below(1_200)),
        Attesting.AtExpiry => TimeSpan.FromMinutes((24 * 60) - 60 + random.Below(180)),
        Attesting.AfterExpiry => TimeSpan.FromMinutes((26 * 60) + random.Below(600)),
        Attesting.Never => TimeSpan.MaxValue,
        Attesting.Early => TimeSpan.FromMinutes(random.Below(600)),
    };
}

/// <summary>How a winner takes the money.</summary>
internal enum Taking
{
    /// <summary>Over Lightning, then the key is handed over.</summary>
    LightningAndKey,

    /// <summary>Over Lightning, and keeps the key.</summary>
    Lightning,

    /// <summary>On chain, from their own data alone.</summary>
    OnChain,

    /// <summary>Never comes back.</summary>
    Never,
}

/// <summary>One player's character.</summary>
/// <param name="Pays">Pays the ticket's invoice.</param>
/// <param name="PaysAfter">How long after the ticket.</param>
/// <param name="EntersFirst">Sends the entry before it pays.</param>
/// <param name="Signs">Takes part in signing at all.</param>
/// <param name="Lies">Its first partial signatures are wrong.</param>
/// <param name="LiesOn">Who lies goes on lying.</param>
/// <param name="LosesNonces">Is restarted in the middle of a round and draws other nonces.</param>
/// <param name="IsAway">Not to be seen from the accepted entry to the payout.</param>
/// <param name="GoesAfterSigning">Not to be seen from its signatures to the payout.</param>
/// <param name="PayoutFails">Its payout has no route the first time.</param>
/// <param name="PayoutSticks">Its payout hangs on the way; true ends well, false fails, null does not hang.</param>
/// <param name="TicketSticks">As <paramref name="PayoutSticks"/>, for the ticket's payment.</param>
/// <param name="TakesOrdinary">After a failed payout names an ordinary invoice.</param>
/// <param name="AsksTwice">Names a second invoice while the first is unsettled.</param>
/// <param name="Patience">Between two looks.</param>
internal sealed record PlayerPlan(
    bool Comes,
    TimeSpan ComesAfter,
    bool Pays,
    TimeSpan PaysAfter,
    bool EntersFirst,
    bool Signs,
    bool Lies,
    bool LiesOn,
    bool LosesNonces,
    bool IsAway,
    bool GoesAfterSigning,
    Taking Takes,
    bool PayoutFails,
    bool? PayoutSticks,
    bool? TicketSticks,
    bool TakesOrdinary,
    bool AsksTwice,
    TimeSpan Patience)
{
    public static PlayerPlan Draw(SplitMix64 random)
    {
        bool Rarely(int of) => random.Below(of) == 0;
        return new PlayerPlan(
            Comes: !Rarely(40),
            ComesAfter: TimeSpan.FromMinutes(Rarely(15) ? random.Below(200) : random.Below(15)),
            Pays: !Rarely(40),
            PaysAfter: TimeSpan.FromMinutes(Rarely(8) ? random.Below(60) : random.Below(4)),
            EntersFirst: random.Below(2) == 0,
            Signs: !Rarely(60),
            Lies: Rarely(12),
            LiesOn: Rarely(3),
            LosesNonces: Rarely(12),
            IsAway: Rarely(12),
            GoesAfterSigning: Rarely(8),
            Takes: random.Below(20) switch { < 8 => Taking.LightningAndKey, < 13 => Taking.Lightning, < 17 => Taking.OnChain, _ => Taking.Never },
            PayoutFails: Rarely(6),
            PayoutSticks: Rarely(4) ? random.Below(2) == 0 : null,
            TicketSticks: Rarely(15) ? random.Below(2) == 0 : null,
            TakesOrdinary: !Rarely(4),
            AsksTwice: Rarely(5),
            Patience: TimeSpan.FromSeconds(60 + random.Below(300)));
    }
}
