using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Coordinator.Bitcoin;
using Coordinator.Dlc;

namespace Coordinator.Competitions;

/// <summary>What a creator asks for; the body of the create call (http-api §7.1). Nothing in it is trusted yet.</summary>
public sealed record ProposedTerms(
    Guid Id,
    DateTimeOffset SigningDate,
    DateTimeOffset StartObservation,
    DateTimeOffset EndObservation,
    ImmutableArray<string> Locations,
    int ValuesPerEntry,
    int Places,
    int Entries,
    long EntryFee,
    int FeePercent,
    long Pool,
    int? Delta)
{
    /// <summary>Confirmations before the first preimage is revealed; null: as the operator's configuration says.</summary>
    public int? SettlementDepth { get; init; }

    /// <summary>Played with escrows (D21).</summary>
    public bool Escrow { get; init; }

    /// <summary>T of the escrows in blocks; null: the least that fits.</summary>
    public int? EscrowRefundBlocks { get; init; }
}

/// <summary>What the operator's configuration adds to every new competition.</summary>
/// <param name="Network">Fixes depths, margins and the bounds of Δ.</param>
/// <param name="SettlementDepth">Confirmations of the funding transaction before a ticket preimage is revealed.</param>
/// <param name="SigningWindow">Time between the close of entries and the signing deadline (D38).</param>
/// <param name="MaxFeeRate">The highest contract fee rate that these terms allow.</param>
/// <param name="ContractRate">The rate at which the network fee of an entry is reckoned (D22, D23).</param>
/// <param name="Signing">Who holds the players' keys while the contract is signed.</param>
public sealed record TermsPolicy(
    Network Network,
    int SettlementDepth,
    TimeSpan SigningWindow,
    FeeRate MaxFeeRate,
    FeeRate ContractRate,
    SigningMode Signing = SigningMode.Local)
{
    /// <summary>How long the signed contract waits for players to take their signatures before the pool is funded (D11).</summary>
    public TimeSpan SignatureGrace { get; init; } = CompetitionTerms.DefaultSignatureGrace;

    /// <summary>The most seats that one player may hold.</summary>
    public int EntriesPerPlayer { get; init; } = CompetitionTerms.MostEntries;

    /// <summary>Blocks past g+2Δ after which an unclaimed share of a sold seat is taken without a release; null: never (D20).</summary>
    public int? ReclaimGrace { get; init; }
}

/// <summary>How a contract is signed.</summary>
public enum SigningMode
{
    /// <summary>Every player's client draws nonces and signs itself, over HTTP.</summary>
    Local,

    /// <summary>Through a Keymeld gateway: players leave an encrypted key with their entry and need not be there.</summary>
    Keymeld,
}

/// <summary>Accepted terms of one competition; they never change.</summary>
/// <param name="Delta">Δ in blocks (D7).</param>
/// <param name="NetworkFee">Added to every ticket's price for the chain's fees (D23), whole satoshis.</param>
/// <param name="SettlementDepth">Confirmations before the first preimage is revealed.</param>
public sealed record CompetitionTerms(
    Guid Id,
    DateTimeOffset SigningDate,
    DateTimeOffset StartObservation,
    DateTimeOffset EndObservation,
    ImmutableArray<string> Locations,
    int ValuesPerEntry,
    int Places,
    int Entries,
    Satoshis EntryFee,
    int FeePercent,
    Satoshis Pool,
    int Delta,
    Network Network,
    int SettlementDepth,
    TimeSpan SigningWindow,
    FeeRate MaxFeeRate,
    Satoshis NetworkFee,
    SigningMode Signing = SigningMode.Local)
{
    /// <summary>The deepest settlement that terms may ask for.</summary>
    public const int DeepestSettlement = 100;

    /// <summary>The most entries of any competition (D5).</summary>
    public const int MostEntries = 25;

    internal static readonly TimeSpan DefaultSignatureGrace = TimeSpan.FromMinutes(10);

    /// <summary>How long the signed contract waits for players to take their signatures before the pool is funded.</summary>
    public TimeSpan SignatureGrace { get; init; } = DefaultSignatureGrace;

    /// <summary>The most seats that one player may hold.</summary>
    public int EntriesPerPlayer { get; init; } = MostEntries;

    /// <summary>Blocks past g+2Δ after which a sold winner's unclaimed share is taken without a release; null: never (D20).</summary>
    public int? ReclaimGrace { get; init; }

    /// <summary>How it is played with escrows; null: hold invoices alone stand for the tickets until the pool is funded.</summary>
    public EscrowOption? Escrow { get; init; }

    /// <summary>Players are needed when the pool is made: to sign the contract, or their escrow's input of the funding transaction (D38).</summary>
    [JsonIgnore]
    public bool PlayersSign => Signing == SigningMode.Local || Escrow is not null;

    /// <summary>The value of the fee anchor on outcome, expiry and split transactions (D1).</summary>
    public static Satoshis Anchor => Satoshis.Of(240);

    [JsonIgnore]
    public NetworkProfile Profile => NetworkProfile.Of(Network);

    /// <summary>Entries are taken until this moment: the start, or, where players sign themselves, the signing window before it (D38).</summary>
    [JsonIgnore]
    public DateTimeOffset Close => PlayersSign ? StartObservation - SigningWindow : StartObservation;

    /// <summary>Everything up to the funding broadcast is over by this moment, or the competition is cancelled: one window after the close.</summary>
    [JsonIgnore]
    public DateTimeOffset SigningDeadline => Close + SigningWindow;

    /// <summary>The event's lock time: unix seconds of the signing date plus one day.</summary>
    [JsonIgnore]
    public uint Expiry => checked((uint)(SigningDate.ToUnixTimeSeconds() + 86_400));

    /// <summary>The coordinator's share of a ticket, rounded half away from zero.</summary>
    [JsonIgnore]
    public Satoshis CoordinatorFee => Satoshis.Of(((EntryFee.Value * FeePercent) + 50) / 100);

    /// <summary>What one ticket costs over Lightning.</summary>
    [JsonIgnore]
    public Satoshis Price => EntryFee + CoordinatorFee + NetworkFee;

    /// <summary>All rankings the oracle may attest, plus the refund of all.</summary>
    [JsonIgnore]
    public OutcomeRanking Ranking => OutcomeRanking.Of(Entries, Places);
}
