namespace Coordinator.Bitcoin;

/// <summary>Which chain an address or an extended key is for.</summary>
public enum Network
{
    Mainnet,
    Testnet,
    Signet,
    Regtest,
}

/// <summary>The prefixes of each network.</summary>
public static class Networks
{
    /// <summary>The human-readable part of its segwit addresses; testnet and signet share one.</summary>
    public static string SegwitPrefix(this Network network) => network switch
    {
        Network.Mainnet => "bc",
        Network.Testnet or Network.Signet => "tb",
        Network.Regtest => "bcrt",
    };

    /// <summary>mainnet, testnet, signet or regtest.</summary>
    public static string Name(this Network network) => network switch
    {
        Network.Mainnet => "mainnet",
        Network.Testnet => "testnet",
        Network.Signet => "signet",
        Network.Regtest => "regtest",
    };

    /// <summary>From the name in lower case ("bitcoin" is mainnet too); null for anything else.</summary>
    public static Network? TryParse(string? name) => name switch
    {
        "mainnet" or "bitcoin" => Network.Mainnet,
        "testnet" => Network.Testnet,
        "signet" => Network.Signet,
        "regtest" => Network.Regtest,
        _ => null,
    };

    internal static (byte PubkeyHash, byte ScriptHash) LegacyPrefixes(this Network network)
        => network == Network.Mainnet ? ((byte)0x00, (byte)0x05) : ((byte)0x6f, (byte)0xc4);
}
