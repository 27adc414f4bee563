namespace Coordinator.Bitcoin;

/// <content>The opcodes that run, except conditionals, signatures and lock times.</content>
internal sealed partial class ScriptMachine
{
    /// <summary>True for every opcode that runs under this version's rules.</summary>
    private bool IsKnown(Opcode opcode) => IsKnown(opcode, _context.Version);

    internal static bool IsKnown(Opcode opcode, ScriptVersion version) => opcode switch
    {
        <= Opcode.OneNegate or (>= Opcode.One and <= Opcode.Sixteen) => true,
        Opcode.Nop or Opcode.If or Opcode.NotIf or Opcode.Else or Opcode.EndIf or Opcode.Verify or Opcode.Return => true,
        Opcode.ToAltStack or Opcode.FromAltStack or Opcode.TwoDrop or Opcode.TwoDup or Opcode.IfDup or Opcode.Depth => true,
        Opcode.Drop or Opcode.Dup or Opcode.Nip or Opcode.Over or Opcode.Rot or Opcode.Swap or Opcode.Tuck or Opcode.Size => true,
        Opcode.Equal or Opcode.EqualVerify => true,
        Opcode.OneAdd or Opcode.OneSub or Opcode.Not or Opcode.ZeroNotEqual or Opcode.Add or Opcode.Sub => true,
        >= Opcode.BoolAnd and <= Opcode.Within => true,
        Opcode.Ripemd160 or Opcode.Sha256 or Opcode.Hash160 or Opcode.Hash256 => true,
        Opcode.CodeSeparator or Opcode.CheckSig or Opcode.CheckSigVerify => true,
        Opcode.CheckLockTimeVerify or Opcode.CheckSequenceVerify => true,
        Opcode.CheckMultiSig or Opcode.CheckMultiSigVerify => version == ScriptVersion.WitnessV0,
        Opcode.CheckSigAdd => version == ScriptVersion.Tapscript,
        _ => false,
    };

    private void Execute(Opcode opcode, int next, uint position)
    {
        switch (opcode)
        {
            case Opcode.Nop:
                break;
            case Opcode.OneNegate or (>= Opcode.One and <= Opcode.Sixteen):
                _stack.Add(ScriptNumber.Encode((byte)opcode - 0x50));
                break;
            case Opcode.Verify:
                Require(IsTrue(Pop()), ScriptError.Verify, "VERIFY found false");
                break;
            case Opcode.Return:
                throw new ScriptRefusal(ScriptError.OpReturn, "OP_RETURN was reached");
            case Opcode.Equal or Opcode.EqualVerify:
                CompareBytes(opcode == Opcode.EqualVerify);
                break;
            case >= Opcode.ToAltStack and <= Opcode.Tuck or Opcode.Size:
                MoveItems(opcode);
                break;
            case >= Opcode.OneAdd and <= Opcode.ZeroNotEqual:
                UnaryNumber(opcode);
                break;
            case >= Opcode.Add and <= Opcode.Max:
                BinaryNumber(opcode);
                break;
            case Opcode.Within:
                PushBool(IsWithin());
                break;
            case Opcode.Ripemd160 or Opcode.Sha256 or Opcode.Hash160 or Opcode.Hash256:
                Digest(opcode);
                break;
            case Opcode.CodeSeparator:
                (_codeStart, _codeSeparator) = (next, position);
                break;
            default:
                ExecuteChecks(opcode);
                break;
        }
    }

    private bool IsWithin()
    {
        var (above, least, value) = (PopNumber(), PopNumber(), PopNumber());
        return least <= value && value < above;
    }

    private void CompareBytes(bool verify)
    {
        var equal = Pop().AsSpan().SequenceEqual(Pop());
        if (!verify)
        {
            PushBool(equal);
            return;
        }

        Require(equal, ScriptError.EqualVerify, "EQUALVERIFY found two different items");
    }

    private void MoveItems(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.ToAltStack:
                _alternative.Add(Pop());
                break;
            case Opcode.FromAltStack:
                Require(_alternative.Count > 0, ScriptError.StackTooShort, "FROMALTSTACK finds nothing");
                _stack.Add(_alternative[^1]);
                _alternative.RemoveAt(_alternative.Count - 1);
                break;
            case Opcode.TwoDrop:
                _ = Peek(1);
                _stack.RemoveRange(_stack.Count - 2, 2);
                break;
            case Opcode.TwoDup:
                _stack.AddRange([Peek(1), Peek()]);
                break;
            case Opcode.IfDup:
                _stack.AddRange(IsTrue(Peek()) ? [Peek()] : []);
                break;
            case Opcode.Depth:
                _stack.Add(ScriptNumber.Encode(_stack.Count));
                break;
            default:
                MoveOne(opcode);
                break;
        }
    }

    private void MoveOne(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.Drop:
                _ = Pop();
                break;
            case Opcode.Dup:
                _stack.Add(Peek());
                break;
            case Opcode.Nip:
                _ = Peek(1);
                _stack.RemoveAt(_stack.Count - 2);
                break;
            case Opcode.Over:
                _stack.Add(Peek(1));
                break;
            case Opcode.Rot:
                var third = Peek(2);
                _stack.RemoveAt(_stack.Count - 3);
                _stack.Add(third);
                break;
            case Opcode.Swap:
                var second = Peek(1);
                _stack.RemoveAt(_stack.Count - 2);
                _stack.Add(second);
                break;
            case Opcode.Tuck:
                _ = Peek(1);
                _stack.Insert(_stack.Count - 2, Peek());
                break;
            default:
                _stack.Add(ScriptNumber.Encode(Peek().Length));
                break;
        }
    }

    private void UnaryNumber(Opcode opcode)
    {
        var value = PopNumber();
        _stack.Add(ScriptNumber.Encode(opcode switch
        {
            Opcode.OneAdd => value + 1,
            Opcode.OneSub => value - 1,
            Opcode.Not => value == 0 ? 1 : 0,
            _ => value != 0 ? 1 : 0,
        }));
    }

    private void BinaryNumber(Opcode opcode)
    {
        var (right, left) = (PopNumber(), PopNumber());
        switch (opcode)
        {
            case Opcode.Add:
                _stack.Add(ScriptNumber.Encode(left + right));
                break;
            case Opcode.Sub:
                _stack.Add(ScriptNumber.Encode(left - right));
                break;
            case Opcode.Min:
                _stack.Add(ScriptNumber.Encode(Math.Min(left, right)));
                break;
            case Opcode.Max:
                _stack.Add(ScriptNumber.Encode(Math.Max(left, right)));
                break;
            case Opcode.NumEqualVerify:
                Require(left == right, ScriptError.NumEqualVerify, "NUMEQUALVERIFY found two different numbers");
                break;
            default:
                PushBool(opcode switch
                {
                    Opcode.BoolAnd => left != 0 && right != 0,
                    Opcode.BoolOr => left != 0 || right != 0,
                    Opcode.NumEqual => left == right,
                    Opcode.NumNotEqual => left != right,
                    Opcode.LessThan => left < right,
                    Opcode.GreaterThan => left > right,
                    Opcode.LessThanOrEqual => left <= right,
                    _ => left >= right,
                });
                break;
        }
    }

    private void Digest(Opcode opcode)
    {
        var item = Pop();
        _stack.Add(opcode switch
        {
            Opcode.Ripemd160 => Ripemd160.Hash(item),
            Opcode.Sha256 => Hashes.Sha256(item),
            Opcode.Hash160 => Hashes.Hash160(item),
            _ => Hashes.Hash256(item),
        });
    }

    private long PopNumber() => ReadNumber(Pop(), 4);

    private static long ReadNumber(byte[] item, int maxBytes)
    {
        Require(item.Length <= maxBytes, ScriptError.NumberTooLong, $"a number of {item.Length} bytes");
        return ScriptNumber.TryDecode(item, maxBytes)
            ?? throw new ScriptRefusal(ScriptError.MinimalData, "a number is not in its shortest form");
    }
}
