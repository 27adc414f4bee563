using System.Text;
using Coordinator.Bitcoin;

namespace Coordinator.Chain;

/// <summary>How to reach a Bitcoin node's RPC. The node never holds a key: its wallet only watches scripts.</summary>
public sealed record BitcoindOptions
{
    /// <summary>For example <c>http://127.0.0.1:8332</c>; http or https, without a path.</summary>
    public Uri? Address { get; init; }

    /// <summary>mainnet, testnet, signet or regtest.</summary>
    public string Network { get; init; } = "";

    /// <summary>A file with one line <c>user:password</c>: the node's own cookie, or one that the operator wrote. Read anew for every connection
    /// that is refused, since the node writes a new cookie at every start.</summary>
    public string CredentialsFile { get; init; } = "";

    /// <summary>Where it is set, <see cref="CredentialsFile"/> holds this user's password alone.</summary>
    public string User { get; init; } = "";

    /// <summary>Name of the watch-only wallet in the node; made where it is missing. One for each coordinator.</summary>
    public string Wallet { get; init; } = "coordinator-watch";

    /// <summary>No script of ours was paid before this moment: where a rescan for a script begins that the node has not watched yet.</summary>
    public DateTimeOffset Birthday { get; init; } = DateTimeOffset.UnixEpoch;

    /// <summary>Time limit of one request, 100 milliseconds to 5 minutes.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Time limit of a rescan of the chain, 1 second to 1 day.</summary>
    public TimeSpan RescanTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How often a read is tried in all, 1 to 10. Broadcasts are tried once.</summary>
    public int ReadAttempts { get; init; } = 3;

    /// <summary>Pause before the second attempt; doubles for each further one. Up to one minute.</summary>
    public TimeSpan FirstRetryPause { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Largest answer that is read, in bytes, 64 KiB to 256 MiB.</summary>
    public int MaxResponseBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Used when the node estimates nothing at all.</summary>
    public FeeRate FallbackFeeRate { get; init; } = FeeRate.FromSatPerVbyte(1);

    /// <summary>The network as the node names it.</summary>
    internal string NodeNetwork => Network switch
    {
        "mainnet" => "main",
        "testnet" => "test",
        _ => Network,
    };

    /// <summary>All complaints about these options; empty when they can be used.</summary>
    public IReadOnlyList<string> Validate()
    {
        var complaints = new List<string>();
        void Require(bool holds, string complaint)
        {
            if (!holds)
            {
                complaints.Add(complaint);
            }
        }

        Require(
            Address is { IsAbsoluteUri: true, AbsolutePath: "/" } && (Address.Scheme == Uri.UriSchemeHttp || Address.Scheme == Uri.UriSchemeHttps)
                && Address.Query.Length == 0 && Address.UserInfo.Length == 0,
            "Chain:Address must be an absolute http or https address without path, query and credentials");
        Require(Network is "mainnet" or "signet" or "testnet" or "regtest", $"Network is '{Network}'; it must be mainnet, signet, testnet or regtest");
        Require(CredentialsFile.Length > 0, "Chain:CookieFile is missing; name the node's .cookie or a file with user:password");
        Require(User.Length <= 64 && User.All(letter => letter is > ' ' and <= '~' and not ':'), "Chain:User must be at most 64 printable letters without ':'");
        Require(
            Wallet.Length is > 0 and <= 64 && Wallet.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_'),
            "Chain:Wallet must be 1 to 64 letters, digits, '-' or '_'");
        Require(CallTimeout >= TimeSpan.FromMilliseconds(100) && CallTimeout <= TimeSpan.FromMinutes(5), "Chain:CallTimeout must be 100 milliseconds to 5 minutes");
        Require(RescanTimeout >= TimeSpan.FromSeconds(1) && RescanTimeout <= TimeSpan.FromDays(1), "Chain:RescanTimeout must be 1 second to 1 day");
        Require(ReadAttempts is >= 1 and <= 10, "Chain:ReadAttempts must be 1 to 10");
        Require(FirstRetryPause >= TimeSpan.Zero && FirstRetryPause <= TimeSpan.FromMinutes(1), "Chain:FirstRetryPause must be at most one minute");
        Require(MaxResponseBytes is >= 64 * 1024 and <= 256 * 1024 * 1024, "Chain:MaxResponseBytes must be 64 KiB to 256 MiB");
        return complaints;
    }

    /// <summary>Not the file's content, and not the address's credentials, which there are none of.</summary>
    private bool PrintMembers(StringBuilder text)
    {
        text.Append("Address = ").Append(Address).Append(", Network = ").Append(Network).Append(", Wallet = ").Append(Wallet);
        return true;
    }
}
