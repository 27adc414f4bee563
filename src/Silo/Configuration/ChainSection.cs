using Coordinator.Chain;

namespace Coordinator.Silo;

/// <summary>The chain source: an esplora server, or the RPC of a Bitcoin node.</summary>
public sealed class ChainSection
{
    private const string DefaultWallet = "coordinator-watch";
    private static readonly TimeSpan DefaultCallTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan DefaultRescanTimeout = TimeSpan.FromHours(1);

    /// <summary>esplora or bitcoind. Default esplora.</summary>
    public string Source { get; set; } = "esplora";

    /// <summary>An esplora server, without the network part of its path; or the node's RPC, http or https, without a path.</summary>
    public Uri? Address { get; set; }

    /// <summary>Between two questions for the tip. Default 10 s. A node tells of new blocks at once; this is how long one wait for it lasts.</summary>
    public TimeSpan BlockPoll { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Between two looks of a competition at its outputs while no block came. Default 1 min.</summary>
    public TimeSpan Poll { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The node's own .cookie, or a file with one line <c>user:password</c>. Needed for a node, unless <see cref="User"/> is given.</summary>
    public string? CookieFile { get; set; }

    /// <summary>The RPC user whose password is in <see cref="PasswordFile"/>.</summary>
    public string? User { get; set; }

    /// <summary>A file with one line, the password of <see cref="User"/>.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>Name of the watch-only wallet in the node; made where it is missing, and one for each coordinator. Default coordinator-watch.</summary>
    public string Wallet { get; set; } = DefaultWallet;

    /// <summary>No script of ours was paid before this moment; a rescan of the node begins there. Default the first block.</summary>
    public DateTimeOffset? Birthday { get; set; }

    /// <summary>Time limit of one call to the node. Default 15 s.</summary>
    public TimeSpan CallTimeout { get; set; } = DefaultCallTimeout;

    /// <summary>Time limit of one rescan of the node. Default 1 h.</summary>
    public TimeSpan RescanTimeout { get; set; } = DefaultRescanTimeout;

    internal bool IsNode => Source == "bitcoind";

    internal EsploraOptions Esplora(string network) => new() { Address = Address, Network = network };

    internal BitcoindOptions Node(string network) => new()
    {
        Address = Address,
        Network = network,
        CredentialsFile = PasswordFile ?? CookieFile ?? string.Empty,
        User = User ?? string.Empty,
        Wallet = Wallet,
        Birthday = Birthday ?? DateTimeOffset.UnixEpoch,
        CallTimeout = CallTimeout,
        RescanTimeout = RescanTimeout,
    };

    internal IEnumerable<string> Complaints(string network)
    {
        if (Source is not ("esplora" or "bitcoind"))
        {
            return [$"Chain:Source is '{Source}'; it must be esplora or bitcoind"];
        }

        return [.. TimeComplaints(), .. IsNode ? CredentialComplaints().Concat(Node(network).Validate()) : ForeignKeys().Concat(Esplora(network).Validate())];
    }

    private IEnumerable<string> TimeComplaints()
    {
        if (BlockPoll < TimeSpan.FromMilliseconds(50) || BlockPoll > TimeSpan.FromMinutes(10))
        {
            yield return $"Chain:BlockPoll is {BlockPoll}; it must be 50 ms to 10 min";
        }

        if (Poll < TimeSpan.FromMilliseconds(50) || Poll > TimeSpan.FromHours(1))
        {
            yield return $"Chain:Poll is {Poll}; it must be 50 ms to 1 h";
        }
    }

    private IEnumerable<string> CredentialComplaints()
    {
        if ((User is null) != (PasswordFile is null) || (CookieFile is null) == (User is null))
        {
            yield return "Chain: a node needs either CookieFile, or User and PasswordFile";
        }
    }

    /// <summary>The node's cookie is written when it starts and may come later; a password file has to be there.</summary>
    internal IEnumerable<string> FileComplaints()
    {
        if (IsNode && PasswordFile is { } file && !File.Exists(file))
        {
            yield return $"Chain:PasswordFile is '{file}'; there is no such file";
        }
    }

    private IEnumerable<string> ForeignKeys()
    {
        (string Key, bool IsSet)[] keys =
        [
            (nameof(CookieFile), CookieFile is not null), (nameof(User), User is not null), (nameof(PasswordFile), PasswordFile is not null),
            (nameof(Wallet), Wallet != DefaultWallet), (nameof(Birthday), Birthday is not null),
            (nameof(CallTimeout), CallTimeout != DefaultCallTimeout), (nameof(RescanTimeout), RescanTimeout != DefaultRescanTimeout),
        ];
        return keys.Where(key => key.IsSet).Select(key => $"Chain:{key.Key} is set, but Chain:Source is esplora; it is for bitcoind");
    }
}
