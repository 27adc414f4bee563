namespace Coordinator.Lightning;

/// <summary>How to reach the node. Secrets are given by file path.</summary>
public sealed record LightningOptions
{
    /// <summary>gRPC address, https only, for example <c>https://127.0.0.1:10009</c>.</summary>
    public Uri? Address { get; init; }

    /// <summary>The node's <c>tls.cert</c> (PEM): exactly this certificate is accepted, whatever its names and dates say. The file is read
    /// again at each new connection, so a renewed certificate needs no restart. Empty: the system's trust store decides.</summary>
    public string TlsCertificatePath { get; init; } = "";

    /// <summary>The binary macaroon file, read again after a call that the node refused as unauthorized.</summary>
    public string MacaroonPath { get; init; } = "";

    /// <summary>Deadline of one answer, 1 second to 5 minutes.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>First pause before a watch reconnects; doubles up to <see cref="LongestReconnectPause"/>.</summary>
    public TimeSpan FirstReconnectPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest pause before a watch reconnects, not below the first one, at most 5 minutes.</summary>
    public TimeSpan LongestReconnectPause { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Blocks before an HTLC's timeout at which the node cancels a held invoice by itself (<c>invoices.holdexpirydelta</c>): 18
    /// since
    /// LND 0.21, 12 before. The node does not tell it; check it against <c>lnd.conf</c>. Acting early is harmless.</summary>
    public int HoldExpiryDelta { get; init; } = 18;

    /// <summary>Largest message accepted from the node, in bytes, 64 KiB to 200 MiB.</summary>
    public int MaxMessageBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>All complaints about these options; empty when they can be used. Files are checked for existence, not for
    /// content.</summary>
    public IReadOnlyList<string> Validate() => [.. ValidateValues(), .. ValidateFiles()];

    /// <summary>The complaints about files alone: certificate and macaroon have to be there.</summary>
    public IReadOnlyList<string> ValidateFiles()
    {
        var complaints = new List<string>();
        if (TlsCertificatePath.Length > 0 && !File.Exists(TlsCertificatePath))
        {
            complaints.Add($"Lightning:TlsCertificatePath is '{TlsCertificatePath}'; there is no such file");
        }

        if (MacaroonPath.Length > 0 && !File.Exists(MacaroonPath))
        {
            complaints.Add($"Lightning:MacaroonPath is '{MacaroonPath}'; there is no such file");
        }

        return complaints;
    }

    /// <summary>The complaints about values alone; touches no file.</summary>
    public IReadOnlyList<string> ValidateValues()
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
            Address is { IsAbsoluteUri: true, Scheme: "https" },
            Address is null ? "Lightning:Address is missing" : "Lightning:Address must be an absolute https address");
        Require(MacaroonPath.Length > 0, "Lightning:MacaroonPath is missing");
        Require(
            CallTimeout >= TimeSpan.FromSeconds(1) && CallTimeout <= TimeSpan.FromMinutes(5),
            "Lightning:CallTimeout must be 1 second to 5 minutes");
        Require(FirstReconnectPause > TimeSpan.Zero, "Lightning:FirstReconnectPause must be above zero");
        Require(
            LongestReconnectPause >= FirstReconnectPause && LongestReconnectPause <= TimeSpan.FromMinutes(5),
            "Lightning:LongestReconnectPause must lie between the first one and 5 minutes");
        Require(HoldExpiryDelta is >= 1 and <= 144, "Lightning:HoldExpiryDelta must be 1 to 144 blocks");
        Require(MaxMessageBytes is >= 64 * 1024 and <= 200 * 1024 * 1024, "Lightning:MaxMessageBytes must be 64 KiB to 200 MiB");
        return complaints;
    }
}
