namespace Coordinator.Web;

/// <summary>The operator's pages. Section <c>Gateway:Dashboard</c>.</summary>
public sealed class DashboardOptions
{
    /// <summary>A sign-in that nobody uses ends after this long; pages that refresh themselves do not count. 1 minute to 1 day, default 30 minutes.</summary>
    public TimeSpan SessionIdle { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>A sign-in ends after this long in any case. 1 minute to 7 days, default 12 hours.</summary>
    public TimeSpan SessionLife { get; set; } = TimeSpan.FromHours(12);

    /// <summary>Address of a block explorer, http or https, to which <c>/tx/TXID</c> is appended. Default: by network, and none on regtest.
    /// Empty: no links.</summary>
    public string? ExplorerUrl { get; set; }

    /// <summary>Everything that is wrong, one sentence each, naming key and value.</summary>
    public IEnumerable<string> Complaints()
    {
        if (SessionIdle < TimeSpan.FromMinutes(1) || SessionIdle > TimeSpan.FromDays(1))
        {
            yield return $"Gateway:Dashboard:SessionIdle is {SessionIdle:c}; it must be 00:01:00 to 1.00:00:00";
        }

        if (SessionLife < TimeSpan.FromMinutes(1) || SessionLife > TimeSpan.FromDays(7))
        {
            yield return $"Gateway:Dashboard:SessionLife is {SessionLife:c}; it must be 00:01:00 to 7.00:00:00";
        }

        if (!string.IsNullOrEmpty(ExplorerUrl)
            && !(Uri.TryCreate(ExplorerUrl, UriKind.Absolute, out var explorer) && explorer.Scheme is "http" or "https" && explorer.Query.Length + explorer.Fragment.Length == 0))
        {
            yield return $"Gateway:Dashboard:ExplorerUrl is '{ExplorerUrl}'; it must be an http or https address without query";
        }
    }
}

/// <summary>What the pages need to know of the service; the host supplies it.</summary>
/// <param name="Network">mainnet, testnet, signet or regtest.</param>
public sealed record DashboardScene(string Network);

/// <summary>A page of somebody else's that stands in the navigation, behind the same sign-in (<see cref="DashboardRoutes.RequireOperatorSession"/>).</summary>
/// <param name="Name">What the link says.</param>
/// <param name="Path">Where it leads, on the operator's listener.</param>
public sealed record FurtherPage(string Name, string Path);
