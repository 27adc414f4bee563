using Coordinator.Bitcoin;

namespace Coordinator.Simulators.Chain;

/// <summary>The rules of consensus about one transaction, in Core's words. Each answers null or a refusal.</summary>
internal static class TransactionRules
{
    public const int CoinbaseMaturity = 100;

    /// <summary>Least relay fee: 1 sat for each virtual byte.</summary>
    public static long LeastFee(long virtualBytes) => virtualBytes;

    public static bool IsUnspendable(Script script) => script.Length > 0 && script.Bytes[0] == 0x6a;

    /// <summary>What can be said without knowing the inputs.</summary>
    public static Rejection? Shape(Transaction transaction) => Of(TransactionVerifier.CheckShape(transaction));

    /// <summary>The lock time, for the next block.</summary>
    public static Rejection? LockTime(Transaction transaction, ChainState chain)
        => TransactionVerifier.IsFinal(transaction, Next(chain)) ? null : Rejection.Because("non-final");

    /// <summary>Ages and amounts of what is spent, for the next block.</summary>
    public static Rejection? Inputs(Transaction transaction, IReadOnlyList<Coin> coins, ChainState chain)
    {
        var next = Next(chain);
        var spent = coins.Select(coin => coin.Height >= next.Height
            ? new SpentOutput(coin.Output)
            : new SpentOutput(coin.Output, coin.Height, chain.Blocks[Math.Max(0, coin.Height - 1)].MedianTimePast.UnixSeconds, coin.IsCoinbase)).ToList();
        return Of(TransactionVerifier.VerifyWithoutScripts(transaction, spent, next));
    }

    /// <summary>The witnesses, by the interpreter.</summary>
    public static Rejection? Scripts(Transaction transaction, IReadOnlyList<Coin> coins)
        => Of(TransactionVerifier.VerifyScripts(transaction, [.. coins.Select(coin => coin.Output)]));

    private static NextBlock Next(ChainState chain) => new(chain.Height + 1, chain.Tip.MedianTimePast.UnixSeconds);

    private static Rejection? Of(TransactionRefusal? refusal) => refusal is null ? null : Rejection.Because(refusal.Error switch
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
    });
}
