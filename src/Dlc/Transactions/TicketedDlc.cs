using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Coordinator.Bitcoin;

namespace Coordinator.Dlc;

/// <summary>Which rules a contract is made by.</summary>
public enum ContractKind
{
    /// <summary>All rules and our own bounds: everything that is made today.</summary>
    Current,

    /// <summary>
    /// Without the rule about shared winners and without our own bounds: for known answers and contracts made before. In such a contract
    /// whichever winner confirms first may choose between outcomes that pay the same players differently.
    /// </summary>
    Legacy,
}

/// <summary>
/// A ticketed DLC: parameters and funding outpoint, and with them every transaction, script and digest. Immutable; serves any number of
/// threads. Holds ids and digests; transactions and trees are written anew when asked for. Unknown outcomes and win conditions are
/// programmer errors.
/// </summary>
public sealed partial class TicketedDlc
{
    private readonly ContractFacts _facts;
    private SigningItems? _signingItems;

    private TicketedDlc(ContractParameters parameters, OutPoint fundingOutpoint, ContractAmounts amounts, ContractFacts facts)
        => (Parameters, FundingOutpoint, Amounts, _facts) = (parameters, fundingOutpoint, amounts, facts);

    public ContractParameters Parameters { get; }

    public OutPoint FundingOutpoint { get; }

    public ContractAmounts Amounts { get; }

    /// <summary>Script and amount of the output at <see cref="FundingOutpoint"/>.</summary>
    public TxOut FundingOutput => _facts.FundingOutput;

    /// <summary>The sorted, untweaked aggregate of all players and the market maker: the key of every outcome signature.</summary>
    public KeyAggregate FundingKey => _facts.FundingKey;

    /// <summary>Every outcome that pays somebody, in order, the expiry last.</summary>
    public ImmutableArray<OutcomePayout> Outcomes => Parameters.OutcomePayouts.Entries;

    /// <summary>The number of wins over all outcomes.</summary>
    public int WinConditionCount => _facts.FirstWin[^1];

    /// <summary>Every win of every outcome, in order.</summary>
    public IEnumerable<WinCondition> WinConditions
        => Outcomes.SelectMany(entry => entry.Weights.Winners, (entry, winner) => new WinCondition(entry.Outcome, winner.PlayerIndex));

    /// <summary>Builds a contract, or says why it cannot be built.</summary>
    /// <param name="parameters">Validated here.</param>
    /// <param name="fundingOutpoint">The output that holds <see cref="FundingOutput"/>.</param>
    /// <param name="dlc">The contract.</param>
    /// <param name="refusal">Why there is none.</param>
    /// <param name="kind">By which rules.</param>
    /// <param name="runner">How independent work is spread; one after the other where null.</param>
    public static bool TryCreate(
        ContractParameters parameters,
        OutPoint fundingOutpoint,
        [NotNullWhen(true)] out TicketedDlc? dlc,
        [NotNullWhen(false)] out ContractRefusal? refusal,
        ContractKind kind = ContractKind.Current,
        RangeRunner? runner = null)
    {
        dlc = null;
        refusal = Refusal(parameters, kind, out var amounts);
        if (refusal is null)
        {
            try
            {
                var facts = new ContractBuilder(parameters, fundingOutpoint, amounts!, runner ?? RangeRunners.Sequential).Build();
                dlc = new TicketedDlc(parameters, fundingOutpoint, amounts!, facts);
                return true;
            }
            catch (MuSigException degenerate)
            {
                refusal = new ContractRefusal(ContractRefusalKind.DegenerateKey, degenerate.Message);
            }
        }

        return false;
    }

    /// <inheritdoc cref="TryCreate"/>
    /// <exception cref="ContractRefusedException">It cannot be built.</exception>
    public static TicketedDlc Create(ContractParameters parameters, OutPoint fundingOutpoint, RangeRunner? runner = null)
        => TryCreate(parameters, fundingOutpoint, out var dlc, out var refusal, ContractKind.Current, runner)
            ? dlc
            : throw new ContractRefusedException(refusal);

    /// <summary>Builds a contract of the legacy kind; see <see cref="ContractKind.Legacy"/>.</summary>
    /// <exception cref="ContractRefusedException">It cannot be built.</exception>
    public static TicketedDlc CreateLegacy(ContractParameters parameters, OutPoint fundingOutpoint, RangeRunner? runner = null)
        => TryCreate(parameters, fundingOutpoint, out var dlc, out var refusal, ContractKind.Legacy, runner)
            ? dlc
            : throw new ContractRefusedException(refusal);

    /// <summary>Why no contract of this kind can be made of the parameters, without building it; null where one can.</summary>
    public static ContractRefusal? Check(ContractParameters parameters, ContractKind kind = ContractKind.Current)
        => Refusal(parameters, kind, out _);

    /// <summary><c>{"params","funding_outpoint"}</c> as dlctix writes it.</summary>
    public byte[] ToJsonBytes()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
        {
            TicketedDlcJson.Write(writer, Parameters, FundingOutpoint);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads what <see cref="ToJsonBytes"/> writes, validates and builds it by the rules of its kind.</summary>
    /// <exception cref="DlcFormatException">Not the JSON of a contract.</exception>
    /// <exception cref="ContractRefusedException">It cannot be built.</exception>
    public static TicketedDlc Parse(ReadOnlySpan<byte> utf8Json, ContractKind kind = ContractKind.Current, RangeRunner? runner = null)
    {
        var (parameters, outpoint) = StrictJson.ReadDocument(
            utf8Json, ContractParameters.MaxJsonBytes, "contract", (ref Utf8JsonReader reader) => TicketedDlcJson.Read(ref reader, "params"));
        return TryCreate(parameters, outpoint, out var dlc, out var refusal, kind, runner) ? dlc : throw new ContractRefusedException(refusal);
    }

    /// <summary>The aggregate of market maker and winners of an outcome, sorted and untweaked: the key of its split signatures.</summary>
    public KeyAggregate WinnersKey(Outcome outcome) => _facts.Groups[_facts.GroupOf[PositionOf(outcome)]];

    /// <summary>How the outcome's output can be spent. Built anew at every call.</summary>
    public OutcomeOutput OutcomeOutput(Outcome outcome)
    {
        var position = PositionOf(outcome);
        return Dlc.OutcomeOutput.Of(Parameters, Outcomes[position], _facts.Groups[_facts.GroupOf[position]], _facts.ReclaimLeaf);
    }

    /// <summary>How a player's split output can be spent, in whichever outcome.</summary>
    public SplitOutput SplitOutput(int playerIndex) => _facts.SplitOutputs[playerIndex];

    /// <summary>The transaction that spends the funding output, unsigned: output 0 is the outcome's, then the anchor where there is one.</summary>
    public Transaction OutcomeTransaction(Outcome outcome)
        => ContractTransactions.Outcome(Parameters, FundingOutpoint, Amounts.OutcomeValue, OutcomeOutput(outcome));

    /// <summary>The transaction that spends an outcome's output, unsigned: one output per winner in order, then the anchor.</summary>
    public Transaction SplitTransaction(Outcome outcome)
    {
        var weights = Outcomes[PositionOf(outcome)].Weights;
        var shares = new long[weights.Count];
        return Amounts.Split(outcome, weights, shares) is { } refusal
            ? throw new ContractRefusedException(refusal)
            : ContractTransactions.Split(Parameters, new OutPoint(OutcomeTxid(outcome), 0), weights, shares, _facts.SplitOutputs);
    }

    public Txid OutcomeTxid(Outcome outcome) => Txid.FromWire(_facts.OutcomeTxid(PositionOf(outcome)));

    public Txid SplitTxid(Outcome outcome) => Txid.FromWire(_facts.SplitTxid(PositionOf(outcome)));

    /// <summary>The 32 bytes that everybody signs for an outcome: under its locking point, the expiry plainly.</summary>
    public ReadOnlyMemory<byte> OutcomeSighash(Outcome outcome) => _facts.OutcomeSighashMemory(PositionOf(outcome));

    /// <summary>The 32 bytes that market maker and winners of the outcome sign for one winner's split leaf.</summary>
    public ReadOnlyMemory<byte> SplitSighash(WinCondition win) => _facts.SplitSighashMemory(PositionOf(win));

    /// <summary>The adaptor point of the outcome's signature, null for the expiry.</summary>
    public PublicKey? LockingPoint(Outcome outcome) => outcome.IsExpiry ? null : Parameters.Event.LockingPoints[outcome.AttestationIndex];

    /// <summary>What each winner of the outcome gets, in ascending order of player index.</summary>
    public ImmutableArray<Satoshis> Payouts(Outcome outcome) => Amounts.Split(outcome, Outcomes[PositionOf(outcome)].Weights);

    /// <summary>Exactly the winner's output in the outcome's split.</summary>
    public Satoshis PayoutOf(WinCondition win) => Payouts(win.Outcome)[SplitOutputIndex(win)];

    /// <summary>The winner's output in the outcome's split: its position among the winners, not its player index.</summary>
    public int SplitOutputIndex(WinCondition win) => PositionOf(win) - _facts.FirstWin[PositionOf(win.Outcome)];

    /// <summary>The outcome that an attestation (32 bytes) unlocks, whether or not it pays anybody; null where it unlocks none.</summary>
    public Outcome? FindOutcome(ReadOnlySpan<byte> attestation32) => Attestations.PointOf(attestation32) is { } point
        ? Parameters.Event.OutcomeOf(point)
        : null;

    /// <summary>The outcome whose transaction made this output of the contract; null for any other output.</summary>
    public Outcome? FindOutcomeOf(OutPoint outcomeOutput)
    {
        for (var i = 0; outcomeOutput.Vout == 0 && i < Outcomes.Length; i++)
        {
            if (_facts.OutcomeTxid(i).SequenceEqual(outcomeOutput.Txid.Wire))
            {
                return Outcomes[i].Outcome;
            }
        }

        return null;
    }

    /// <summary>Everything that is signed for this contract, collected at the first call.</summary>
    public SigningItems SigningItems()
        => Volatile.Read(ref _signingItems) ?? Interlocked.CompareExchange(ref _signingItems, Dlc.SigningItems.Of(this), null) ?? _signingItems!;

    /// <summary>True where the contract has such an outcome that pays somebody.</summary>
    public bool Pays(Outcome outcome) => Parameters.OutcomePayouts.PositionOf(outcome) >= 0;

    /// <summary>The position of an outcome in <see cref="Outcomes"/>.</summary>
    /// <exception cref="ArgumentException">It pays nobody.</exception>
    public int PositionOf(Outcome outcome) => Parameters.OutcomePayouts.PositionOf(outcome) is var position and >= 0
        ? position
        : throw new ArgumentException($"{outcome} is no outcome of this contract", nameof(outcome));

    /// <summary>The position of a win condition in <see cref="WinConditions"/>.</summary>
    /// <exception cref="ArgumentException">There is no such win.</exception>
    public int PositionOf(WinCondition win)
    {
        var position = PositionOf(win.Outcome);
        return Outcomes[position].Weights.PositionOf(win.PlayerIndex) is var index and >= 0
            ? _facts.FirstWin[position] + index
            : throw new ArgumentException($"{win} is no win condition of this contract", nameof(win));
    }

    private static ContractRefusal? Refusal(ContractParameters parameters, ContractKind kind, out ContractAmounts? amounts)
    {
        amounts = null;
        var current = kind == ContractKind.Current;
        if ((current ? ContractValidation.Check(parameters) : ContractValidation.CheckLegacy(parameters)) is { } invalid)
        {
            return invalid;
        }

        (amounts, var unpaid) = ContractAmounts.Of(parameters);
        if (amounts is null)
        {
            return unpaid;
        }

        var shares = new long[parameters.Players.Length];
        foreach (var (outcome, weights) in parameters.OutcomePayouts.Entries)
        {
            if (amounts.Split(outcome, weights, shares) is { } refusal)
            {
                return refusal;
            }
        }

        return current ? ContractBounds.Check(parameters) : null;
    }
}
