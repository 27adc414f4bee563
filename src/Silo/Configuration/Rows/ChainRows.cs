namespace Coordinator.Silo;

/// <summary>Rows of the chain source.</summary>
internal static class ChainRows
{
    public static IReadOnlyList<ConfigurationKey> All { get; } =
    [
        ConfigurationKey.Choice(
            "Chain:Source", ["esplora", "bitcoind"], "An esplora server, or the RPC of a Bitcoin node. What confirmed is believed from here alone: let it be yours, or one that you would trust with the pool."),
        new("Chain:Address", KeyKind.Address, "http or https; of an esplora server without the network part of its path, of a node without a path",
            "Wrong or down: nothing is funded, settled or paid until it answers; held tickets are cancelled at their deadlines.") { Default = "must be set" },
        ConfigurationKey.Time(
            "Chain:BlockPoll", "00:00:00.0500000", "00:10:00",
            "Between two questions for the tip. Longer sees confirmations later. A node tells of a block at once; then this is how long one wait for it lasts."),
        ConfigurationKey.Time(
            "Chain:Poll", "00:00:00.0500000", "01:00:00", "Between two looks at watched outputs while no block came. Longer sees unconfirmed transactions later; shorter asks the server more."),
        new("Chain:CookieFile", KeyKind.SecretFile, "for a node: its `.cookie`, or a file with one line `user:password`",
            "How the service proves itself to the node. It may come later than the start; read anew where the node refuses it. Either this, or user and password file.") { Default = "none" },
        new("Chain:User", KeyKind.Text, "for a node: at most 64 printable letters without `:`", "The RPC user whose password is in `Chain:PasswordFile`.") { Default = "none" },
        new("Chain:PasswordFile", KeyKind.SecretFile, "for a node: a file with one line", "The password of `Chain:User`.") { Default = "none" },
        new("Chain:Wallet", KeyKind.Text, "for a node: 1 to 64 letters, digits, - or _",
            "The watch-only wallet in the node, made where it is missing. One for each coordinator: two in one wallet would watch each other's scripts. Another name means a rescan."),
        new("Chain:Birthday", KeyKind.Moment, "for a node: a moment with its zone",
            "No script of ours was paid before it: where a rescan begins. Too late, and coins from before are not seen; too early only takes longer.") { Default = "the first block" },
        ConfigurationKey.Time("Chain:CallTimeout", "00:00:00.1000000", "00:05:00", "Of one call to the node. Too short makes a busy node look as if it were down."),
        ConfigurationKey.Time("Chain:RescanTimeout", Second, "1.00:00:00", "Of one rescan of the node. Too short, and a long chain is never scanned to its end."),
    ];

    private const string Second = "00:00:01";
}
