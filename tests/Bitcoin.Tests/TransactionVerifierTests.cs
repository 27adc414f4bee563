using Coordinator.Testing;

namespace Coordinator.Bitcoin.Tests;

/// <summary>Whole transactions: shape, amounts, ages and lock times; and the published signed ones.</summary>
public sealed class TransactionVerifierTests
{
    private static readonly TxOut Anchor = new(Satoshis.Of(1_000), Script.PayToAnchor);
    private static readonly NextBlock Next = new(1_000, 1_700_000_000);

    private static TxIn Input(byte parent, uint sequence = TxIn.SequenceFinal) => new(new OutPoint(Txid.FromWire(Hashes.Sha256([parent])), 0), sequence);

    private static Transaction Spend(uint lockTime = 0, params TxIn[] inputs) => new(2, inputs, [new TxOut(Satoshis.Of(900), Script.PayToAnchor)], lockTime);

    [Fact]
    public void A_good_transaction_passes_and_its_fee_is_known()
    {
        var transaction = Spend(0, Input(1));
        Assert.Null(TransactionVerifier.Verify(transaction, [new SpentOutput(Anchor)], Next));
        Assert.True(TransactionVerifier.TryGetFee(transaction, [Anchor], out var fee));
        Assert.Equal(Satoshis.Of(100), fee);
    }

    [Fact]
    public void Malformed_transactions_are_refused_by_name()
    {
        var output = new TxOut(Satoshis.Of(900), Script.PayToAnchor);
        Assert.Equal(TransactionError.NoInputs, Check(new Transaction(2, [], [output], 0)));
        Assert.Equal(TransactionError.NoOutputs, Check(new Transaction(2, [Input(1)], [], 0), Anchor));
        var most = new TxOut(Satoshis.Of(Satoshis.MaxValue), Script.PayToAnchor);
        Assert.Equal(TransactionError.OutputsOutOfRange, Check(new Transaction(2, [Input(1)], [most, output], 0), Anchor));
        Assert.Equal(TransactionError.DuplicateInput, Check(Spend(0, Input(1), Input(1)), Anchor, Anchor));
        Assert.Equal(TransactionError.NullInput, Check(Spend(0, new TxIn(new OutPoint(default, uint.MaxValue))), Anchor));
        Assert.Equal(TransactionError.PrevoutCount, Check(Spend(0, Input(1))));
        Assert.Equal(TransactionError.SpendsMoreThanItHas, Check(Spend(0, Input(1)), Anchor with { Value = Satoshis.Of(899) }));
        var heavy = new TxOut(Satoshis.Zero, new Script(new byte[1_000_000]));
        Assert.Equal(TransactionError.TooHeavy, Check(new Transaction(2, [Input(1)], [heavy], 0), Anchor));
        Assert.Equal(TransactionError.Script, Check(Spend(0, Input(1)), Anchor with { ScriptPubKey = Script.FromHex("51") }));
    }

    private static TransactionError? Check(Transaction transaction, params TxOut[] spent)
        => TransactionVerifier.Verify(transaction, [.. spent.Select(output => new SpentOutput(output))], Next)?.Error;

    [Theory]
    [InlineData(999u, 0u, true)]
    [InlineData(1_000u, 0u, false)]
    [InlineData(1_000u, 0xffff_ffffu, true)]
    [InlineData(1_699_999_999u, 0u, true)]
    [InlineData(1_700_000_000u, 0u, false)]
    public void A_lock_time_must_have_passed(uint lockTime, uint sequence, bool passes)
    {
        var refusal = TransactionVerifier.Verify(Spend(lockTime, Input(1, sequence)), [new SpentOutput(Anchor)], Next);
        Assert.Equal(passes ? null : TransactionError.LockTimeNotReached, refusal?.Error);
    }

    [Theory]
    [InlineData(144u, 856, 0L, true)]
    [InlineData(144u, 857, 0L, false)]
    [InlineData(1u, null, 0L, false)]
    [InlineData(0u, null, 0L, true)]
    [InlineData(0x8000_0090u, 999, 0L, true)]
    [InlineData(0x0040_0002u, 999, 1_699_998_976L, true)]
    [InlineData(0x0040_0002u, 999, 1_699_998_977L, false)]
    [InlineData(0x0040_0001u, null, 0L, false)]
    [InlineData(0x0040_0000u, null, 0L, true)]
    public void A_relative_lock_time_must_have_passed(uint sequence, int? height, long medianTime, bool passes)
    {
        var spent = new SpentOutput(Anchor, height, medianTime);
        var refusal = TransactionVerifier.Verify(Spend(0, Input(1, sequence)), [spent], Next);
        Assert.Equal(passes ? null : TransactionError.RelativeLockTimeNotReached, refusal?.Error);
        var first = new Transaction(1, [Input(1, sequence)], Spend(0, Input(1)).Outputs, 0);
        Assert.Null(TransactionVerifier.Verify(first, [spent], Next));
    }

    [Theory]
    [InlineData(900, true)]
    [InlineData(901, false)]
    public void A_coinbase_output_matures_in_a_hundred_blocks(int height, bool passes)
    {
        var refusal = TransactionVerifier.Verify(Spend(0, Input(1)), [new SpentOutput(Anchor, height, 0, IsCoinbase: true)], Next);
        Assert.Equal(passes ? null : TransactionError.ImmatureCoinbase, refusal?.Error);
    }

    [Fact]
    public void The_signed_examples_of_bip143_verify_and_those_with_high_S_are_refused()
    {
        using var document = VectorFiles.ReadJson("bips", "bip143.json");
        var (valid, high) = (0, 0);
        foreach (var item in document.RootElement.GetProperty("cases").EnumerateArray())
        {
            var transaction = Transaction.Parse(item.Text("signed_tx_hex"));
            var spent = new TxOut(Satoshis.Of(item.GetProperty("value_sat").GetInt64()), Script.FromHex(item.Text("script_pubkey_hex")));
            var cache = new SighashCache(transaction, transaction.Inputs.Select(_ => spent));
            var refusal = TransactionVerifier.VerifyInput(cache, item.GetProperty("input_index").GetInt32());
            valid += refusal is null ? 1 : 0;
            high += refusal?.Script == ScriptError.SignatureHighS ? 1 : 0;
            Assert.True(refusal?.Script is null or ScriptError.SignatureHighS, $"{item.Text("id")}: {refusal}");
        }

        Assert.Equal((12, 2), (valid, high));
    }

    [Fact]
    public void The_signed_example_of_bip341_verifies_in_every_segwit_input()
    {
        using var document = VectorFiles.ReadJson("bips", "bip-0341", "wallet-test-vectors.json");
        var spend = document.RootElement.GetProperty("keyPathSpending")[0];
        var prevouts = spend.GetProperty("given").GetProperty("utxosSpent").EnumerateArray()
            .Select(x => new TxOut(Satoshis.Of(x.GetProperty("amountSats").GetInt64()), Script.FromHex(x.Text("scriptPubKey")))).ToList();
        var transaction = Transaction.Parse(spend.GetProperty("auxiliary").Text("fullySignedTx"));
        var cache = new SighashCache(transaction, prevouts);
        var refusals = Enumerable.Range(0, 9).Select(i => TransactionVerifier.VerifyInput(cache, i)?.Script).ToList();
        Assert.Equal(8, refusals.Count(error => error is null));
        Assert.Equal(ScriptError.NotSegwit, refusals[2]);
    }
}
