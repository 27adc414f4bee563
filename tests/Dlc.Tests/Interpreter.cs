using Coordinator.Bitcoin;

namespace Coordinator.Dlc.Tests;

/// <summary>Asks the script interpreter whether a transaction may be mined, ages and lock times apart.</summary>
internal static class Interpreter
{
    public static void AssertValid(Transaction transaction, IReadOnlyList<TxOut> prevouts)
    {
        var refusal = TransactionVerifier.VerifyWithoutChain(transaction, prevouts);
        Assert.True(refusal is null, $"{transaction.Txid}: {refusal}");
    }
}
