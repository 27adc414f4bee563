namespace Coordinator.Cli.Processes;

/// <summary>Which chain the service sees.</summary>
internal enum ChainChoice
{
    /// <summary>The chain simulator, as an esplora server.</summary>
    Sim,

    /// <summary>A Bitcoin node of the command's own, on regtest.</summary>
    Bitcoind,
}
