using Coordinator.Bitcoin;

namespace Coordinator.Players.Wire;

/// <summary>What a player asks of the chain: the tip, who spends an output, fees; and what it sends there.</summary>
internal abstract class ChainReader
{
    public abstract Task<int> TipAsync(CancellationToken cancellation);

    /// <summary>Median time past of the tip, unix seconds.</summary>
    public abstract Task<long> MedianTimeAsync(CancellationToken cancellation);

    /// <summary>The transaction that spends an output, and its height where it is confirmed; null while nothing does.</summary>
    public abstract Task<(Txid By, int? Height)?> SpenderAsync(OutPoint output, CancellationToken cancellation);

    /// <summary>A transaction that the source has shown.</summary>
    public abstract Task<Transaction> FindAsync(Txid txid, CancellationToken cancellation);

    /// <summary>The rate for the next blocks, at least 1 sat/vB.</summary>
    public abstract Task<FeeRate> FeeRateAsync(CancellationToken cancellation);

    /// <summary>Sends a transaction.</summary>
    /// <returns>Null where it was taken, else why not.</returns>
    public abstract Task<string?> SendAsync(Transaction transaction, CancellationToken cancellation);

    /// <summary>A Bitcoin node where there is a file with its credentials, else an esplora server.</summary>
    public static ChainReader Of(PatientHttp http, PlayersOptions options)
        => options.ChainCookie is { } cookie ? new NodeReader(http, options.Chain, cookie) : new EsploraReader(http, options.Chain, options.Network);
}
