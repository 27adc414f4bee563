using Coordinator.Bitcoin;

namespace Coordinator.Dlc;

/// <summary>Bitcoin Core's dust limit at its default rate of 3 sat/vB.</summary>
internal static class Dust
{
    private const int WitnessSpendBytes = 67;
    private const int LegacySpendBytes = 148;
    private const int RatePerVbyte = 3;

    /// <summary>The least amount that relays to this script: 330 sat for taproot, 294 for P2WPKH, 0 for OP_RETURN.</summary>
    public static Satoshis Limit(Script script)
    {
        var bytes = script.Bytes;
        if (bytes.Length > 0 && bytes[0] == 0x6a)
        {
            return Satoshis.Zero;
        }

        var spend = IsWitnessProgram(bytes) ? WitnessSpendBytes : LegacySpendBytes;
        return Satoshis.Of(RatePerVbyte * (long)(8 + ContractWeights.CompactSize(bytes.Length) + bytes.Length + spend));
    }

    public static bool IsBelow(Satoshis amount, Script script) => amount < Limit(script);

    private static bool IsWitnessProgram(ReadOnlySpan<byte> script)
        => script.Length is >= 4 and <= 42 && (script[0] == 0 || script[0] is >= 0x51 and <= 0x60) && script[1] == script.Length - 2;
}
