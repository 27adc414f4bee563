namespace Coordinator.Bitcoin.Tests;

/// <summary>Signatures, witness programs and the scripts the project uses, spent as they are meant to be and in every other way.</summary>
public sealed class InterpreterSpendTests
{
    private static readonly byte[] Zero = [];

    [Fact]
    public void A_key_hash_is_spent_by_its_key_alone()
    {
        using var key = TestSpend.Key(1);
        var program = Hashes.Hash160(key.PublicKey.Bytes);
        var spend = new TestSpend(Script.PayToWitnessPubkeyHash(key.PublicKey));
        var digest = spend.Cache.WitnessV0(0, SighashCache.PubkeyHashScriptCode(program));
        byte[] signature = [.. Secp256k1.EcdsaSignDer(key, digest), 1];
        Assert.Null(spend.Try(signature, key.PublicKey.ToBytes()));
        using var other = TestSpend.Key(2);
        Assert.Equal(ScriptError.EqualVerify, spend.Error(signature, other.PublicKey.ToBytes()));
        Assert.Equal(ScriptError.NullFail, spend.Error([.. Secp256k1.EcdsaSignDer(other, digest), 1], key.PublicKey.ToBytes()));
        Assert.Equal(ScriptError.WitnessItemCount, spend.Error(signature));
        Assert.Equal(ScriptError.WitnessItemCount, spend.Error(Zero, signature, key.PublicKey.ToBytes()));
        Assert.Equal(ScriptError.EvalFalse, spend.Error(Zero, key.PublicKey.ToBytes()));
    }

    [Fact]
    public void An_ecdsa_signature_is_strict_low_and_of_a_known_type()
    {
        using var key = TestSpend.Key(1);
        var spend = TestSpend.WitnessScript(new ScriptBuilder().Key(key.PublicKey).Op(Opcode.CheckSig).Build());
        var good = spend.Ecdsa(key);
        Assert.Null(spend.Try(good));
        Assert.Null(spend.Try(spend.Ecdsa(key, SighashType.Single | SighashType.AnyoneCanPay)));
        Assert.Equal(ScriptError.SighashType, spend.Error(spend.Ecdsa(key, (SighashType)0x42)));
        Assert.Equal(ScriptError.SignatureDer, spend.Error([.. good, 1]));
        Assert.Equal(ScriptError.SignatureDer, spend.Error([1]));
        Assert.Equal(ScriptError.SignatureHighS, spend.Error(WithHighS(good)));
        Assert.Equal(ScriptError.EvalFalse, spend.Error(Zero));
        var uncompressed = TestSpend.WitnessScript(new ScriptBuilder().Data([4, .. new byte[64]]).Op(Opcode.CheckSig).Build());
        Assert.Equal(ScriptError.PublicKeyType, uncompressed.Error(Zero));
        var verify = TestSpend.WitnessScript(new ScriptBuilder().Key(key.PublicKey).Op(Opcode.CheckSigVerify).Number(1).Build());
        Assert.Null(verify.Try(verify.Ecdsa(key)));
        Assert.Equal(ScriptError.CheckSigVerify, verify.Error(Zero));
    }

    private static byte[] WithHighS(byte[] signature)
    {
        var lengthR = signature[3];
        var s = new System.Numerics.BigInteger(signature.AsSpan(6 + lengthR, signature[5 + lengthR]), isUnsigned: true, isBigEndian: true);
        var n = System.Numerics.BigInteger.Parse("0fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", System.Globalization.NumberStyles.HexNumber);
        var high = (n - s).ToByteArray(isUnsigned: false, isBigEndian: true);
        byte[] body = [.. signature[2..(4 + lengthR)], 2, (byte)high.Length, .. high];
        return [0x30, (byte)body.Length, .. body, signature[^1]];
    }

    [Fact]
    public void Multisig_takes_signatures_in_key_order_with_an_empty_dummy()
    {
        using var a = TestSpend.Key(1);
        using var b = TestSpend.Key(2);
        using var c = TestSpend.Key(3);
        var script = new ScriptBuilder().Number(2).Key(a.PublicKey).Key(b.PublicKey).Key(c.PublicKey).Number(3).Op(Opcode.CheckMultiSig).Build();
        var spend = TestSpend.WitnessScript(script);
        Assert.Null(spend.Try(Zero, spend.Ecdsa(a), spend.Ecdsa(b)));
        Assert.Null(spend.Try(Zero, spend.Ecdsa(a), spend.Ecdsa(c)));
        Assert.Null(spend.Try(Zero, spend.Ecdsa(b), spend.Ecdsa(c)));
        Assert.Equal(ScriptError.NullFail, spend.Error(Zero, spend.Ecdsa(b), spend.Ecdsa(a)));
        Assert.Equal(ScriptError.NullFail, spend.Error(Zero, spend.Ecdsa(a), spend.Ecdsa(a)));
        Assert.Equal(ScriptError.EvalFalse, spend.Error(Zero, Zero, Zero));
        Assert.Equal(ScriptError.NullDummy, spend.Error([1], spend.Ecdsa(a), spend.Ecdsa(b)));
        Assert.Equal(ScriptError.StackTooShort, spend.Error(Zero, spend.Ecdsa(a)));
        var verify = TestSpend.WitnessScript(new ScriptBuilder().Number(1).Key(a.PublicKey).Number(1).Op(Opcode.CheckMultiSigVerify).Number(1).Build());
        Assert.Null(verify.Try(Zero, verify.Ecdsa(a)));
        Assert.Equal(ScriptError.CheckMultiSigVerify, verify.Error(Zero, Zero));
        var keys = TestSpend.WitnessScript(new ScriptBuilder().Number(0).Number(0).Number(21).Op(Opcode.CheckMultiSig).Build());
        Assert.Equal(ScriptError.KeyCount, keys.Error());
        var signatures = TestSpend.WitnessScript(new ScriptBuilder().Number(0).Number(2).Key(a.PublicKey).Number(1).Op(Opcode.CheckMultiSig).Build());
        Assert.Equal(ScriptError.SignatureCount, signatures.Error());
    }

    [Fact]
    public void A_taproot_key_path_takes_one_schnorr_signature()
    {
        using var key = TestSpend.Key(1);
        var output = TaprootOutput.KeyOnly(key.XOnly);
        using var tweaked = output.TweakSecret(key);
        var spend = new TestSpend(output.ScriptPubKey);
        var good = Secp256k1.SchnorrSign(tweaked, spend.Cache.TaprootKeyPath(0));
        Assert.Null(spend.Try(good));
        byte[] all = [.. Secp256k1.SchnorrSign(tweaked, spend.Cache.TaprootKeyPath(0, SighashType.All)), 1];
        Assert.Null(spend.Try(all));
        Assert.Equal(ScriptError.SighashType, spend.Error([.. good, 0]));
        Assert.Equal(ScriptError.SighashType, spend.Error([.. good, 4]));
        Assert.Equal(ScriptError.SchnorrSize, spend.Error(good[..63]));
        Assert.Equal(ScriptError.SchnorrSize, spend.Error(Zero));
        Assert.Equal(ScriptError.SchnorrSignature, spend.Error(Secp256k1.SchnorrSign(key, spend.Cache.TaprootKeyPath(0))));
        Assert.Equal(ScriptError.WitnessItemCount, spend.Error());
        Assert.Equal(ScriptError.Annex, spend.Error(good, [0x50, 1]));
    }

    [Fact]
    public void A_tapscript_key_takes_one_schnorr_signature_or_an_empty_one()
    {
        using var key = TestSpend.Key(1);
        var spend = TestSpend.Tapscript(new ScriptBuilder().Key(key.XOnly).Op(Opcode.CheckSig).Build());
        Assert.Null(spend.Try(spend.Schnorr(key)));
        Assert.Null(spend.Try(spend.Schnorr(key, SighashType.None | SighashType.AnyoneCanPay)));
        Assert.Equal(ScriptError.EvalFalse, spend.Error(Zero));
        using var other = TestSpend.Key(2);
        Assert.Equal(ScriptError.SchnorrSignature, spend.Error(spend.Schnorr(other)));
        Assert.Equal(ScriptError.SchnorrSize, spend.Error(new byte[66]));
        foreach (var length in new[] { 0, 31, 33 })
        {
            var odd = TestSpend.Tapscript(new ScriptBuilder().Data(new byte[length]).Op(Opcode.CheckSig).Build());
            Assert.Equal(ScriptError.PublicKeyType, odd.Error(spend.Schnorr(key)));
        }
    }

    [Fact]
    public void Checksigadd_counts_and_the_budget_bounds_signature_checks()
    {
        using var key = TestSpend.Key(1);
        var twoOfTwo = TestSpend.Tapscript(new ScriptBuilder()
            .Key(key.XOnly).Op(Opcode.CheckSig).Key(key.XOnly).Op(Opcode.CheckSigAdd).Number(2).Op(Opcode.NumEqual).Build());
        var signature = twoOfTwo.Schnorr(key);
        Assert.Null(twoOfTwo.Try(signature, signature));
        Assert.Equal(ScriptError.EvalFalse, twoOfTwo.Error(signature, Zero));
        var builder = new ScriptBuilder();
        for (var i = 0; i < 20; i++)
        {
            builder.Op(Opcode.TwoDup, Opcode.CheckSigVerify);
        }

        var greedy = TestSpend.Tapscript(builder.Op(Opcode.CheckSig).Build());
        Assert.Equal(ScriptError.SignatureBudget, greedy.Error(greedy.Schnorr(key), key.XOnly.ToBytes()));
    }

    [Fact]
    public void The_code_separator_changes_what_is_signed()
    {
        using var key = TestSpend.Key(1);
        var spend = TestSpend.Tapscript(new ScriptBuilder().Op(Opcode.Nop, Opcode.CodeSeparator).Key(key.XOnly).Op(Opcode.CheckSig).Build());
        Assert.Equal(ScriptError.SchnorrSignature, spend.Error(spend.Schnorr(key)));
        var digest = new byte[32];
        Assert.True(spend.Cache.TryTaproot(0, 0, new TaprootSpend { LeafHash = spend.Leaf!.Hash, CodeSeparator = 1 }, digest));
        Assert.Null(spend.Try(Secp256k1.SchnorrSign(key, digest)));
    }

    [Fact]
    public void A_control_block_proves_its_leaf_or_is_refused()
    {
        var spend = TestSpend.Tapscript(new ScriptBuilder().Number(1).Op(Opcode.Nop).Build());
        var script = spend.Leaf!.Script.ToBytes();
        var control = spend.Taproot!.ControlBlock(spend.Leaf).ToBytes();
        Assert.Null(spend.TryRaw(script, control));
        Assert.Equal(ScriptError.TaprootControlSize, spend.TryRaw(script, control[..^1])!.Script);
        Assert.Equal(ScriptError.TaprootControlSize, spend.TryRaw(script, new byte[33 + (32 * 129)])!.Script);
        Assert.Equal(ScriptError.WitnessProgramMismatch, spend.TryRaw(script, new byte[33 + (32 * 128)])!.Script);
        Assert.Equal(ScriptError.WitnessProgramMismatch, spend.TryRaw([.. script, 0x61], control)!.Script);
        Assert.Equal(ScriptError.WitnessProgramMismatch, spend.TryRaw(script, [(byte)(control[0] ^ 1), .. control[1..]])!.Script);
        Assert.Equal(ScriptError.WitnessProgramMismatch, spend.TryRaw(script, [0xc2, .. control[1..]])!.Script);
        var later = new TapLeaf(spend.Leaf.Script, 0xc2);
        var output = TaprootOutput.WithScripts(spend.Taproot.InternalKey, TapTree.Of(later));
        var future = new TestSpend(output.ScriptPubKey, null, later, output);
        Assert.Equal(ScriptError.UpgradableTaprootVersion, future.Error());
    }

    [Fact]
    public void Programs_without_a_meaning_and_legacy_outputs_are_refused_by_name()
    {
        Assert.Equal(ScriptError.UpgradableWitnessProgram, new TestSpend(Script.FromHex("5220" + new string('1', 64))).Error(Zero));
        Assert.Equal(ScriptError.UpgradableWitnessProgram, new TestSpend(Script.FromHex("51024e74")).Error());
        Assert.Equal(ScriptError.WitnessProgramWrongLength, new TestSpend(Script.FromHex("00021234")).Error(Zero));
        Assert.Equal(ScriptError.NotSegwit, new TestSpend(Script.FromHex("51")).Error());
        Assert.Equal(ScriptError.NotSegwit, new TestSpend(Script.FromHex("a914" + new string('1', 40) + "87")).Error());
        var wsh = TestSpend.WitnessScript(new ScriptBuilder().Number(1).Build());
        Assert.Equal(ScriptError.WitnessItemCount, wsh.TryRaw()!.Script);
        Assert.Equal(ScriptError.WitnessProgramMismatch, wsh.TryRaw([0x52])!.Script);
    }

    [Fact]
    public void An_anchor_is_spent_with_nothing()
    {
        var spend = new TestSpend(Script.PayToAnchor);
        Assert.Null(spend.TryRaw());
        Assert.Equal(ScriptError.AnchorWitness, spend.TryRaw(Zero)!.Script);
    }

    [Fact]
    public void A_segwit_input_has_no_script_sig()
    {
        var spend = new TestSpend(Script.PayToAnchor);
        var input = spend.Unsigned.Inputs[0] with { ScriptSig = Script.FromHex("51") };
        var refusal = TransactionVerifier.VerifyScripts(spend.Unsigned.WithInputs([input]), [spend.Prevout]);
        Assert.Equal(ScriptError.WitnessMalleated, refusal!.Script);
    }

    [Theory]
    [InlineData(72, 72u, null)]
    [InlineData(72, 73u, null)]
    [InlineData(72, 71u, ScriptError.UnsatisfiedLockTime)]
    [InlineData(72, 0x8000_0048u, ScriptError.UnsatisfiedLockTime)]
    [InlineData(72, 0x0040_0048u, ScriptError.UnsatisfiedLockTime)]
    public void A_ticket_is_split_off_by_signature_and_preimage_after_its_delay(int delay, uint sequence, ScriptError? error)
    {
        using var key = TestSpend.Key(1);
        var preimage = Hashes.Sha256("ticket"u8);
        var script = new ScriptBuilder().Number(delay).Op(Opcode.CheckSequenceVerify, Opcode.Drop, Opcode.Sha256)
            .Data(Hashes.Sha256(preimage)).Op(Opcode.EqualVerify).Key(key.XOnly).Op(Opcode.CheckSig).Build();
        var spend = TestSpend.Tapscript(script) with { Sequence = sequence };
        Assert.Equal(error, spend.Error(spend.Schnorr(key), preimage));
        if (error is null)
        {
            Assert.Equal(ScriptError.EqualVerify, spend.Error(spend.Schnorr(key), Hashes.Sha256("other"u8)));
            var first = spend with { Version = 1 };
            Assert.Equal(ScriptError.UnsatisfiedLockTime, first.Error(first.Schnorr(key), preimage));
        }
    }

    [Theory]
    [InlineData(500, 500u, 0u, null)]
    [InlineData(500, 501u, 0u, null)]
    [InlineData(500, 499u, 0u, ScriptError.UnsatisfiedLockTime)]
    [InlineData(500, 1_600_000_000u, 0u, ScriptError.UnsatisfiedLockTime)]
    [InlineData(1_600_000_000, 500u, 0u, ScriptError.UnsatisfiedLockTime)]
    [InlineData(500, 500u, 0xffff_ffffu, ScriptError.UnsatisfiedLockTime)]
    [InlineData(-1, 500u, 0u, ScriptError.NegativeLockTime)]
    public void A_lock_time_is_of_the_same_kind_and_reached(int wanted, uint lockTime, uint sequence, ScriptError? error)
    {
        var script = new ScriptBuilder().Number(wanted).Op(Opcode.CheckLockTimeVerify, Opcode.Drop).Number(1).Build();
        Assert.Equal(error, (TestSpend.WitnessScript(script) with { LockTime = lockTime, Sequence = sequence }).Error());
    }

    [Fact]
    public void A_disabled_sequence_argument_asks_for_nothing_and_a_negative_one_is_refused()
    {
        var off = new ScriptBuilder().Number(0x8000_0000).Op(Opcode.CheckSequenceVerify, Opcode.Drop).Number(1).Build();
        Assert.Null((TestSpend.WitnessScript(off) with { Version = 1 }).Try());
        var negative = new ScriptBuilder().Number(-1).Op(Opcode.CheckSequenceVerify).Build();
        Assert.Equal(ScriptError.NegativeLockTime, TestSpend.WitnessScript(negative).Error());
    }

    [Fact]
    public void The_escrow_script_is_spent_in_its_three_ways_only()
    {
        using var coordinator = TestSpend.Key(1);
        using var user = TestSpend.Key(2);
        var preimage = Hashes.Sha256("ticket"u8);
        var spend = TestSpend.WitnessScript(Escrow(coordinator.PublicKey, user.PublicKey, Hashes.Sha256(preimage), 200));
        Assert.Null(spend.Try(Zero, spend.Ecdsa(coordinator), spend.Ecdsa(user)));
        var early = spend with { Sequence = 199 };
        var ripe = spend with { Sequence = 200 };
        var late = spend with { Sequence = 344 };
        Assert.Null(ripe.Try(preimage, ripe.Ecdsa(user), [1], Zero, Zero, Zero));
        Assert.Equal(ScriptError.UnsatisfiedLockTime, early.Error(preimage, early.Ecdsa(user), [1], Zero, Zero, Zero));
        Assert.Equal(ScriptError.EqualVerify, ripe.Error(new byte[32], ripe.Ecdsa(user), [1], Zero, Zero, Zero));
        Assert.Null(late.Try(late.Ecdsa(coordinator), Zero, Zero, Zero, Zero));
        Assert.Equal(ScriptError.UnsatisfiedLockTime, ripe.Error(ripe.Ecdsa(coordinator), Zero, Zero, Zero, Zero));
        Assert.Equal(ScriptError.NullFail, late.Error(late.Ecdsa(user), Zero, Zero, Zero, Zero));
        Assert.Equal(ScriptError.NullFail, spend.Error(Zero, spend.Ecdsa(coordinator), spend.Ecdsa(coordinator)));
    }

    /// <summary>or_d(multi(2,C,U),or_i(and_v(v:pk(U),and_v(v:sha256(h),older(T))),and_v(v:pk(C),older(T+144)))).</summary>
    private static Script Escrow(PublicKey coordinator, PublicKey user, byte[] hash, int delay) => new ScriptBuilder()
        .Number(2).Key(coordinator).Key(user).Number(2).Op(Opcode.CheckMultiSig, Opcode.IfDup, Opcode.NotIf)
        .Op(Opcode.If)
        .Key(user).Op(Opcode.CheckSigVerify, Opcode.Size).Number(32).Op(Opcode.EqualVerify, Opcode.Sha256).Data(hash).Op(Opcode.EqualVerify)
        .Number(delay).Op(Opcode.CheckSequenceVerify)
        .Op(Opcode.Else)
        .Key(coordinator).Op(Opcode.CheckSigVerify).Number(delay + 144).Op(Opcode.CheckSequenceVerify)
        .Op(Opcode.EndIf, Opcode.EndIf).Build();
}
