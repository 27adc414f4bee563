using Coordinator.Bitcoin;

namespace Coordinator.Simulators.Chain;

/// <summary>The rules about one transaction that need no mempool: consensus first, then what nodes relay. Each answers null or a refusal.</summary>
internal static class TransactionRules
{
    public const int CoinbaseMaturity = 100;
    private const long MostStandardWeight = 400_000;

    /// <summary>Least relay fee: 1 sat for each virtual byte.</summary>
    public static long LeastFee(long virtualBytes) => virtualBytes;

    public static bool IsUnspendable(Script script) => script.Length > 0 && script.Bytes[0] == 0x6a;

    /// <summary>Every consensus rule for a transaction in the next block, by the interpreter, in Core's words.</summary>
    public static Rejection? Consensus(Transaction transaction, IReadOnlyList<Coin> coins, ChainState chain)
    {
        var nextHeight = chain.Height + 1;
        var spent = coins.Select(coin => coin.Height >= nextHeight
            ? new SpentOutput(coin.Output)
            : new SpentOutput(coin.Output, coin.Height, chain.Blocks[Math.Max(0, coin.Height - 1)].MedianTimePast.UnixSeconds, coin.IsCoinbase)).ToList();
        var refusal = TransactionVerifier.Verify(transaction, spent, new NextBlock(nextHeight, chain.Tip.MedianTimePast.UnixSeconds));
        return refusal is null ? null : Rejection.Because(TextOf(refusal));
    }

    /// <summary>What can be said without knowing the inputs.</summary>
    public static Rejection? Shape(Transaction transaction)
        => TransactionVerifier.CheckShape(transaction) is { } refusal ? Rejection.Because(TextOf(refusal)) : null;

    private static string TextOf(TransactionRefusal refusal) => refusal.Error switch
    {
        TransactionError.NoInputs => "bad-txns-vin-empty",
        TransactionError.NoOutputs => "bad-txns-vout-empty",
        TransactionError.TooHeavy => "bad-txns-oversize",
        TransactionError.OutputsOutOfRange => "bad-txns-txouttotal-toolarge",
        TransactionError.DuplicateInput => "bad-txns-inputs-duplicate",
        TransactionError.NullInput => "bad-txns-prevout-null",
        TransactionError.SpendsMoreThanItHas => "bad-txns-in-belowout",
        TransactionError.ImmatureCoinbase => "bad-txns-premature-spend-of-coinbase",
        TransactionError.LockTimeNotReached => "non-final",
        TransactionError.RelativeLockTimeNotReached => "non-BIP68-final",
        TransactionError.Script => $"mandatory-script-verify-flag-failed ({refusal})",
        _ => refusal.ToString(),
    };

    /// <summary>What nodes relay apart from fees: version, size, known output kinds, dust.</summary>
    public static Rejection? Standard(Transaction transaction)
    {
        if (transaction.Version is < 1 or > 3)
        {
            return Rejection.Because("version");
        }

        if (transaction.Weight.Units > MostStandardWeight)
        {
            return Rejection.Because("tx-size");
        }

        if (transaction.ToBytes(withWitness: false).Length < 65)
        {
            return Rejection.Because("tx-size-small");
        }

        if (transaction.Outputs.Any(output => DustLimit(output.ScriptPubKey) is null))
        {
            return Rejection.Because("scriptpubkey");
        }

        return transaction.Outputs.Any(output => output.Value.Value < DustLimit(output.ScriptPubKey)) ? Rejection.Because("dust") : null;
    }

    private static long? DustLimit(Script script)
    {
        var bytes = script.Bytes;
        if (IsUnspendable(script))
        {
            return 0;
        }

        return bytes switch
        {
            [0x51, 0x02, 0x4e, 0x73] => 240,
            [0x51, 0x20, ..] when bytes.Length == 34 => 330,
            [0x00, 0x20, ..] when bytes.Length == 34 => 330,
            [0x00, 0x14, ..] when bytes.Length == 22 => 294,
            [0xa9, 0x14, .., 0x87] when bytes.Length == 23 => 540,
            [0x76, 0xa9, 0x14, .., 0x88, 0xac] when bytes.Length == 25 => 546,
            _ => null,
        };
    }
}
