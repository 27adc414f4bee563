using Coordinator.Bitcoin;

namespace Coordinator.Wallet;

/// <summary>Weights of the transactions this wallet makes, before they are signed (BIP-141).</summary>
internal static class TransactionWeights
{
    /// <summary>An input spent by a taproot key path with a 64-byte signature.</summary>
    public static Weight TaprootKeyInput { get; } = Weight.Of((41 * 4) + 66);

    /// <summary>An anchor input beside inputs with witnesses: its witness count is the one byte.</summary>
    public static Weight AnchorInput { get; } = Weight.Of((41 * 4) + 1);

    /// <summary>Least value of an output that nodes relay, by the default dust rate of 3 sat/vB; for unknown scripts the largest of these.</summary>
    public static Satoshis DustLimit(Script script) => Satoshis.Of(script.Bytes switch
    {
        [0x6a, ..] => 0,
        [0x51, 0x02, 0x4e, 0x73] => 240,
        [0x00, 0x14, ..] when script.Length == 22 => 294,
        [0x51 or 0x00, 0x20, ..] when script.Length == 34 => 330,
        [0xa9, 0x14, ..] when script.Length == 23 => 540,
        _ => 546,
    });

    /// <summary>The whole transaction.</summary>
    public static Weight Of(int taprootInputs, int anchorInputs, IEnumerable<Script> outputs)
    {
        var scripts = outputs.ToList();
        var outputBytes = scripts.Sum(script => 8L + CompactSize(script.Length) + script.Length);
        var fixedBytes = 4 + 4 + CompactSize(taprootInputs + anchorInputs) + CompactSize(scripts.Count);
        return Weight.Of(((fixedBytes + outputBytes) * 4) + 2) + (TaprootKeyInput * taprootInputs) + (AnchorInput * anchorInputs);
    }

    private static int CompactSize(int count) => count < 0xfd ? 1 : 3;
}
