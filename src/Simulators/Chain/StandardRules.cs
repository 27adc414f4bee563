using Coordinator.Bitcoin;

namespace Coordinator.Simulators.Chain;

/// <summary>What nodes relay apart from fees: versions, sizes, known kinds of outputs and witnesses, dust. In Core's words and order.</summary>
internal static class StandardRules
{
    private const long MostWeight = 400_000;
    private const int MostScriptSigBytes = 1_650;
    private const int MostDataBytes = 83;
    private const int MostWitnessScriptBytes = 3_600;
    private const int MostWitnessItems = 100;
    private const int MostItemBytes = 80;
    private const int DustRate = 3;
    private const int WitnessSpendBytes = 67;
    private const int LegacySpendBytes = 148;

    /// <summary>What can be said without knowing the inputs.</summary>
    public static Rejection? Check(Transaction transaction)
    {
        var reason = transaction.Version is < 1 or > 3 ? "version"
            : transaction.Weight.Units > MostWeight ? "tx-size"
            : transaction.Inputs.Select(input => ScriptSigReason(input.ScriptSig)).FirstOrDefault(found => found is not null)
                ?? (transaction.Outputs.Any(output => DustLimit(output.ScriptPubKey) is null) ? "scriptpubkey"
                : CountDust(transaction) > 1 ? "dust"
                : transaction.Outputs.Count(output => TransactionRules.IsUnspendable(output.ScriptPubKey)) > 1 ? "multi-op-return"
                : transaction.ToBytes(withWitness: false).Length < 65 ? "tx-size-small"
                : null);
        return reason is null ? null : Rejection.Because(reason);
    }

    /// <summary>Dust is let through only where the transaction pays no fee at all, to be spent in the same package.</summary>
    public static Rejection? CheckDust(Transaction transaction, long fee)
        => fee != 0 && CountDust(transaction) > 0 ? Rejection.Because("dust") : null;

    /// <summary>Who spends something of a parent that waits spends all its dust.</summary>
    /// <param name="transaction">The child.</param>
    /// <param name="parents">Those of its parents that are in no block.</param>
    public static Rejection? CheckDustIsSpent(Transaction transaction, IEnumerable<Transaction> parents)
    {
        var spent = transaction.Inputs.Select(input => input.PreviousOutput).ToHashSet();
        return parents.Any(parent => parent.Outputs.Index().Any(output => IsDust(output.Item) && !spent.Contains(parent.OutPoint((uint)output.Index))))
            ? Rejection.Because("missing-ephemeral-spends, the child did not spend its parent's ephemeral dust")
            : null;
    }

    /// <summary>The witnesses against what they spend, before any script runs.</summary>
    public static Rejection? CheckWitnesses(Transaction transaction, IReadOnlyList<Coin> coins)
    {
        for (var i = 0; i < coins.Count; i++)
        {
            var witness = transaction.Inputs[i].Witness;
            if (witness.Length > 0 && !IsStandard(witness.AsSpan(), coins[i].Output.ScriptPubKey))
            {
                return Rejection.Because("bad-witness-nonstandard");
            }
        }

        return null;
    }

    private static string? ScriptSigReason(Script script)
        => script.Length > MostScriptSigBytes ? "scriptsig-size" : IsPushOnly(script) ? null : "scriptsig-not-pushonly";

    private static bool IsPushOnly(Script script)
    {
        try
        {
            var reader = new ScriptReader(script.Bytes);
            while (!reader.IsAtEnd)
            {
                if (reader.Next().Opcode > Opcode.Sixteen)
                {
                    return false;
                }
            }

            return true;
        }
        catch (BitcoinFormatException)
        {
            return false;
        }
    }

    private static bool IsStandard(ReadOnlySpan<byte[]> witness, Script spent) => WitnessProgram.TryFrom(spent) switch
    {
        null or { IsAnchor: true } => false,
        { IsScriptHash: true } => witness[^1].Length <= MostWitnessScriptBytes && witness.Length - 1 <= MostWitnessItems && AreSmall(witness[..^1]),
        { IsTaproot: true } => IsStandardTaproot(witness),
        _ => true,
    };

    private static bool IsStandardTaproot(ReadOnlySpan<byte[]> witness)
        => witness.Length < 2
            || (witness[^1] is not ([] or [0x50, ..]) && ((witness[^1][0] & 0xfe) != TapLeaf.Tapscript || AreSmall(witness[..^2])));

    private static bool AreSmall(ReadOnlySpan<byte[]> items)
    {
        foreach (var item in items)
        {
            if (item.Length > MostItemBytes)
            {
                return false;
            }
        }

        return true;
    }

    private static int CountDust(Transaction transaction)
        => transaction.Outputs.Count(IsDust);

    private static bool IsDust(TxOut output) => output.Value.Value < DustLimit(output.ScriptPubKey);

    /// <summary>Null for a kind of output that is not relayed.</summary>
    private static long? DustLimit(Script script)
    {
        var bytes = script.Bytes;
        if (TransactionRules.IsUnspendable(script))
        {
            return script.Length <= MostDataBytes && IsPushOnly(new Script(bytes[1..])) ? 0 : null;
        }

        if (WitnessProgram.TryFrom(script) is { } program)
        {
            return program is { Version: 0, IsPubkeyHash: false, IsScriptHash: false } ? null : DustRate * (9 + script.Length + WitnessSpendBytes);
        }

        var isLegacy = bytes is [0xa9, 0x14, .., 0x87] && bytes.Length == 23
            || bytes is [0x76, 0xa9, 0x14, .., 0x88, 0xac] && bytes.Length == 25
            || bytes is [0x21, 0x02 or 0x03, .., 0xac] && bytes.Length == 35;
        return isLegacy ? DustRate * (9 + script.Length + LegacySpendBytes) : null;
    }
}
