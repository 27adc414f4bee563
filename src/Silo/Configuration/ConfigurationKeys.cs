namespace Coordinator.Silo;

/// <summary>Every key of the configuration, in the order of the reference.</summary>
internal static class ConfigurationKeys
{
    public static IReadOnlyList<ConfigurationKey> All { get; } =
    [
        .. ServiceRows.Network, .. ServiceRows.Data, .. ServiceRows.Storage, .. GatewayRows.Listeners, .. GatewayRows.Dashboard, .. GatewayRows.Limits, .. ChainRows.All, .. PeerRows.Lightning, .. PeerRows.Oracle,
        .. PeerRows.Keymeld, .. CompetitionRows.All, .. ServiceRows.Users, .. OrleansRows.All, .. TelemetryRows.All,
    ];

    /// <summary>The path of a row in the schema: a map's row has <c>:N</c> at its end.</summary>
    public static string PathOf(ConfigurationKey row) => row.Kind == KeyKind.Map ? row.Key[..row.Key.LastIndexOf(':')] : row.Key;

    /// <summary>Files with secrets that are there and that others than their owner may use, or that cannot be read.</summary>
    public static IEnumerable<string> SecretComplaints(SiloOptions options)
    {
        foreach (var row in All.Where(row => row.Kind == KeyKind.SecretFile))
        {
            if (ConfigurationSchema.ValueOf(options, row.Key) is string { Length: > 0 } path && SecretFile.Complaint(row.Key, path) is { } complaint)
            {
                yield return complaint;
            }
        }

        if (options.Data.KeyFile is null && SecretFile.Complaint("Data:KeyFile", options.Data.KeyPath) is { } own)
        {
            yield return own;
        }
    }
}
