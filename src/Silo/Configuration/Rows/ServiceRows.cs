namespace Coordinator.Silo;

/// <summary>Rows of the service as a whole: network, data, accounts.</summary>
internal static class ServiceRows
{
    public static IReadOnlyList<ConfigurationKey> Network { get; } =
    [
        ConfigurationKey.Choice(
            "Network", ["regtest", "signet", "testnet", "mainnet"],
            "Decides addresses, depths and the bounds of lock times. It must be the network of the chain, the Lightning node and the oracle. Never change it over a "
            + "data folder that was used: its contracts and coins are of the network that it was made for."),
    ];

    public static IReadOnlyList<ConfigurationKey> Data { get; } =
    [
        new("Data:Directory", KeyKind.Path, "a folder, made where it is missing",
            "The three databases, unless `Storage:Kind` puts them elsewhere. One process at a time: a second one is refused at its start. It must be a local disk: locks on network file systems are not to be trusted. "
            + "Another folder is another coordinator, which knows of nothing that this one owes."),
        new("Data:KeyFile", KeyKind.SecretFile, "a file; made (mode 0600) where it is missing",
            "The root key of wallet, contracts, account secrets and oracle identity. Lost, no coin and no contract can be signed any more, whatever backup there is; in wrong hands, all of it "
            + "is theirs. Keep a copy of it off line, apart from the backups of the databases. A wrong path makes a new key beside old data: the service would not know its own coins.")
        { Default = "`coordinator_private_key.pem` in the data folder" },
        new("Data:GenerationFile", KeyKind.Path, "a file outside of the data folder, on the same machine; made where it is missing",
            "The generation mark tells a restored folder from one that went on. Backed up along with the data it tells nothing, and payouts could be sent anew from old books; lost, "
            + "the next start behaves as after a restore. With `Storage:Kind` `postgres` the database tells that by itself, and the file only what lies beyond it: one that is behind or lost says nothing.")
        { Default = "the data folder's name with `.generation`, next to it" },
    ];

    public static IReadOnlyList<ConfigurationKey> Storage { get; } =
    [
        ConfigurationKey.Choice(
            "Storage:Kind", ["sqlite", "postgres"],
            "sqlite keeps state in three files of the data folder, for one process. postgres keeps all of it in one PostgreSQL database: one process is active, others that are given "
            + "the same database and key stand by and take over when it ends. Nothing is moved from the one to the other: a change begins with empty books, so make it only where nothing is open."),
        new(
            "Storage:ConnectionStringFile", KeyKind.SecretFile, "a file with one line, as `Host=...;Username=...;Password=...;Database=...`",
            "The database of all state; needed with `postgres`, refused with `sqlite`. Not the database of `Orleans:ConnectionStringFile`, though both may be on one server. Another database is "
            + "another coordinator, which knows of nothing that this one owes.")
        { Default = "none" },
    ];

    public static IReadOnlyList<ConfigurationKey> Users { get; } =
    [
        ConfigurationKey.Switch(
            "Users:AcceptPasswords",
            "true lets clients send the password itself instead of a key derived from it in the browser: whoever runs the service could then open their vaults. Registering a name stays a signed "
            + "request."),
        ConfigurationKey.Count(
            "Users:HashesAtOnce", "hashes", 1, 64, "Password hashes that run at once, 19 MiB and one core each. More answer a rush of logins sooner and slow everything else down meanwhile."),
        ConfigurationKey.Count(
            "Users:HashesWaiting", "logins", 0, 10_000, "Logins that may wait for a hash; the next ones are told to come again (503). More make the last one wait longer than its client does."),
    ];
}
