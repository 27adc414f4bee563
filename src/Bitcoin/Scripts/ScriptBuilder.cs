using System.Buffers;
using System.Buffers.Binary;

namespace Coordinator.Bitcoin;

/// <summary>Writes a script opcode by opcode. Every push is the shortest there is (BIP-62 rule 3), so MINIMALDATA always holds.</summary>
public sealed class ScriptBuilder
{
    private readonly ArrayBufferWriter<byte> _buffer = new(64);

    /// <summary>Appends opcodes that carry no data.</summary>
    public ScriptBuilder Op(params ReadOnlySpan<Opcode> opcodes)
    {
        foreach (var opcode in opcodes)
        {
            _buffer.Write([(byte)opcode]);
        }

        return this;
    }

    /// <summary>Pushes a number: −1 and 0 to 16 as one opcode, anything else as its minimal bytes.</summary>
    public ScriptBuilder Number(long value) => value switch
    {
        0 => Op(Opcode.Zero),
        -1 => Op(Opcode.OneNegate),
        >= 1 and <= 16 => Op((Opcode)(0x50 + value)),
        _ => Data(ScriptNumber.Encode(value)),
    };

    /// <summary>Pushes bytes, at most 520; one byte that is a small number becomes that number's opcode.</summary>
    /// <exception cref="ArgumentException">More than 520 bytes: no script that pushes them can run.</exception>
    public ScriptBuilder Data(ReadOnlySpan<byte> data)
    {
        switch (data.Length)
        {
            case 0:
                return Op(Opcode.Zero);
            case 1 when data[0] is >= 1 and <= 16:
                return Op((Opcode)(0x50 + data[0]));
            case 1 when data[0] == 0x81:
                return Op(Opcode.OneNegate);
            case > ScriptLimits.MaxElementBytes:
                throw new ArgumentException($"a push of {data.Length} bytes is longer than {ScriptLimits.MaxElementBytes}", nameof(data));
            case < (int)Opcode.PushData1:
                _buffer.Write([(byte)data.Length]);
                break;
            case <= byte.MaxValue:
                _buffer.Write([(byte)Opcode.PushData1, (byte)data.Length]);
                break;
            default:
                Span<byte> length = stackalloc byte[2];
                BinaryPrimitives.WriteUInt16LittleEndian(length, (ushort)data.Length);
                _buffer.Write([(byte)Opcode.PushData2, .. length]);
                break;
        }

        _buffer.Write(data);
        return this;
    }

    public ScriptBuilder Key(PublicKey key) => Data(key.Bytes);

    public ScriptBuilder Key(XOnlyPublicKey key) => Data(key.Bytes);

    /// <summary>The script so far. May be called again after more was appended.</summary>
    public Script Build() => new(_buffer.WrittenSpan);
}

/// <summary>Limits of the script rules, in bytes or counts.</summary>
public static class ScriptLimits
{
    public const int MaxElementBytes = 520;
    public const int MaxScriptBytes = 10_000;
    public const int MaxStackItems = 1_000;
    public const int MaxOperations = 201;
    public const int MaxMultiSigKeys = 20;

    /// <summary>The policy limit of a P2WSH witness script.</summary>
    public const int MaxStandardWitnessScriptBytes = 3_600;
}
