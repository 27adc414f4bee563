namespace Coordinator.Grains;

/// <summary>The end of a coin's reservation (D42).</summary>
public interface ICoinSettlement
{
    /// <summary>Records, before the transaction is sent, that the owner broadcasts it: from here on only <see cref="SettleAsync"/> frees its coins.</summary>
    Task MarkBroadcastAsync(string owner, string txid);

    /// <summary>Frees every coin of an owner whose transaction, or a conflict, is six deep. Safe to repeat.</summary>
    Task SettleAsync(string owner);
}
