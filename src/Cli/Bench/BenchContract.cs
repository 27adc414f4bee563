using System.Text;
using Coordinator.Bitcoin;
using Coordinator.Dlc;

namespace Coordinator.Cli;

/// <summary>A contract whose keys, hashes and locking points all follow from labels: what benchmarks sign.</summary>
internal static class BenchContract
{
    /// <summary>The market maker's key; the caller disposes it.</summary>
    public static SecretKey MarketMaker() => Secret("market maker");

    /// <summary>The players' keys, by player index; the caller disposes them.</summary>
    public static SecretKey[] Players(int players) => [.. Enumerable.Range(0, players).Select(player => Secret($"player {player}"))];

    /// <summary>Outcome-bound and anchored, as every new competition's.</summary>
    public static ContractParameters Parameters(int players, int places)
    {
        var ranking = OutcomeRanking.Of(players, places);
        return new ContractParameters
        {
            MarketMaker = new MarketMaker(Point("market maker")),
            Players = [.. Enumerable.Range(0, players).Select(i => new Player(
                Point($"player {i}"), Hashlock.OfPreimage(Hash($"ticket {i}")), Hashlock.OfPreimage(Hash($"payout {i}"))))],
            Event = new EventLockingConditions([.. Enumerable.Range(0, ranking.AttestationCount).Select(i => Point($"attestation {i}"))], 2_000_000_000),
            OutcomePayouts = ranking.Payouts([.. Enumerable.Range(0, players)]),
            FeeRateSatPerKwu = 500,
            FundingSatoshis = 10_000_000,
            RelativeLocktimeBlockDelta = 144,
            AnchorSatoshis = 240,
            OutcomeBoundSplits = true,
        };
    }

    /// <summary>The outpoint that would be funded.</summary>
    public static OutPoint Funding() => new(Txid.FromWire(Hash("funding")), 0);

    /// <summary>32 bytes that follow from a label.</summary>
    public static byte[] Hash(string label) => Hashes.Sha256(Encoding.UTF8.GetBytes("bench dlc/" + label));

    private static SecretKey Secret(string label) => SecretKey.From(Hash(label));

    private static PublicKey Point(string label)
    {
        using var secret = Secret(label);
        return secret.PublicKey;
    }
}
