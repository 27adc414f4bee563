using Coordinator.Bitcoin;

namespace Coordinator.Dlc.Tests;

public sealed class ContractExpectationTests
{
    private static readonly ContractParameters Agreed = ShapeTests.Parameters(5, 2);

    private static ContractExpectation Expectation => new()
    {
        Self = Agreed.Players[3],
        MarketMaker = Agreed.MarketMaker.PublicKey,
        Ranking = OutcomeRanking.Of(5, 2),
        PlayerOfPosition = [0, 1, 2, 3, 4],
        LockingPoints = [.. Agreed.Event.LockingPoints.Select(point => point!)],
        Expiry = 1_900_000_000,
        FundingValue = Satoshis.Of(2_000_000),
        MaxFeeRate = FeeRate.FromSatPerKwu(500),
        BlockDelta = 288,
    };

    [Fact]
    public void The_contract_agreed_to_passes() => Assert.Null(Expectation.Check(Agreed));

    [Fact]
    public void Every_difference_has_its_name()
    {
        Assert.Equal(ContractMismatch.Refused, Of(Agreed with { OutcomeBoundSplits = false }));
        Assert.Equal(ContractMismatch.Refused, Of(Agreed with { AnchorSatoshis = 1_001 }));
        Assert.Equal(ContractMismatch.Self, Of(Agreed with { Players = Agreed.Players.SetItem(3, Agreed.Players[3] with { TicketHash = Lock("x") }) }));
        Assert.Equal(ContractMismatch.Self, Of(Agreed with { Players = Agreed.Players.SetItem(3, Agreed.Players[3] with { PayoutHash = Lock("x") }) }));
        Assert.Equal(ContractMismatch.Players, Of(Agreed with { Players = Agreed.Players.Add(new Player(Key("x"), Lock("y"), Lock("z"))) }));
        Assert.Equal(ContractMismatch.MarketMaker, Of(Agreed with { MarketMaker = new MarketMaker(Key("x")) }));
        Assert.Null((Expectation with { MarketMaker = null }).Check(Agreed with { MarketMaker = new MarketMaker(Key("x")) }));
        var points = Agreed.Event.LockingPoints;
        Assert.Equal(ContractMismatch.LockingPoints, Of(Agreed with { Event = Agreed.Event with { LockingPoints = points.SetItem(1, Key("x")) } }));
        Assert.Equal(ContractMismatch.Expiry, Of(Agreed with { Event = Agreed.Event with { Expiry = 1_900_000_001 } }));
        Assert.Equal(ContractMismatch.Payouts, Of(Agreed with { OutcomePayouts = OutcomeRanking.Of(5, 2).Payouts([1, 0, 2, 3, 4]) }));
        Assert.Equal(ContractMismatch.FundingValue, Of(Agreed with { FundingSatoshis = 1_999_999 }));
        Assert.Equal(ContractMismatch.FeeRate, Of(Agreed with { FeeRateSatPerKwu = 501 }));
        Assert.Equal(ContractMismatch.BlockDelta, Of(Agreed with { RelativeLocktimeBlockDelta = 287 }));
        Assert.Equal(ContractMismatch.Payouts, (Expectation with { PlayerOfPosition = [0, 0, 1, 2, 3] }).Check(Agreed)?.Mismatch);
    }

    private static ContractMismatch? Of(ContractParameters parameters) => Expectation.Check(parameters)?.Mismatch;

    private static PublicKey Key(string label) => SecretKey.From(Hashes.Sha256(System.Text.Encoding.UTF8.GetBytes(label))).PublicKey;

    private static Hashlock Lock(string label) => Hashlock.OfPreimage(Hashes.Sha256(System.Text.Encoding.UTF8.GetBytes(label)));
}
