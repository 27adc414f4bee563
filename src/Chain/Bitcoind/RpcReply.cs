using System.Text.Json;

namespace Coordinator.Chain;

/// <summary>What a node answered to one call: a result, or an error of its own with code and text.</summary>
/// <param name="Result">Meaningless where there is an error.</param>
/// <param name="Code">0 where there is none.</param>
/// <param name="Message">The node's text; empty where there is none.</param>
internal sealed record RpcReply(JsonElement Result, int Code, string Message)
{
    /// <summary>No such transaction, block, address or key.</summary>
    public const int NotFound = -5;

    /// <summary>A parameter is out of its range: a height above the tip.</summary>
    public const int InvalidParameter = -8;

    /// <summary>The wallet exists and is not loaded, or does not exist.</summary>
    public const int WalletNotFound = -18;

    /// <summary>The wallet is loaded already.</summary>
    public const int WalletLoaded = -35;

    /// <summary>The node is starting.</summary>
    public const int Warming = -28;

    public bool IsOk => Code == 0;
}
