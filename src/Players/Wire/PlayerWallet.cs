namespace Coordinator.Players.Wire;

/// <summary>A player's own Lightning wallet.</summary>
internal abstract class PlayerWallet
{
    /// <summary>Sees to a node that can pay this much; one that exists stays as it is.</summary>
    /// <exception cref="PlayerException">It is another network's.</exception>
    public abstract Task OpenAsync(long sats, CancellationToken cancellation);

    /// <summary>Starts to pay an invoice unless that was done; answers at once.</summary>
    /// <returns>Why the payment failed; null where it goes on or was taken.</returns>
    public abstract Task<string?> PayAsync(string invoice, string hash, long sats, CancellationToken cancellation);

    /// <summary>What a settled payment cost, in satoshis, and its route, in millisatoshis; null where it is not settled or not known.</summary>
    public abstract Task<(long Sats, long FeeMsat)?> SpentAsync(string hash, CancellationToken cancellation);

    /// <summary>An invoice whose payment reveals this preimage; the same preimage again finds the same invoice.</summary>
    public abstract Task<string> InvoiceAsync(byte[] preimage, string hash, long sats, CancellationToken cancellation);

    /// <summary>What the invoice has received, in satoshis: null while it is not settled.</summary>
    public abstract Task<long?> ReceivedAsync(byte[] preimage, string hash, CancellationToken cancellation);
}
