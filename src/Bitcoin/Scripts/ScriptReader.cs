using System.Text;

namespace Coordinator.Bitcoin;

/// <summary>One step of a script: its opcode and, for a push of bytes, the data (empty otherwise).</summary>
public readonly ref struct ScriptInstruction(Opcode opcode, ReadOnlySpan<byte> data, bool isPush)
{
    public Opcode Opcode { get; } = opcode;

    /// <summary>The bytes pushed by opcodes 0 to PUSHDATA4; empty for OP_0 and for everything that is not a push of bytes.</summary>
    public ReadOnlySpan<byte> Data { get; } = data;

    /// <summary>True for opcodes 0 to PUSHDATA4.</summary>
    public bool IsPush { get; } = isPush;

    /// <summary>False where a shorter way to push the same bytes exists (BIP-62 rule 3).</summary>
    public bool IsMinimalPush => !IsPush || Data.Length switch
    {
        0 => Opcode == Opcode.Zero,
        1 when Data[0] is (>= 1 and <= 16) or 0x81 => false,
        < (int)Opcode.PushData1 => (byte)Opcode == Data.Length,
        <= byte.MaxValue => Opcode == Opcode.PushData1,
        <= ushort.MaxValue => Opcode == Opcode.PushData2,
        _ => true,
    };
}

/// <summary>Walks a script. A push that runs past the end is a <see cref="BitcoinFormatException"/>.</summary>
public ref struct ScriptReader(ReadOnlySpan<byte> script)
{
    private WireReader _reader = new(script);

    /// <summary>Offset of the next instruction in bytes.</summary>
    public readonly int Position => _reader.Position;

    public readonly bool IsAtEnd => _reader.Remaining == 0;

    /// <exception cref="BitcoinFormatException">A truncated push, or the end of the script.</exception>
    public ScriptInstruction Next()
    {
        var opcode = _reader.ReadByte();
        if (opcode > (byte)Opcode.PushData4)
        {
            return new((Opcode)opcode, [], isPush: false);
        }

        var length = (Opcode)opcode switch
        {
            Opcode.PushData1 => _reader.ReadByte(),
            Opcode.PushData2 => _reader.ReadUInt16(),
            Opcode.PushData4 => _reader.ReadUInt32(),
            _ => opcode,
        };
        if (length > (uint)_reader.Remaining)
        {
            throw new BitcoinFormatException($"a push of {length} bytes at offset {Position} runs past the end of the script");
        }

        return new((Opcode)opcode, _reader.Take((int)length), isPush: true);
    }

    /// <summary>The script for people to read: opcode names, and pushed bytes in hexadecimal between angle brackets.</summary>
    public static string Describe(Script script)
    {
        var text = new StringBuilder();
        var reader = new ScriptReader(script.Bytes);
        try
        {
            while (!reader.IsAtEnd)
            {
                var step = reader.Next();
                text.Append(text.Length > 0 ? " " : "");
                text.Append(step.Data.IsEmpty ? step.Opcode.Name() : $"<{Hex.Encode(step.Data)}>");
            }
        }
        catch (BitcoinFormatException)
        {
            text.Append(" [truncated push]");
        }

        return text.ToString();
    }
}
