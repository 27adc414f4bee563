namespace Coordinator.Bitcoin;

/// <summary>A witness version and its program (BIP-141): an output script of OP_0 to OP_16 and one push of 2 to 40 bytes.</summary>
/// <param name="Version">0 to 16.</param>
/// <param name="Program">2 to 40 bytes; for version 0 only 20 or 32 can be spent.</param>
public sealed record WitnessProgram(int Version, byte[] Program)
{
    public bool IsPubkeyHash => Version == 0 && Program.Length == 20;

    public bool IsScriptHash => Version == 0 && Program.Length == 32;

    public bool IsTaproot => Version == 1 && Program.Length == 32;

    /// <summary>Pay-to-anchor: anyone can spend it with an empty witness.</summary>
    public bool IsAnchor => Version == 1 && Program is [0x4e, 0x73];

    /// <summary>The output script.</summary>
    public Script ToScript() => new([(byte)(Version == 0 ? 0 : 0x50 + Version), (byte)Program.Length, .. Program]);

    /// <summary>Null where the script is not a witness program.</summary>
    public static WitnessProgram? TryFrom(Script script)
    {
        var bytes = script.Bytes;
        if (bytes.Length is < 4 or > 42 || bytes[0] is not (0 or (>= 0x51 and <= 0x60)) || bytes[1] != bytes.Length - 2)
        {
            return null;
        }

        return new WitnessProgram(bytes[0] == 0 ? 0 : bytes[0] - 0x50, bytes[2..].ToArray());
    }
}
