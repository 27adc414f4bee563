using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Coordinator.Bitcoin;

namespace Coordinator.Competitions;

/// <summary>The contract of one competition: what is needed to find its stored parts and to read its indices.</summary>
/// <param name="Parameters">Hash of the canonical parameters JSON.</param>
/// <param name="FundingOutpoint">The pool.</param>
/// <param name="FundingPsbt">Hash of the stored PSBT.</param>
/// <param name="FundingFee">What the funding transaction pays to miners.</param>
/// <param name="FeeRate">The contract's rate.</param>
/// <param name="Seats">Entry id by player index: players stand in the order of their ticket ids.</param>
/// <param name="Players">Player index by oracle index: the oracle counts entries in the order of their ids (D6).</param>
/// <param name="Announcement">Hash of the stored announcement.</param>
/// <param name="Coins">The wallet's coins that the funding transaction spends.</param>
public sealed record ContractRef(
    Hash32 Parameters,
    OutPoint FundingOutpoint,
    Hash32 FundingPsbt,
    Satoshis FundingFee,
    FeeRate FeeRate,
    ImmutableArray<Guid> Seats,
    ImmutableArray<int> Players,
    Hash32 Announcement,
    ImmutableArray<OutPoint> Coins)
{
    /// <summary>The contract's player indices of the winners of an outcome, first place first.</summary>
    /// <param name="terms">The competition's terms.</param>
    /// <param name="outcome">A lock point's index, or −1 for expiry.</param>
    public ImmutableArray<int> Winners(CompetitionTerms terms, int outcome) => outcome < 0
        ? [.. Enumerable.Range(0, terms.Entries)]
        : [.. terms.Ranking.WinnersOf(outcome).Select(oracleIndex => Players[oracleIndex])];

    /// <summary>What the wallet keeps for fee-bumping children of this contract; null where it had too little, or the contract is older.</summary>
    public Satoshis? BumpReserve { get; init; }

    [JsonIgnore]
    public Txid FundingTxid => FundingOutpoint.Txid;

    public int IndexOf(Guid entry) => Seats.IndexOf(entry);
}
