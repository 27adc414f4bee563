using Coordinator.Bitcoin;
using Coordinator.Simulators.Chain;

namespace Coordinator.Chain.Tests;

/// <summary>The rules of the simulated chain.</summary>
public sealed class ChainModelTests
{
    private readonly ChainModel _model = new(ChainWorld.Start);
    private readonly Payer _payer = new(3);
    private readonly Payer _other = new(4);

    [Fact]
    public void Starts_with_a_mature_faucet_and_its_tip_at_the_given_time()
    {
        Assert.Equal(ChainModel.InitialBlocks, _model.Height);
        Assert.Equal(ChainWorld.Start.ToUnixTimeSeconds(), _model.Tip.Time);
        Assert.Equal(ChainWorld.Start.ToUnixTimeSeconds() - (5 * 600), _model.Tip.MedianTimePast.UnixSeconds);
    }

    [Fact]
    public void The_same_calls_give_the_same_block_ids()
    {
        var twin = new ChainModel(ChainWorld.Start);
        ChainWorld.Coin(twin, _payer);
        ChainWorld.Coin(_model, _payer);
        Assert.Equal(twin.Tip.Hash, _model.Tip.Hash);
    }

    [Fact]
    public void Confirms_a_payment_in_the_next_block_and_pays_its_fee_to_the_miner()
    {
        var coin = ChainWorld.Coin(_model, _payer);
        var payment = _payer.PayBack(coin, 0, 1_000);
        Assert.True(_model.Submit(payment).IsAccepted);
        Assert.Null(_model.Find(payment.Txid)!.Block);
        var block = _model.Mine();
        Assert.Equal(block, _model.Find(payment.Txid)!.Block);
        Assert.Equal(5_000_000_000 + 1_000, block.Transactions[0].OutputValue.Value);
        Assert.Equal(payment.Txid, _model.SpenderOf(coin.OutPoint(0))!.Value.By.Transaction.Txid);
    }

    [Fact]
    public void Refuses_a_wrong_signature()
    {
        var coin = ChainWorld.Coin(_model, _payer);
        var good = _payer.PayBack(coin, 0, 1_000);
        var bad = good.WithWitness(0, [.. good.Inputs[0].Witness[0].Select((item, i) => i == 40 ? (byte)(item ^ 1) : item)]);
        Assert.StartsWith("mandatory-script-verify-flag-failed", _model.Submit(bad).Refused!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100_001, "bad-txns-in-belowout")]
    [InlineData(100_000, "min relay fee not met")]
    [InlineData(329, "dust")]
    public void Refuses_wrong_amounts(long value, string reason)
    {
        var coin = ChainWorld.Coin(_model, _payer);
        var refused = _model.Submit(_payer.Spend(coin, 0, [_payer.Own(value)])).Refused;
        Assert.StartsWith(reason, refused!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_inputs_that_do_not_exist_or_are_spent_in_the_chain()
    {
        var coin = ChainWorld.Coin(_model, _payer);
        Assert.True(_model.Submit(_payer.PayBack(coin, 0, 1_000)).IsAccepted);
        _model.Mine();
        Assert.Equal("bad-txns-inputs-missingorspent", _model.Submit(_payer.PayBack(coin, 0, 2_000)).Refused!.Message);
        var unknown = _payer.PayBack(coin, 0, 3_000);
        Assert.Equal("bad-txns-inputs-missingorspent", _model.Submit(_payer.PayBack(unknown, 0, 2_000)).Refused!.Message);
    }

    [Fact]
    public void Says_that_a_transaction_is_in_the_chain_while_its_outputs_are_unspent()
    {
        var coin = ChainWorld.Coin(_model, _payer);
        var payment = _payer.PayBack(coin, 0, 1_000);
        _model.Submit(payment);
        _model.Mine();
        Assert.Equal(-27, _model.Submit(payment).Refused!.Code);
    }

    [Fact]
    public void Replaces_only_for_a_higher_fee_and_rate_and_drops_the_descendants()
    {
        var coin = ChainWorld.Coin(_model, _payer);
        var first = _payer.PayBack(coin, 0, 1_000);
        var child = _payer.PayBack(first, 0, 1_000);
        Assert.True(_model.Submit(first).IsAccepted);
        Assert.True(_model.Submit(child).IsAccepted);
        Assert.StartsWith("insufficient fee", _model.Submit(_payer.PayBack(coin, 0, 2_000)).Refused!.Message, StringComparison.Ordinal);
        var replaced = _model.Submit(_payer.PayBack(coin, 0, 2_500));
        Assert.True(replaced.IsAccepted);
        Assert.Equal([first.Txid, child.Txid], replaced.Replaced);
        Assert.Null(_model.Find(child.Txid));
    }

    [Fact]
    public void Holds_back_a_lock_time_until_the_median_time_past_is_greater()
    {
        var coin = ChainWorld.Coin(_model, _payer);
        var lockTime = (uint)_model.Tip.MedianTimePast.UnixSeconds + 1;
        var locked = _payer.PayBack(coin, 0, 1_000, lockTime: lockTime);
        Assert.Equal("non-final", _model.Submit(locked).Refused!.Message);
        while (_model.Tip.MedianTimePast.UnixSeconds <= lockTime)
        {
            Assert.Equal("non-final", _model.Submit(locked).Refused!.Message);
            _model.Mine(1, TimeSpan.FromSeconds(1));
        }

        Assert.True(_model.Submit(locked).IsAccepted);
    }

    [Fact]
    public void Holds_back_a_height_lock_until_the_next_block_is_higher()
    {
        var coin = ChainWorld.Coin(_model, _payer);
        var locked = _payer.PayBack(coin, 0, 1_000, lockTime: (uint)_model.Height + 1);
        Assert.Equal("non-final", _model.Submit(locked).Refused!.Message);
        _model.Mine();
        Assert.True(_model.Submit(locked).IsAccepted);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(24)]
    public void Holds_back_a_relative_lock_in_blocks(int delta)
    {
        var coin = ChainWorld.Coin(_model, _payer);
        var locked = _payer.PayBack(coin, 0, 1_000, sequence: (uint)delta);
        for (var mined = 1; mined < delta; mined++)
        {
            Assert.Equal("non-BIP68-final", _model.Submit(locked).Refused!.Message);
            _model.Mine();
        }

        Assert.True(_model.Submit(locked).IsAccepted);
    }

    [Fact]
    public void Refuses_a_relative_lock_on_an_unconfirmed_output()
    {
        var payment = _model.Faucet(_payer.Script, Satoshis.Of(50_000));
        Assert.Equal("non-BIP68-final", _model.Submit(_payer.PayBack(payment, 0, 1_000, sequence: 1)).Refused!.Message);
    }

    [Fact]
    public void Takes_a_zero_fee_parent_only_in_version_3_and_together_with_a_child_on_its_anchor()
    {
        var coin = ChainWorld.Coin(_model, _payer);
        var bump = ChainWorld.Coin(_model, _other, 50_000);
        var parent = _payer.Spend(coin, 0, [_payer.Own(100_000 - 240), new TxOut(Satoshis.Of(240), Script.PayToAnchor)], version: 3);
        Assert.StartsWith("min relay fee", _model.Submit(parent).Refused!.Message, StringComparison.Ordinal);
        Transaction Child(long fee) => _other.Sign(
            new Transaction(
                3,
                [new TxIn(parent.OutPoint(1), TxIn.SequenceReplaceable), new TxIn(bump.OutPoint(0), TxIn.SequenceReplaceable)],
                [_other.Own(50_240 - fee)],
                0),
            [parent.Outputs[1], bump.Outputs[0]]);
        Assert.All(_model.SubmitPackage([parent, Child(200)]), member => Assert.StartsWith("min relay fee", member.Refused!.Message, StringComparison.Ordinal));
        Assert.Empty(_model.Waiting);
        Assert.All(_model.SubmitPackage([parent, Child(2_000)]), member => Assert.Null(member.Refused));
        Assert.Equal(2, _model.Waiting.Count);
        Assert.Equal(3, _model.Mine().Transactions.Length);
        var old = _payer.Spend(ChainWorld.Coin(_model, _payer), 0, [_payer.Own(100_000)]);
        Assert.StartsWith("min relay fee", _model.SubmitPackage([old, _payer.PayBack(old, 0, 9_000)])[1].Refused!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keeps_a_held_transaction_and_its_children_out_of_blocks()
    {
        var coin = ChainWorld.Coin(_model, _payer);
        var payment = _payer.PayBack(coin, 0, 1_000);
        _model.Submit(payment);
        _model.Submit(_payer.PayBack(payment, 0, 1_000));
        _model.Hold(payment.Txid);
        Assert.Single(_model.Mine().Transactions);
        _model.Release(payment.Txid);
        Assert.Equal(3, _model.Mine().Transactions.Length);
    }

    [Fact]
    public void A_reorganisation_makes_what_confirmed_wait_again()
    {
        var coin = ChainWorld.Coin(_model, _payer);
        var payment = _payer.PayBack(coin, 0, 1_000);
        _model.Submit(payment);
        var old = _model.Mine();
        _model.Reorganise(1);
        Assert.Equal(old.Height + 1, _model.Height);
        Assert.NotEqual(old.Hash, _model.BlockAt(old.Height)!.Hash);
        Assert.Null(_model.Find(payment.Txid)!.Block);
        Assert.Equal(old.Height + 2, Mined(payment).Height);
    }

    [Fact]
    public void A_reorganisation_can_let_a_conflict_win()
    {
        var coin = ChainWorld.Coin(_model, _payer);
        var first = _payer.PayBack(coin, 0, 1_000);
        var second = _payer.PayBack(coin, 0, 900);
        _model.Submit(first);
        _model.Mine();
        _model.Reorganise(1, [second]);
        Assert.Null(_model.Find(first.Txid));
        Assert.Equal(second.Txid, _model.SpenderOf(coin.OutPoint(0))!.Value.By.Transaction.Txid);
    }

    [Fact]
    public void A_refused_reorganisation_changes_nothing()
    {
        var coin = ChainWorld.Coin(_model, _payer);
        var tip = _model.Tip.Hash;
        var waiting = _payer.PayBack(coin, 0, 1_000);
        _model.Submit(waiting);
        Assert.Throws<ChainRuleException>(() => _model.Reorganise(1, [_payer.Spend(coin, 0, [_payer.Own(200_000)])]));
        Assert.Equal(tip, _model.Tip.Hash);
        Assert.NotNull(_model.Find(waiting.Txid));
    }

    [Fact]
    public void A_block_refuses_what_breaks_consensus_and_drops_conflicts_of_what_it_takes()
    {
        var coin = ChainWorld.Coin(_model, _payer);
        var waiting = _payer.PayBack(coin, 0, 1_000);
        _model.Submit(waiting);
        var height = _model.Height;
        Assert.Throws<ChainRuleException>(() => _model.Mine(also: [_payer.PayBack(coin, 0, 5, sequence: 5)]));
        Assert.Equal(height, _model.Height);
        _model.Mine(also: [_payer.PayBack(coin, 0, 0)]);
        Assert.Null(_model.Find(waiting.Txid));
    }

    [Fact]
    public void Reports_each_block_once_and_in_order()
    {
        var heights = new List<int>();
        _model.BlockMined += heights.Add;
        _model.Mine();
        _model.Mine(2, TimeSpan.FromMinutes(1));
        _model.Reorganise(2);
        Assert.Equal([111, 112, 113, 114], heights);
    }

    [Fact]
    public void Refuses_the_twenty_sixth_of_a_chain()
    {
        var parent = ChainWorld.Coin(_model, _payer, 1_000_000);
        for (var i = 0; i < 25; i++)
        {
            var next = _payer.PayBack(parent, 0, 200);
            Assert.True(_model.Submit(next).IsAccepted);
            parent = next;
        }

        Assert.Equal("too-long-mempool-chain", _model.Submit(_payer.PayBack(parent, 0, 200)).Refused!.Message);
    }

    private Block Mined(Transaction transaction)
    {
        _model.Mine();
        return _model.Find(transaction.Txid)!.Block!;
    }
}
