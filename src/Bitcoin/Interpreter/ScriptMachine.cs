namespace Coordinator.Bitcoin;

/// <summary>Which rules a script runs under.</summary>
internal enum ScriptVersion
{
    WitnessV0,
    Tapscript,
}

/// <summary>What one script run knows about its surroundings.</summary>
internal sealed class ScriptContext(SighashCache cache, int input, ScriptVersion version)
{
    public SighashCache Cache { get; } = cache;

    public int Input { get; } = input;

    public ScriptVersion Version { get; } = version;

    /// <summary>The leaf being run; empty for version 0.</summary>
    public byte[] LeafHash { get; init; } = [];

    /// <summary>Weight units left for signature checks (BIP-342).</summary>
    public long SignatureBudget { get; set; }
}

/// <summary>
/// Runs one script under the rules of witness version 0 or tapscript, policy included. Opcodes it does not know are refused before the
/// first step, also in branches that would not run. Linear in the script; every limit is checked.
/// </summary>
internal sealed partial class ScriptMachine
{
    private static readonly byte[] True = [1];
    private static readonly byte[] False = [];

    private readonly byte[] _script;
    private readonly ScriptContext _context;
    private readonly List<byte[]> _stack;
    private readonly List<byte[]> _alternative = [];
    private readonly List<bool> _branches = [];
    private int _falseBranches;
    private int _operations;
    private int _codeStart;
    private uint _codeSeparator = 0xffff_ffff;

    private ScriptMachine(ReadOnlySpan<byte> script, IEnumerable<byte[]> stack, ScriptContext context)
    {
        _script = script.ToArray();
        _stack = [.. stack];
        _context = context;
    }

    private bool IsTapscript => _context.Version == ScriptVersion.Tapscript;

    private bool IsRunning => _falseBranches == 0;

    /// <summary>Returns where the script ends with exactly one item, which is true.</summary>
    /// <exception cref="ScriptRefusal">Anything else.</exception>
    public static void Run(ReadOnlySpan<byte> script, IEnumerable<byte[]> stack, ScriptContext context)
    {
        var machine = new ScriptMachine(script, stack, context);
        machine.CheckBefore();
        machine.Steps();
        machine.CheckAfter();
    }

    private void CheckBefore()
    {
        Require(IsTapscript || _script.Length <= ScriptLimits.MaxScriptBytes, ScriptError.ScriptSize, $"{_script.Length} bytes of script");
        Require(_stack.Count <= ScriptLimits.MaxStackItems, ScriptError.StackSize, $"{_stack.Count} witness items");
        foreach (var item in _stack)
        {
            Require(item.Length <= ScriptLimits.MaxElementBytes, ScriptError.PushSize, $"a witness item of {item.Length} bytes");
        }

        var reader = new ScriptReader(_script);
        while (!reader.IsAtEnd)
        {
            var at = reader.Position;
            var step = Next(ref reader);
            if (IsTapscript && Opcodes.IsSuccess((byte)step.Opcode))
            {
                throw new ScriptRefusal(ScriptError.OpSuccess, $"{step.Opcode.Name()} at offset {at}");
            }

            if (!IsKnown(step.Opcode))
            {
                throw new ScriptRefusal(ScriptError.OpcodeRefused, $"{step.Opcode.Name()} at offset {at}");
            }

            if (step.Data.Length > ScriptLimits.MaxElementBytes)
            {
                throw new ScriptRefusal(ScriptError.PushSize, $"a push of {step.Data.Length} bytes at offset {at}");
            }
        }
    }

    private void Steps()
    {
        var reader = new ScriptReader(_script);
        for (var position = 0u; !reader.IsAtEnd; position++)
        {
            var step = Next(ref reader);
            if (!IsTapscript && step.Opcode > Opcode.Sixteen)
            {
                CountOperations(1);
            }

            if (step.IsPush)
            {
                Push(step);
            }
            else if (step.Opcode is Opcode.If or Opcode.NotIf or Opcode.Else or Opcode.EndIf)
            {
                Branch(step.Opcode);
            }
            else if (IsRunning)
            {
                Execute(step.Opcode, reader.Position, position);
            }

            Require(_stack.Count + _alternative.Count <= ScriptLimits.MaxStackItems, ScriptError.StackSize, "more than 1000 stack items");
        }
    }

    private void CheckAfter()
    {
        Require(_branches.Count == 0, ScriptError.UnbalancedConditional, "an IF without its ENDIF");
        Require(_stack.Count > 0, ScriptError.EvalFalse, "the stack is empty at the end");
        Require(IsTrue(_stack[^1]), ScriptError.EvalFalse, "the script ends with false");
        Require(_stack.Count == 1, ScriptError.CleanStack, $"{_stack.Count} items left at the end");
    }

    private void Push(ScriptInstruction step)
    {
        if (IsRunning)
        {
            Require(step.IsMinimalPush, ScriptError.MinimalData, "a push is not in its shortest form");
            _stack.Add(step.Data.ToArray());
        }
    }

    private void Branch(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.If or Opcode.NotIf:
                var taken = false;
                if (IsRunning)
                {
                    var argument = Pop();
                    Require(argument is [] or [1], ScriptError.MinimalIf, "the argument of a conditional is neither empty nor 01");
                    taken = argument.Length == 1 == (opcode == Opcode.If);
                }

                _branches.Add(taken);
                _falseBranches += taken ? 0 : 1;
                break;
            case Opcode.Else:
                Require(_branches.Count > 0, ScriptError.UnbalancedConditional, "an ELSE without its IF");
                _falseBranches += _branches[^1] ? 1 : -1;
                _branches[^1] = !_branches[^1];
                break;
            default:
                Require(_branches.Count > 0, ScriptError.UnbalancedConditional, "an ENDIF without its IF");
                _falseBranches -= _branches[^1] ? 0 : 1;
                _branches.RemoveAt(_branches.Count - 1);
                break;
        }
    }

    private void CountOperations(int count)
    {
        _operations += count;
        Require(_operations <= ScriptLimits.MaxOperations, ScriptError.OperationCount, "more than 201 operations");
    }

    private static ScriptInstruction Next(ref ScriptReader reader)
    {
        try
        {
            return reader.Next();
        }
        catch (BitcoinFormatException refusal)
        {
            throw new ScriptRefusal(ScriptError.TruncatedPush, refusal.Message);
        }
    }

    private static void Require(bool condition, ScriptError error, string detail)
    {
        if (!condition)
        {
            throw new ScriptRefusal(error, detail);
        }
    }

    private byte[] Pop()
    {
        Require(_stack.Count > 0, ScriptError.StackTooShort, "an item is needed and the stack is empty");
        var item = _stack[^1];
        _stack.RemoveAt(_stack.Count - 1);
        return item;
    }

    private byte[] Peek(int depth = 0)
    {
        Require(_stack.Count > depth, ScriptError.StackTooShort, $"{depth + 1} items are needed and {_stack.Count} there");
        return _stack[_stack.Count - 1 - depth];
    }

    private void PushBool(bool value) => _stack.Add(value ? True : False);

    /// <summary>False is any number of zero bytes, the last of which may be 80.</summary>
    private static bool IsTrue(ReadOnlySpan<byte> item)
    {
        for (var i = 0; i < item.Length; i++)
        {
            if (item[i] != 0)
            {
                return i != item.Length - 1 || item[i] != 0x80;
            }
        }

        return false;
    }
}
