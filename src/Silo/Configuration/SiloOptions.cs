using Coordinator.Bitcoin;
using Coordinator.Gateway;
using Coordinator.Grains;
using Coordinator.Lightning;
using Coordinator.Oracle;

namespace Coordinator.Silo;

/// <summary>The whole configuration of the service. Every key has a default that fits a developer's machine; unknown keys are errors.</summary>
public sealed class SiloOptions
{
    /// <summary>mainnet, testnet, signet or regtest. Default regtest.</summary>
    public string Network { get; set; } = "regtest";

    public DataSection Data { get; set; } = new();

    public StorageSection Storage { get; set; } = new();

    public GatewayOptions Gateway { get; set; } = new();

    public ChainSection Chain { get; set; } = new();

    public LightningSection Lightning { get; set; } = new();

    public OracleSection Oracle { get; set; } = new();

    public KeymeldSection Keymeld { get; set; } = new();

    public CompetitionSection Competitions { get; set; } = new();

    public UserSection Users { get; set; } = new();

    public OrleansSection Orleans { get; set; } = new();

    public TelemetrySection Telemetry { get; set; } = new();

    internal Network BitcoinNetwork => Enum.Parse<Network>(Network, ignoreCase: true);

    /// <summary>Everything that is wrong, one sentence each, naming key and value; the files that are named are looked at, too.</summary>
    public IEnumerable<string> Complaints() => ValueComplaints(Engine.HasClusters).Concat(FileComplaints());

    /// <summary>What is wrong with the values; touches no file.</summary>
    /// <param name="hasClusters">Whether the engine that is to run with them has clusters.</param>
    public IEnumerable<string> ValueComplaints(bool hasClusters)
    {
        if (Network is not ("mainnet" or "testnet" or "signet" or "regtest"))
        {
            return [$"Network is '{Network}'; it must be mainnet, testnet, signet or regtest"];
        }

        // A gateway has listeners and nothing else.
        return Orleans.IsGateway ? [.. Gateway.ValueComplaints(), .. Orleans.Complaints(hasClusters), .. Telemetry.Complaints()] :
        [
            .. Orleans.Complaints(hasClusters), .. Data.Complaints(), .. Storage.Complaints(Data), .. Gateway.ValueComplaints(), .. Chain.Complaints(Network), .. Lightning.Complaints(), .. Lnd.ValidateValues(), .. OracleComplaints(),
            .. Keymeld.Complaints(BitcoinNetwork, Competitions.Signing == "keymeld"), .. Competitions.Complaints(BitcoinNetwork), .. Users.Complaints(),
            .. Telemetry.Complaints(),
        ];
    }

    /// <summary>What is wrong with the files that are named, or with their modes.</summary>
    internal IEnumerable<string> FileComplaints() =>
    [
        .. ConfigurationKeys.SecretComplaints(this), .. Gateway.FileComplaints(), .. Orleans.FileComplaints(), .. Telemetry.FileComplaints(),
        .. Orleans.IsGateway ? [] : Storage.FileComplaints().Concat(Chain.FileComplaints()).Concat(Lnd.ValidateFiles()),
    ];

    internal LightningOptions Lnd => new()
    {
        Address = Lightning.Address,
        TlsCertificatePath = Lightning.TlsCertificatePath,
        MacaroonPath = Lightning.MacaroonPath,
    };

    internal OracleOptions OracleClient => new() { BaseAddress = Oracle.Address ?? new Uri("http://127.0.0.1:9800") };

    internal CoordinatorSettings Settings => new()
    {
        Network = BitcoinNetwork,
        SettlementDepth = Competitions.SettlementDepth,
        SigningWindow = Competitions.SigningWindow,
        MaxFeeRate = FeeRate.FromSatPerVbyte(Competitions.MaxFeeRateSatPerVbyte),
        FundingCoinDepth = Competitions.FundingCoinDepth,
        OracleKey = Oracle.PublicKey is { } pinned ? PublicKey.Parse(pinned) : null,
        OraclePoll = Oracle.Poll,
        InvoicePoll = Lightning.InvoicePoll,
        ChainPoll = Chain.Poll,
        PayoutFeePpm = Lightning.PayoutFeePpm,
        EntriesPerPlayer = Competitions.EntriesPerPlayer,
        RequireKeyProof = Competitions.RequireKeyProof,
        Signing = Enum.Parse<Coordinator.Competitions.SigningMode>(Competitions.Signing, ignoreCase: true),
        SignatureGrace = Competitions.SignatureGrace,
        BarTime = Competitions.BarTime,
        ReclaimGrace = Competitions.ReclaimGraceBlocks,
        SettleOnly = Competitions.SettleOnly,
        Keymeld = Keymeld.Settings,
    };

    private IEnumerable<string> OracleComplaints()
    {
        if (Oracle.PublicKey is null ? BitcoinNetwork != Bitcoin.Network.Regtest : PublicKey.TryParse(Oracle.PublicKey) is null)
        {
            yield return $"Oracle:PublicKey is '{Oracle.PublicKey}'; off regtest it must be the oracle's compressed key, 66 hex digits";
        }

        foreach (var complaint in Oracle.Address is null ? ["Oracle:Address is missing"] : OracleClient.Complaints())
        {
            yield return complaint;
        }

        if (Oracle.Poll < TimeSpan.FromMilliseconds(50) || Oracle.Poll > TimeSpan.FromHours(1))
        {
            yield return $"Oracle:Poll is {Oracle.Poll}; it must be 50 ms to 1 h";
        }
    }
}

/// <summary>Where state and keys are.</summary>
public sealed class DataSection
{
    /// <summary>Folder of the databases; made where it is missing. Default ./data.</summary>
    public string Directory { get; set; } = "data";

    /// <summary>The coordinator's root key; made (mode 0600) where it is missing. Default coordinator_private_key.pem in the data folder.</summary>
    public string? KeyFile { get; set; }

    /// <summary>The generation mark; it must lie outside of what backups cover. Default: the data folder's name with .generation, next to it.</summary>
    public string? GenerationFile { get; set; }

    internal string MarkPath => GenerationFile is { } file ? Path.GetFullPath(file) : Path.TrimEndingDirectorySeparator(Path.GetFullPath(Directory)) + ".generation";

    internal IEnumerable<string> Complaints()
    {
        if (string.IsNullOrWhiteSpace(Directory))
        {
            yield return "Data:Directory is empty; it must name a folder";
        }
        else if (MarkPath.StartsWith(Path.TrimEndingDirectorySeparator(Path.GetFullPath(Directory)) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            yield return $"Data:GenerationFile is '{GenerationFile}'; it must lie outside of Data:Directory, or a copy of that folder takes it along";
        }
    }

    internal string KeyPath => KeyFile ?? Path.Combine(Directory, "coordinator_private_key.pem");
}

/// <summary>Accounts.</summary>
public sealed class UserSection
{
    /// <summary>Whether clients may send the password itself instead of a key derived from it. Default false.</summary>
    public bool AcceptPasswords { get; set; }

    /// <summary>Password hashes that run at the same time, each with 19 MiB. Default 2.</summary>
    public int HashesAtOnce { get; set; } = 2;

    /// <summary>Logins that may wait for one of them; the next ones are told to come again. Default 64.</summary>
    public int HashesWaiting { get; set; } = 64;

    internal IEnumerable<string> Complaints()
    {
        if (HashesAtOnce is < 1 or > 64)
        {
            yield return $"Users:HashesAtOnce is {HashesAtOnce}; it must be 1 to 64";
        }

        if (HashesWaiting is < 0 or > 10_000)
        {
            yield return $"Users:HashesWaiting is {HashesWaiting}; it must be 0 to 10000";
        }
    }
}

/// <summary>The Lightning node.</summary>
public sealed class LightningSection
{
    /// <summary>LND's gRPC address, https.</summary>
    public Uri? Address { get; set; }

    /// <summary>LND's certificate, PEM; pinned.</summary>
    public string TlsCertificatePath { get; set; } = string.Empty;

    /// <summary>A macaroon that may add, look up, settle and cancel invoices, and pay.</summary>
    public string MacaroonPath { get; set; } = string.Empty;

    /// <summary>Between two looks at an invoice whose stream said nothing. Default 30 s.</summary>
    public TimeSpan InvoicePoll { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The most routing fee of a payout, parts per million; never below 10 sat. Default 10 000.</summary>
    public int PayoutFeePpm { get; set; } = 10_000;

    internal IEnumerable<string> Complaints()
    {
        if (InvoicePoll < TimeSpan.FromMilliseconds(50) || InvoicePoll > TimeSpan.FromHours(1))
        {
            yield return $"Lightning:InvoicePoll is {InvoicePoll}; it must be 50 ms to 1 h";
        }

        if (PayoutFeePpm is < 0 or > 100_000)
        {
            yield return $"Lightning:PayoutFeePpm is {PayoutFeePpm}; it must be 0 to 100000";
        }
    }
}

/// <summary>The weather oracle.</summary>
public sealed class OracleSection
{
    public Uri? Address { get; set; }

    /// <summary>The oracle's compressed key in hex, known out of band. Must be set off regtest.</summary>
    public string? PublicKey { get; set; }

    /// <summary>Between two looks while an attestation is awaited. Default 10 s.</summary>
    public TimeSpan Poll { get; set; } = TimeSpan.FromSeconds(10);
}

/// <summary>What holds for every new competition.</summary>
public sealed class CompetitionSection
{
    /// <summary>Confirmations of the funding transaction before a ticket preimage is revealed; mainnet at least 3. Default 1.</summary>
    public int SettlementDepth { get; set; } = 1;

    /// <summary>How new contracts are signed: keymeld, or local, where every player's client has to be there. Default keymeld.</summary>
    public string Signing { get; set; } = "keymeld";

    /// <summary>The most seats that one player may hold in one competition. Default 5.</summary>
    public int EntriesPerPlayer { get; set; } = 5;

    /// <summary>Entries have to carry <c>ephemeral_pubkey_proof</c>. Clients of the old API send none; one that is sent is always checked.
    /// Default false.</summary>
    public bool RequireKeyProof { get; set; }

    /// <summary>Between the close of entries and the signing deadline. Default 2 h.</summary>
    public TimeSpan SigningWindow { get; set; } = TimeSpan.FromHours(2);

    /// <summary>How long a signed contract waits for players to take their signatures before it is funded, at most half the signing window. Default 10 min.</summary>
    public TimeSpan SignatureGrace { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a player whose part was missing at a signing deadline gets no ticket; zero switches it off. Default 1 day.</summary>
    public TimeSpan BarTime { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Blocks past the second lock time after which an unclaimed share of a sold seat is taken back without the operator's release;
    /// holds for competitions created from then on. Default none: never.</summary>
    public int? ReclaimGraceBlocks { get; set; }

    /// <summary>The highest contract fee rate. Default 50 sat/vB.</summary>
    public int MaxFeeRateSatPerVbyte { get; set; } = 50;

    /// <summary>Confirmations of coins that fund a contract; at least 6 off regtest. Default 6.</summary>
    public int FundingCoinDepth { get; set; } = 6;

    /// <summary>Takes no new money and funds nothing; every obligation goes on. Default false.</summary>
    public bool SettleOnly { get; set; }

    /// <summary>Cores that one contract computation may use. Default all.</summary>
    public int Cores { get; set; } = Environment.ProcessorCount;

    internal IEnumerable<string> Complaints(Network network)
    {
        var profile = Coordinator.Competitions.NetworkProfile.Of(network);
        var deepest = Coordinator.Competitions.CompetitionTerms.DeepestSettlement;
        if (SettlementDepth < profile.LeastSettlementDepth || SettlementDepth > deepest)
        {
            yield return $"Competitions:SettlementDepth is {SettlementDepth}; on {network} it must be {profile.LeastSettlementDepth} to {deepest}";
        }

        foreach (var complaint in DoorComplaints())
        {
            yield return complaint;
        }

        if (SigningWindow < TimeSpan.FromSeconds(10) || SigningWindow > TimeSpan.FromDays(2))
        {
            yield return $"Competitions:SigningWindow is {SigningWindow}; it must be 10 seconds to 2 days";
        }

        if (MaxFeeRateSatPerVbyte is < 1 or > 5_000)
        {
            yield return $"Competitions:MaxFeeRateSatPerVbyte is {MaxFeeRateSatPerVbyte}; it must be 1 to 5000";
        }

        if (FundingCoinDepth < (network == Network.Regtest ? 1 : 6) || FundingCoinDepth > 100)
        {
            yield return $"Competitions:FundingCoinDepth is {FundingCoinDepth}; on {network} it must be {(network == Network.Regtest ? 1 : 6)} to 100";
        }

        if (Cores < 1)
        {
            yield return $"Competitions:Cores is {Cores}; it must be at least 1";
        }
    }

    private IEnumerable<string> DoorComplaints()
    {
        if (EntriesPerPlayer is < 1 or > Coordinator.Competitions.CompetitionTerms.MostEntries)
        {
            yield return $"Competitions:EntriesPerPlayer is {EntriesPerPlayer}; it must be 1 to {Coordinator.Competitions.CompetitionTerms.MostEntries}";
        }

        if (BarTime < TimeSpan.Zero || BarTime > TimeSpan.FromDays(365))
        {
            yield return $"Competitions:BarTime is {BarTime}; it must be zero to 365 days";
        }

        if (ReclaimGraceBlocks is < 0 or > 1_000_000)
        {
            yield return $"Competitions:ReclaimGraceBlocks is {ReclaimGraceBlocks}; it must be 0 to 1000000, or absent";
        }

        if (Signing is not ("local" or "keymeld"))
        {
            yield return $"Competitions:Signing is '{Signing}'; it must be keymeld or local";
        }

        if (SignatureGrace < TimeSpan.Zero || SignatureGrace > TimeSpan.FromDays(1))
        {
            yield return $"Competitions:SignatureGrace is {SignatureGrace}; it must be zero to 1 day";
        }
    }
}
