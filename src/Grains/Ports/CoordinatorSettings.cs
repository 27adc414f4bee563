using Coordinator.Bitcoin;
using Coordinator.Competitions;

namespace Coordinator.Grains;

/// <summary>What the grains need to know of the configuration.</summary>
public sealed record CoordinatorSettings
{
    public required Network Network { get; init; }

    /// <summary>Confirmations before a ticket preimage is revealed; mainnet at least 3.</summary>
    public int SettlementDepth { get; init; } = 1;

    /// <summary>Between the close of entries and the signing deadline.</summary>
    public TimeSpan SigningWindow { get; init; } = TimeSpan.FromHours(2);

    public FeeRate MaxFeeRate { get; init; } = FeeRate.FromSatPerVbyte(50);

    /// <summary>Confirmations of coins that fund a contract (D42).</summary>
    public int FundingCoinDepth { get; init; } = 6;

    /// <summary>The oracle's key, known out of band; null (regtest only): whatever the oracle says when an event is created.</summary>
    public PublicKey? OracleKey { get; init; }

    /// <summary>Between two looks at the oracle while an attestation is awaited.</summary>
    public TimeSpan OraclePoll { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Between two looks at an invoice whose stream said nothing.</summary>
    public TimeSpan InvoicePoll { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Between two looks at the chain while no block was reported.</summary>
    public TimeSpan ChainPoll { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The most routing fee of a payout, in parts per million of its amount; never below 10 sat.</summary>
    public int PayoutFeePpm { get; init; } = 10_000;

    /// <summary>The most seats that one player may hold in one competition.</summary>
    public int EntriesPerPlayer { get; init; } = CompetitionTerms.MostEntries;

    /// <summary>How long a player whose part was missing at the signing deadline gets no ticket (D10); zero: not at all.</summary>
    public TimeSpan BarTime { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Blocks past g+2Δ after which new competitions take an unclaimed share of a sold seat without a release; null: never (D20).</summary>
    public int? ReclaimGrace { get; init; }

    /// <summary>Entries have to prove that their player holds the entry's key; a proof that is given is always checked.</summary>
    public bool RequireKeyProof { get; init; }

    /// <summary>How new contracts are signed.</summary>
    public SigningMode Signing { get; init; } = SigningMode.Local;

    /// <summary>How long a signed contract waits for players to take their signatures before it is funded.</summary>
    public TimeSpan SignatureGrace { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The remote signing service; needed where <see cref="Signing"/> says so, and for competitions that began with it.</summary>
    public KeymeldSettings? Keymeld { get; init; }

    /// <summary>Takes no new money and funds nothing, whatever an operator says; every obligation goes on.</summary>
    public bool SettleOnly { get; init; }

    public NetworkProfile Profile => NetworkProfile.Of(Network);
}
