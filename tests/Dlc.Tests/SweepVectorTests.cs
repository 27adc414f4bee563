using System.Text.Json;
using Coordinator.Bitcoin;

namespace Coordinator.Dlc.Tests;

public sealed class SweepVectorTests
{
    public static TheoryData<string> Names => ContractVector.Names;

    [Theory, MemberData(nameof(Names))]
    public void Every_sweep_is_signed_to_the_byte(string name)
    {
        var vector = ContractVector.Load(name);
        var enforced = vector.Read("enforce");
        var destination = Script.FromHex(enforced.GetProperty("sweep_destination").GetProperty("script_pubkey").GetString()!);
        var rate = FeeRate.FromSatPerKwu(enforced.GetProperty("sweep_destination").GetProperty("fee_rate_sat_per_kwu").GetInt64());
        Close(enforced.GetProperty("funding_close"), vector.Dlc.FundingClose(), vector.Everybody);
        foreach (var outcome in enforced.GetProperty("outcomes").EnumerateArray())
        {
            var key = Outcome.TryParse(outcome.GetProperty("outcome").GetString())!.Value;
            Solo(outcome.GetProperty("outcome_reclaim"), vector.Dlc.OutcomeReclaim(key), vector.MarketMaker, []);
            Close(outcome.GetProperty("outcome_close"), vector.Dlc.OutcomeClose(key), vector.Everybody);
            foreach (var item in outcome.GetProperty("win_conditions").EnumerateArray())
            {
                var win = WinCondition.TryParse(item.GetProperty("win_condition").GetString())!.Value;
                var player = win.PlayerIndex;
                Solo(item.GetProperty("split_win"), vector.Dlc.SplitWin(win), vector.Players[player], vector.Tickets[player]);
                Solo(item.GetProperty("split_reclaim"), vector.Dlc.SplitReclaim(win), vector.MarketMaker, []);
                Solo(item.GetProperty("split_sellback"), vector.Dlc.SplitSellback(win), vector.MarketMaker, vector.PayoutPreimages[player]);
                Close(item.GetProperty("split_close"), vector.Dlc.SplitClose(win), [vector.Players[player], vector.MarketMaker]);
            }
        }

        void Solo(JsonElement given, Sweep sweep, SecretKey key, byte[] preimage)
            => Check(given, sweep, SweepTransaction.Build(destination, rate, sweep), unsigned => unsigned.Sign(0, key, preimage));

        void Close(JsonElement given, Sweep sweep, SecretKey[] keys)
            => Check(given, sweep, SweepTransaction.Build(destination, rate, sweep), unsigned => unsigned.SignClose(0, keys));
    }

    private static void Check(JsonElement given, Sweep sweep, SweepTransaction unsigned, Func<SweepTransaction, SweepTransaction> sign)
    {
        Assert.Equal(given.GetProperty("prevout_value").GetInt64(), sweep.Prevout.Value.Value);
        Assert.Equal(given.GetProperty("prevout_script_pubkey").GetString(), sweep.Prevout.ScriptPubKey.ToHex());
        Assert.Equal(given.GetProperty("sequence").GetUInt32(), sweep.Sequence);
        Assert.Equal(given.GetProperty("fee").GetInt64(), unsigned.Fee.Value);
        Assert.Equal(given.GetProperty("predicted_weight").GetInt64(), unsigned.Weight.Units);
        Assert.Equal(given.GetProperty("unsigned_hex").GetString(), unsigned.Transaction.ToHex());
        Assert.False(unsigned.IsComplete);
        var signed = sign(unsigned);
        Assert.True(signed.IsComplete);
        Assert.Equal(given.GetProperty("signed_hex").GetString(), signed.Transaction.ToHex());
        Assert.Equal(given.GetProperty("txid").GetString(), signed.Transaction.Txid.ToString());
        Assert.Equal(given.GetProperty("wtxid").GetString(), signed.Transaction.Wtxid.ToString());
        Assert.Equal(unsigned.Weight, signed.Transaction.Weight);
        Interpreter.AssertValid(signed.Transaction, signed.Prevouts);
    }

    [Fact]
    public void One_transaction_sweeps_several_outputs_by_different_paths()
    {
        var vector = ContractVector.Load("dlctix02/bound_anchor/b");
        var destination = Script.PayToTaproot(vector.MarketMaker.XOnly);
        var outcome = Outcome.Attestation(0);
        var (first, second) = (new WinCondition(outcome, 0), new WinCondition(outcome, 1));
        var sweep = SweepTransaction.Build(
            destination, FeeRate.FromSatPerKwu(500), vector.Dlc.SplitSellback(second), vector.Dlc.SplitClose(first), vector.Dlc.OutcomeReclaim(Outcome.Expiry));
        var signed = sweep.Sign(0, vector.MarketMaker, vector.PayoutPreimages[1])
            .SignClose(1, [vector.MarketMaker, vector.Players[0]])
            .Sign(2, vector.MarketMaker);
        Assert.True(signed.IsComplete);
        Assert.Equal(sweep.Weight, signed.Transaction.Weight);
        Assert.Equal(FeeRate.FromSatPerKwu(500).FeeCeiling(sweep.Weight), signed.Fee);
        Interpreter.AssertValid(signed.Transaction, signed.Prevouts);
    }

    [Fact]
    public void Wrong_keys_and_preimages_are_refused_by_name()
    {
        var vector = ContractVector.Load("dlctix02/bound_anchor/a");
        var destination = Script.PayToTaproot(vector.MarketMaker.XOnly);
        var rate = FeeRate.FromSatPerKwu(250);
        var win = new WinCondition(Outcome.Attestation(0), 0);
        var claim = SweepTransaction.Build(destination, rate, vector.Dlc.SplitWin(win));
        Assert.Throws<SpendRefusedException>(() => claim.Sign(0, vector.MarketMaker, vector.Tickets[0]));
        Assert.Throws<SpendRefusedException>(() => claim.Sign(0, vector.Players[0], vector.Tickets[1]));
        Assert.Throws<SpendRefusedException>(() => claim.Sign(0, vector.Players[0]));
        Assert.Throws<SpendRefusedException>(() => claim.SignClose(0, vector.Everybody));
        var close = SweepTransaction.Build(destination, rate, vector.Dlc.OutcomeClose(win.Outcome));
        Assert.Throws<SpendRefusedException>(() => close.SignClose(0, [vector.MarketMaker, vector.Players[1]]));
        Assert.Throws<SpendRefusedException>(() => close.Sign(0, vector.MarketMaker));
        var sellback = SweepTransaction.Build(destination, rate, vector.Dlc.SplitSellback(win));
        Assert.Throws<SpendRefusedException>(() => sellback.Sign(0, vector.MarketMaker, vector.Tickets[0]));
    }

    [Fact]
    public void A_sweep_that_leaves_nothing_worth_having_is_refused()
    {
        var dlc = ContractVector.Load("dlctix02/bound_anchor/a").Dlc;
        var destination = Script.PayToTaproot(dlc.FundingKey.XOnly);
        Assert.False(SweepTransaction.TryBuild([dlc.FundingClose()], destination, FeeRate.FromSatPerKwu(5_000_000), out _, out var refusal));
        Assert.Equal(ContractRefusalKind.InsufficientFunds, refusal.Kind);
        Assert.False(SweepTransaction.TryBuild([dlc.FundingClose()], destination, FeeRate.FromSatPerKwu(2_252_000), out _, out refusal));
        Assert.Equal(ContractRefusalKind.DustAmount, refusal.Kind);
    }

    [Fact]
    public void Only_win_and_reclaim_wait_for_blocks()
    {
        var dlc = ContractVector.Load("dlctix02/bound_anchor/a").Dlc;
        var win = new WinCondition(Outcome.Attestation(0), 0);
        Assert.Equal(72, dlc.SplitWin(win).BlocksAfterParent);
        Assert.Equal(144, dlc.SplitReclaim(win).BlocksAfterParent);
        Assert.Equal(144, dlc.OutcomeReclaim(win.Outcome).BlocksAfterParent);
        Sweep[] atOnce = [dlc.SplitClose(win), dlc.SplitSellback(win), dlc.OutcomeClose(win.Outcome), dlc.FundingClose()];
        Assert.All(atOnce, sweep => Assert.Equal(0, sweep.BlocksAfterParent));
    }
}
