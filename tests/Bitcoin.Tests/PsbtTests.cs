namespace Coordinator.Bitcoin.Tests;

/// <summary>PSBTs of our own: signed, finalized, extracted and accepted by the interpreter; and what is refused on the way.</summary>
public sealed class PsbtTests
{
    private static readonly Satoshis Amount = Satoshis.Of(50_000);

    private static Psbt Make(params TxOut[] spent)
    {
        var inputs = spent.Select((_, i) => new TxIn(new OutPoint(Txid.FromWire(Hashes.Sha256([(byte)i])), 0), TxIn.SequenceReplaceable));
        var psbt = Psbt.Create(new Transaction(2, inputs, [new TxOut(Satoshis.Of(40_000), Script.PayToAnchor)], 0));
        for (var i = 0; i < spent.Length; i++)
        {
            psbt.Inputs[i].WitnessUtxo = spent[i];
        }

        return psbt;
    }

    private static TxOut Out(Script script) => new(Amount, script);

    [Fact]
    public void Every_kind_of_input_is_signed_finalized_and_spends()
    {
        using var key = TestSpend.Key(1);
        using var other = TestSpend.Key(2);
        var multisig = new ScriptBuilder().Number(2).Key(key.PublicKey).Key(other.PublicKey).Number(2).Op(Opcode.CheckMultiSig).Build();
        var single = new ScriptBuilder().Key(key.PublicKey).Op(Opcode.CheckSig).Build();
        var tree = TapTree.Of(new TapLeaf(single));
        var psbt = Make(
            Out(Script.PayToWitnessPubkeyHash(key.PublicKey)),
            Out(Script.PayToWitnessScriptHash(multisig)),
            Out(Script.PayToWitnessScriptHash(single)),
            Out(TaprootOutput.KeyOnly(key.XOnly).ScriptPubKey),
            Out(TaprootOutput.WithScripts(key.XOnly, tree).ScriptPubKey),
            Out(Script.PayToTaproot(key.XOnly)),
            Out(Script.PayToAnchor));
        psbt.Inputs[1].WitnessScript = multisig;
        psbt.Inputs[2].WitnessScript = single;
        psbt.Inputs[3].TapInternalKey = key.XOnly;
        psbt.Inputs[4].TapInternalKey = key.XOnly;
        psbt.Inputs[4].TapMerkleRoot = tree.MerkleRoot.ToArray();
        psbt.Inputs[3].SighashType = (uint)SighashType.All;
        var second = Psbt.ParseBase64(psbt.ToBase64());
        Assert.Equal(6, psbt.Sign(key));
        Assert.Equal(1, second.Sign(other));
        Assert.Equal(PsbtError.CannotFinalize, Assert.Throws<PsbtException>(() => Psbt.Combine(psbt).FinalizeInputs()).Error);
        var combined = Psbt.Combine(psbt, second);
        Assert.Equal(PsbtError.NotFinal, Assert.Throws<PsbtException>(() => combined.Extract()).Error);
        combined.FinalizeInputs();
        combined.FinalizeInputs();
        var transaction = Psbt.Parse(combined.ToBytes()).Extract();
        Assert.Null(TransactionVerifier.VerifyWithoutChain(transaction, combined.SpentOutputs()));
        Assert.Equal(65, transaction.Inputs[3].Witness[0].Length);
        Assert.Equal(0, combined.Sign(key));
    }

    [Fact]
    public void A_script_without_a_template_is_finalized_by_its_witness()
    {
        using var key = TestSpend.Key(1);
        var preimage = Hashes.Sha256("x"u8);
        var script = new ScriptBuilder().Op(Opcode.Sha256).Data(Hashes.Sha256(preimage)).Op(Opcode.EqualVerify).Key(key.PublicKey).Op(Opcode.CheckSig).Build();
        var psbt = Make(Out(Script.PayToWitnessScriptHash(script)));
        psbt.Inputs[0].WitnessScript = script;
        Assert.Equal(1, psbt.Sign(key));
        Assert.Equal(PsbtError.CannotFinalize, Assert.Throws<PsbtException>(psbt.FinalizeInputs).Error);
        psbt.FinalizeInput(0, psbt.Inputs[0].PartialSignature(key.PublicKey)!, preimage, script.ToBytes());
        Assert.Null(TransactionVerifier.VerifyWithoutChain(psbt.Extract(), psbt.SpentOutputs()));
        Assert.Empty(psbt.Inputs[0].PartialSignatures);
        Assert.Null(psbt.Inputs[0].WitnessScript);
    }

    [Fact]
    public void Only_all_and_the_default_are_signed()
    {
        using var key = TestSpend.Key(1);
        foreach (var script in new[] { Script.PayToWitnessPubkeyHash(key.PublicKey), Script.PayToTaproot(key.XOnly) })
        {
            var psbt = Make(Out(script));
            foreach (var type in new uint[] { 2, 3, 0x81, 0x83, 0x101 })
            {
                psbt.Inputs[0].SighashType = type;
                Assert.Equal(PsbtError.SighashType, Assert.Throws<PsbtException>(() => psbt.Sign(key)).Error);
            }
        }
    }

    [Fact]
    public void What_is_spent_must_be_told_and_must_agree()
    {
        using var key = TestSpend.Key(1);
        var previous = new Transaction(2, [new TxIn(new OutPoint(Txid.FromWire(new byte[32]), 3))], [Out(Script.PayToTaproot(key.XOnly))], 0);
        var psbt = Psbt.Create(new Transaction(2, [new TxIn(previous.OutPoint(0))], [new TxOut(Amount, Script.PayToAnchor)], 0));
        Assert.Equal(PsbtError.UtxoMissing, Assert.Throws<PsbtException>(() => psbt.SpentOutput(0)).Error);
        Assert.Equal(0, psbt.Sign(key));
        psbt.Inputs[0].NonWitnessUtxo = previous;
        Assert.Equal(previous.Outputs[0], psbt.SpentOutput(0));
        psbt.Inputs[0].WitnessUtxo = previous.Outputs[0] with { Value = Satoshis.Of(1) };
        Assert.Equal(PsbtError.UtxoMismatch, Assert.Throws<PsbtException>(() => psbt.Sign(key)).Error);
        psbt.Inputs[0].WitnessUtxo = null;
        psbt.Inputs[0].NonWitnessUtxo = new Transaction(1, previous.Inputs, previous.Outputs, 0);
        Assert.Equal(PsbtError.UtxoMismatch, Assert.Throws<PsbtException>(() => psbt.SpentOutput(0)).Error);
        psbt.Inputs[0].NonWitnessUtxo = previous;
        psbt.Inputs[0].TapInternalKey = key.XOnly;
        psbt.Inputs[0].TapMerkleRoot = new byte[32];
        Assert.Equal(1, psbt.Sign(key));
        using var other = TestSpend.Key(2);
        psbt.Inputs[0].TapInternalKey = other.XOnly;
        Assert.Equal(PsbtError.TaprootMismatch, Assert.Throws<PsbtException>(() => psbt.Sign(other)).Error);
    }

    [Fact]
    public void Psbts_of_different_transactions_are_not_combined_and_the_first_value_wins()
    {
        using var key = TestSpend.Key(1);
        var first = Make(Out(Script.PayToTaproot(key.XOnly)));
        var second = Psbt.Parse(first.ToBytes());
        second.Inputs[0].WitnessUtxo = Out(Script.PayToAnchor);
        second.Inputs[0].Map.Set(0xf0, [1, 2], [3]);
        var combined = Psbt.Combine(first, second);
        Assert.Equal(Script.PayToTaproot(key.XOnly), combined.Inputs[0].WitnessUtxo!.ScriptPubKey);
        Assert.Equal([3], combined.Inputs[0].Map.Find(0xf0, [1, 2])!);
        var other = Make(Out(Script.PayToAnchor), Out(Script.PayToAnchor));
        Assert.Equal(PsbtError.DifferentTransactions, Assert.Throws<PsbtException>(() => Psbt.Combine(first, other)).Error);
        Assert.Throws<ArgumentException>(() => Psbt.Combine());
    }

    [Fact]
    public void New_fields_stand_by_type_and_then_in_the_order_they_came()
    {
        var (set, merged) = (new PsbtMap(), new PsbtMap());
        set.Set(5, [], [1]);
        set.Set(2, [9], [1]);
        set.Set(2, [1], [1]);
        set.Set(7, [], [1]);
        set.Set(5, [4], [1]);
        merged.Set(5, [], [1]);
        merged.Merge(set);
        string[] order = ["0209", "0201", "05", "0504", "07"];
        Assert.Equal(order, set.Pairs.Select(pair => Hex.Encode(pair.Key.Span)));
        Assert.Equal(order, merged.Pairs.Select(pair => Hex.Encode(pair.Key.Span)));
        set.Remove(2, 7);
        Assert.Equal(["05", "0504"], set.Pairs.Select(pair => Hex.Encode(pair.Key.Span)));
        Assert.NotNull(set.Find(5, [4]));
        Assert.Null(set.Find(2, [9]));
    }

    [Fact]
    public void A_transaction_with_witness_or_script_sig_makes_no_psbt()
    {
        var plain = new Transaction(2, [new TxIn(new OutPoint(default, 0))], [Out(Script.PayToAnchor)], 0);
        Assert.Throws<ArgumentException>(() => Psbt.Create(plain.WithWitness(0, new byte[] { 1 })));
        Assert.Throws<ArgumentException>(() => Psbt.Create(plain.WithInputs([plain.Inputs[0] with { ScriptSig = Script.PayToAnchor }])));
        Assert.False(Psbt.TryParse("psbt"u8, out _, out var error));
        Assert.Equal("the bytes do not start as a PSBT does", error);
        Assert.Throws<BitcoinFormatException>(() => Psbt.ParseBase64("not base64!"));
    }
}
