namespace Coordinator.Wallet;

/// <summary>How the wallet looks for its coins.</summary>
public sealed record WalletOptions
{
    /// <summary>Unused scripts in a row after which a keychain ends, 1 to 1,000.</summary>
    public int StopGap { get; init; } = 20;

    /// <summary>Scripts asked for at once, 1 to 50.</summary>
    public int ScanParallelism { get; init; } = 5;

    /// <summary>Scripts behind the one asked for that a source hears of at once, where it has to look through the chain for them; 20 to 10,000.</summary>
    public int WatchAhead { get; init; } = 200;

    /// <summary>All complaints about these options; empty when they can be used.</summary>
    public IReadOnlyList<string> Validate()
    {
        var complaints = new List<string>();
        if (StopGap is < 1 or > 1_000)
        {
            complaints.Add("wallet: stop gap must be 1 to 1000");
        }

        if (ScanParallelism is < 1 or > 50)
        {
            complaints.Add("wallet: scan parallelism must be 1 to 50");
        }

        if (WatchAhead is < 20 or > 10_000)
        {
            complaints.Add("wallet: watch ahead must be 20 to 10000");
        }

        return complaints;
    }
}
