namespace Coordinator.Web;

/// <summary>Links to a block explorer, where there is one for the network.</summary>
internal sealed class Explorer(DashboardOptions options, DashboardScene scene)
{
    private readonly string? _root = options.ExplorerUrl is { } chosen ? chosen.Length == 0 ? null : chosen.TrimEnd('/') : scene.Network switch
    {
        "mainnet" => "https://mempool.space",
        "testnet" => "https://mempool.space/testnet",
        "signet" => "https://mempool.space/signet",
        _ => null,
    };

    /// <summary>A transaction's id, whole for who copies it; a link where there is an explorer. It tells the explorer nothing of this page.</summary>
    internal Markup Transaction(string txid)
        => _root is null ? Show.Id(txid) : Html.Of($"""<a href="{_root}/tx/{txid}" rel="noreferrer noopener" target="_blank">{Show.Id(txid)}<span class="unseen"> (opens the block explorer)</span></a>""");

    /// <summary>An output, <c>txid:vout</c>.</summary>
    internal Markup Output(string outpoint)
        => outpoint.Split(':') is [var txid, var index] ? Html.Of($"""{Transaction(txid)}<code>:{index}</code>""") : Show.Id(outpoint);
}
