namespace Coordinator.Bitcoin.Tests;

/// <summary>Opcodes, conditionals and limits under both versions of the script rules.</summary>
public sealed class InterpreterScriptTests
{
    private static readonly byte[] Zero = [];
    private static readonly byte[] One = [1];

    public static TheoryData<bool> Versions => [false, true];

    private static TestSpend Spend(bool tapscript, Action<ScriptBuilder> write)
    {
        var builder = new ScriptBuilder();
        write(builder);
        return tapscript ? TestSpend.Tapscript(builder.Build()) : TestSpend.WitnessScript(builder.Build());
    }

    /// <summary>Every opcode that runs, with a script that ends in true only if it does its work.</summary>
    private static Dictionary<Opcode, Action<ScriptBuilder>> Work { get; } = new()
    {
        [Opcode.Nop] = s => s.Op(Opcode.Nop).Number(1),
        [Opcode.OneNegate] = s => s.Number(-1).Op(Opcode.OneAdd, Opcode.Not),
        [Opcode.If] = s => s.Number(1).Op(Opcode.If).Number(1).Op(Opcode.Else).Number(0).Op(Opcode.EndIf),
        [Opcode.NotIf] = s => s.Number(1).Op(Opcode.NotIf).Number(0).Op(Opcode.Else).Number(1).Op(Opcode.EndIf),
        [Opcode.Else] = s => s.Number(0).Op(Opcode.If).Number(0).Op(Opcode.Else).Number(1).Op(Opcode.EndIf),
        [Opcode.EndIf] = s => s.Number(0).Op(Opcode.If).Op(Opcode.Return).Op(Opcode.EndIf).Number(1),
        [Opcode.Verify] = s => s.Number(1).Op(Opcode.Verify).Number(1),
        [Opcode.Return] = s => s.Number(0).Op(Opcode.If, Opcode.Return, Opcode.EndIf).Number(1),
        [Opcode.ToAltStack] = s => s.Number(1).Number(0).Op(Opcode.ToAltStack),
        [Opcode.FromAltStack] = s => s.Number(7).Op(Opcode.ToAltStack, Opcode.FromAltStack).Number(7).Op(Opcode.NumEqual),
        [Opcode.TwoDrop] = s => s.Number(1).Number(0).Number(0).Op(Opcode.TwoDrop),
        [Opcode.TwoDup] = s => s.Number(3).Number(4).Op(Opcode.TwoDup, Opcode.Add).Number(7).Op(Opcode.NumEqualVerify, Opcode.Add),
        [Opcode.IfDup] = s => s.Number(5).Op(Opcode.IfDup, Opcode.NumEqualVerify).Number(0).Op(Opcode.IfDup, Opcode.Not),
        [Opcode.Depth] = s => s.Number(0).Number(0).Op(Opcode.Depth).Number(2).Op(Opcode.NumEqualVerify, Opcode.TwoDrop).Number(1),
        [Opcode.Drop] = s => s.Number(1).Number(0).Op(Opcode.Drop),
        [Opcode.Dup] = s => s.Number(4).Op(Opcode.Dup, Opcode.NumEqual),
        [Opcode.Nip] = s => s.Number(0).Number(1).Op(Opcode.Nip),
        [Opcode.Over] = s => s.Number(4).Number(5).Op(Opcode.Over).Number(4).Op(Opcode.NumEqualVerify, Opcode.TwoDrop).Number(1),
        [Opcode.Rot] = s => s.Number(1).Number(2).Number(3).Op(Opcode.Rot).Number(1).Op(Opcode.NumEqualVerify, Opcode.TwoDrop).Number(1),
        [Opcode.Swap] = s => s.Number(1).Number(2).Op(Opcode.Swap).Number(1).Op(Opcode.NumEqualVerify),
        [Opcode.Tuck] = s => s.Number(1).Number(2).Op(Opcode.Tuck, Opcode.TwoDrop).Number(2).Op(Opcode.NumEqual),
        [Opcode.Size] = s => s.Data([1, 2, 3]).Op(Opcode.Size).Number(3).Op(Opcode.NumEqualVerify),
        [Opcode.Equal] = s => s.Data([9, 9]).Data([9, 9]).Op(Opcode.Equal),
        [Opcode.EqualVerify] = s => s.Data([9, 9]).Data([9, 9]).Op(Opcode.EqualVerify).Number(1),
        [Opcode.OneAdd] = s => s.Number(16).Op(Opcode.OneAdd).Number(17).Op(Opcode.NumEqual),
        [Opcode.OneSub] = s => s.Number(0).Op(Opcode.OneSub).Number(-1).Op(Opcode.NumEqual),
        [Opcode.Not] = s => s.Number(0).Op(Opcode.Not),
        [Opcode.ZeroNotEqual] = s => s.Number(300).Op(Opcode.ZeroNotEqual).Number(1).Op(Opcode.Equal),
        [Opcode.Add] = s => s.Number(300).Number(-44).Op(Opcode.Add).Number(256).Op(Opcode.Equal),
        [Opcode.Sub] = s => s.Number(300).Number(44).Op(Opcode.Sub).Number(256).Op(Opcode.Equal),
        [Opcode.BoolAnd] = s => s.Number(3).Number(4).Op(Opcode.BoolAnd).Number(0).Number(4).Op(Opcode.BoolAnd, Opcode.Not, Opcode.NumEqual),
        [Opcode.BoolOr] = s => s.Number(0).Number(4).Op(Opcode.BoolOr).Number(0).Number(0).Op(Opcode.BoolOr, Opcode.Not, Opcode.NumEqual),
        [Opcode.NumEqual] = s => s.Number(5).Number(5).Op(Opcode.NumEqual),
        [Opcode.NumEqualVerify] = s => s.Number(5).Number(5).Op(Opcode.NumEqualVerify).Number(1),
        [Opcode.NumNotEqual] = s => s.Number(5).Number(6).Op(Opcode.NumNotEqual),
        [Opcode.LessThan] = s => s.Number(-5).Number(6).Op(Opcode.LessThan),
        [Opcode.GreaterThan] = s => s.Number(5).Number(-6).Op(Opcode.GreaterThan),
        [Opcode.LessThanOrEqual] = s => s.Number(6).Number(6).Op(Opcode.LessThanOrEqual),
        [Opcode.GreaterThanOrEqual] = s => s.Number(6).Number(6).Op(Opcode.GreaterThanOrEqual),
        [Opcode.Min] = s => s.Number(5).Number(6).Op(Opcode.Min).Number(5).Op(Opcode.Equal),
        [Opcode.Max] = s => s.Number(5).Number(6).Op(Opcode.Max).Number(6).Op(Opcode.Equal),
        [Opcode.Within] = s => s.Number(5).Number(5).Number(6).Op(Opcode.Within).Number(6).Number(5).Number(6).Op(Opcode.Within, Opcode.Not, Opcode.NumEqual),
        [Opcode.Ripemd160] = s => s.Number(0).Op(Opcode.Ripemd160).Data(Hex.Decode("9c1185a5c5e9fc54612808977ee8f548b2258d31")).Op(Opcode.Equal),
        [Opcode.Sha256] = s => s.Number(0).Op(Opcode.Sha256).Data(Hashes.Sha256([])).Op(Opcode.Equal),
        [Opcode.Hash160] = s => s.Number(0).Op(Opcode.Hash160).Data(Hashes.Hash160([])).Op(Opcode.Equal),
        [Opcode.Hash256] = s => s.Number(0).Op(Opcode.Hash256).Data(Hashes.Hash256([])).Op(Opcode.Equal),
        [Opcode.CodeSeparator] = s => s.Op(Opcode.CodeSeparator).Number(1),
        [Opcode.CheckSig] = s => s.Number(0).Key(TestSpend.Key(1).PublicKey).Op(Opcode.CheckSig, Opcode.Not),
        [Opcode.CheckSigVerify] = s => s.Number(0).Op(Opcode.If, Opcode.CheckSigVerify, Opcode.EndIf).Number(1),
        [Opcode.CheckMultiSig] = s => s.Number(0).Number(0).Number(0).Op(Opcode.CheckMultiSig),
        [Opcode.CheckMultiSigVerify] = s => s.Number(0).Number(0).Number(0).Op(Opcode.CheckMultiSigVerify).Number(1),
        [Opcode.CheckSigAdd] = s => s.Number(0).Number(3).Key(TestSpend.Key(1).XOnly).Op(Opcode.CheckSigAdd).Number(3).Op(Opcode.NumEqual),
        [Opcode.CheckLockTimeVerify] = s => s.Number(0).Op(Opcode.CheckLockTimeVerify, Opcode.Not),
        [Opcode.CheckSequenceVerify] = s => s.Number(0).Op(Opcode.CheckSequenceVerify, Opcode.Not),
    };

    [Theory]
    [MemberData(nameof(Versions))]
    public void Every_opcode_runs_and_does_its_work_or_is_refused_by_name(bool tapscript)
    {
        var (ran, refused, success) = (0, 0, 0);
        for (var value = (int)Opcode.OneNegate; value <= 255; value++)
        {
            var opcode = (Opcode)value;
            if (opcode is >= Opcode.One and <= Opcode.Sixteen)
            {
                var number = value - 0x50;
                Assert.Null(Spend(tapscript, s => s.Op(opcode).Op(Opcode.Dup).Number(number + 100).Number(100).Op(Opcode.Sub, Opcode.EqualVerify)).Try());
                ran++;
            }
            else if (ScriptMachine.IsKnown(opcode, tapscript ? ScriptVersion.Tapscript : ScriptVersion.WitnessV0))
            {
                var write = Work[opcode];
                var spend = tapscript && opcode == Opcode.CheckSig
                    ? Spend(true, s => s.Number(0).Key(TestSpend.Key(1).XOnly).Op(Opcode.CheckSig, Opcode.Not))
                    : Spend(tapscript, write);
                Assert.True(spend.Try() is null, $"{opcode.Name()}: {spend.Try()}");
                ran++;
            }
            else
            {
                // also where it would not run
                var refusal = Spend(tapscript, s => s.Number(0).Op(Opcode.If, opcode, Opcode.EndIf).Number(1)).Try()!;
                Assert.Equal(tapscript && Opcodes.IsSuccess((byte)value) ? ScriptError.OpSuccess : ScriptError.OpcodeRefused, refusal.Script);
                Assert.Contains($"{opcode.Name()} at offset 2", refusal.Detail, StringComparison.Ordinal);
                _ = refusal.Script == ScriptError.OpSuccess ? success++ : refused++;
            }
        }

        Assert.Equal(tapscript ? (68, 22, 87) : (69, 108, 0), (ran, refused, success));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Conditionals_take_only_empty_or_one(bool tapscript)
    {
        var spend = Spend(tapscript, s => s.Op(Opcode.If).Number(1).Op(Opcode.Else).Number(2).Op(Opcode.EndIf));
        Assert.Null(spend.Try(One));
        Assert.Null(spend.Try(Zero));
        Assert.Equal(ScriptError.MinimalIf, spend.Error([2]));
        Assert.Equal(ScriptError.MinimalIf, spend.Error([1, 0]));
        Assert.Equal(ScriptError.MinimalIf, spend.Error([0]));
        Assert.Equal(ScriptError.StackTooShort, spend.Error());
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Nested_branches_run_only_where_all_around_them_run(bool tapscript)
    {
        var spend = Spend(tapscript, s => s
            .Op(Opcode.If)
            .Op(Opcode.If).Number(1).Op(Opcode.Else).Number(0).Op(Opcode.EndIf)
            .Op(Opcode.Else)
            .Op(Opcode.NotIf).Number(1).Op(Opcode.Else, Opcode.Return, Opcode.EndIf)
            .Op(Opcode.EndIf));
        Assert.Null(spend.Try(One, One));
        Assert.Equal(ScriptError.EvalFalse, spend.Error(Zero, One));
        Assert.Null(spend.Try(Zero, Zero));
        Assert.Equal(ScriptError.OpReturn, spend.Error(One, Zero));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Unbalanced_conditionals_are_refused(bool tapscript)
    {
        Assert.Equal(ScriptError.UnbalancedConditional, Spend(tapscript, s => s.Number(1).Op(Opcode.If).Number(1)).Error());
        Assert.Equal(ScriptError.UnbalancedConditional, Spend(tapscript, s => s.Number(1).Op(Opcode.Else)).Error());
        Assert.Equal(ScriptError.UnbalancedConditional, Spend(tapscript, s => s.Number(1).Op(Opcode.EndIf)).Error());
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_script_ends_with_one_item_that_is_true(bool tapscript)
    {
        var nop = Spend(tapscript, s => s.Op(Opcode.Nop));
        Assert.Null(nop.Try([7]));
        Assert.Equal(ScriptError.EvalFalse, nop.Error());
        Assert.Equal(ScriptError.EvalFalse, nop.Error(Zero));
        Assert.Equal(ScriptError.EvalFalse, nop.Error([0, 0, 0x80]));
        Assert.Equal(ScriptError.CleanStack, nop.Error(One, One));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Pushes_and_numbers_are_as_short_as_possible(bool tapscript)
    {
        var pushes = new[] { "0101", "0181", "4c00", "4c0102", "4d0100ff", "4e01000000ff" };
        foreach (var push in pushes)
        {
            var script = Script.FromHex(push + "51");
            var spend = tapscript ? TestSpend.Tapscript(script) : TestSpend.WitnessScript(script);
            Assert.Equal(ScriptError.MinimalData, spend.Error());
        }

        var add = Spend(tapscript, s => s.Op(Opcode.OneAdd));
        Assert.Equal(ScriptError.MinimalData, add.Error([1, 0]));
        Assert.Equal(ScriptError.MinimalData, add.Error([0x80]));
        Assert.Equal(ScriptError.NumberTooLong, add.Error([1, 2, 3, 4, 5]));
        Assert.Null(add.Try([0xff, 0xff, 0xff, 0x7f]));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Limits_hold(bool tapscript)
    {
        var truncated = Script.FromHex("4c05aa");
        Assert.Equal(ScriptError.TruncatedPush, (tapscript ? TestSpend.Tapscript(truncated) : TestSpend.WitnessScript(truncated)).Error());
        var drop = Spend(tapscript, s => s.Op(Opcode.Drop).Number(1));
        Assert.Null(drop.Try(new byte[520]));
        Assert.Equal(ScriptError.PushSize, drop.Error(new byte[521]));
        var long521 = Script.FromHex("4d0902" + new string('0', 521 * 2) + "51");
        Assert.Equal(ScriptError.PushSize, (tapscript ? TestSpend.Tapscript(long521) : TestSpend.WitnessScript(long521)).Error());
        var thousand = Spend(tapscript, s => s.Op(Opcode.Dup));
        Assert.Equal(ScriptError.StackSize, thousand.Error([.. Enumerable.Repeat(One, 1_000)]));
        Assert.Equal(ScriptError.StackSize, thousand.Error([.. Enumerable.Repeat(One, 1_001)]));
    }

    [Fact]
    public void Version_0_limits_operations_and_script_size_and_tapscript_does_not()
    {
        static void Nops(ScriptBuilder builder, int count) => builder.Op([.. Enumerable.Repeat(Opcode.Nop, count)]).Number(1);
        Assert.Null(Spend(false, s => Nops(s, 201)).Try());
        Assert.Equal(ScriptError.OperationCount, Spend(false, s => Nops(s, 202)).Error());
        Assert.Equal(ScriptError.ScriptSize, Spend(false, s => Nops(s, 10_000)).Error());
        Assert.Null(Spend(true, s => Nops(s, 100_000)).Try());
    }

    [Fact]
    public void Checks_that_fail_say_which()
    {
        Assert.Equal(ScriptError.Verify, Spend(false, s => s.Number(0).Op(Opcode.Verify)).Error());
        Assert.Equal(ScriptError.EqualVerify, Spend(false, s => s.Number(0).Number(1).Op(Opcode.EqualVerify)).Error());
        Assert.Equal(ScriptError.NumEqualVerify, Spend(false, s => s.Number(0).Number(1).Op(Opcode.NumEqualVerify)).Error());
        Assert.Equal(ScriptError.StackTooShort, Spend(false, s => s.Op(Opcode.FromAltStack)).Error());
        Assert.Equal(ScriptError.StackTooShort, Spend(false, s => s.Number(1).Op(Opcode.Swap)).Error());
    }
}
