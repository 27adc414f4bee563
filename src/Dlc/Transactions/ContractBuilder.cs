using Coordinator.Bitcoin;

namespace Coordinator.Dlc;

/// <summary>
/// Derives what a contract must remember. Keys are aggregated once per set of winners; every outcome is then independent of the others,
/// so ranges of outcomes may run in parallel.
/// </summary>
internal sealed class ContractBuilder(ContractParameters parameters, OutPoint funding, ContractAmounts amounts, RangeRunner runner)
{
    private readonly TapLeaf _reclaim = ContractScripts.Reclaim(parameters);

    public ContractFacts Build()
    {
        var fundingKey = FundingOutput.KeyOf(parameters);
        var facts = new ContractFacts(parameters.OutcomePayouts, fundingKey, FundingOutput.Of(parameters, fundingKey))
        {
            Groups = Groups(out var groupOf),
            GroupOf = groupOf,
            SplitOutputs = new SplitOutput[parameters.Players.Length],
            ReclaimLeaf = _reclaim,
        };
        runner(facts.SplitOutputs.Length, (from, to) =>
        {
            for (var player = from; player < to; player++)
            {
                facts.SplitOutputs[player] = SplitOutput.Of(parameters, player, _reclaim);
            }
        });
        runner(parameters.OutcomePayouts.Count, (from, to) =>
        {
            for (var position = from; position < to; position++)
            {
                Derive(facts, position);
            }
        });
        return facts;
    }

    private KeyAggregate[] Groups(out int[] groupOf)
    {
        var entries = parameters.OutcomePayouts.Entries;
        var known = new Dictionary<PayoutWeights, int>(SameWinners.Instance);
        groupOf = new int[entries.Length];
        for (var i = 0; i < entries.Length; i++)
        {
            if (!known.TryGetValue(entries[i].Weights, out groupOf[i]))
            {
                known.Add(entries[i].Weights, groupOf[i] = known.Count);
            }
        }

        var groups = new KeyAggregate[known.Count];
        var winners = known.OrderBy(pair => pair.Value).Select(pair => pair.Key).ToArray();
        runner(groups.Length, (from, to) =>
        {
            for (var i = from; i < to; i++)
            {
                groups[i] = KeyAggregate.OfSorted(
                    winners[i].Winners.Select(winner => parameters.Players[winner.PlayerIndex].PublicKey).Append(parameters.MarketMaker.PublicKey));
            }
        });
        return groups;
    }

    private void Derive(ContractFacts facts, int position)
    {
        var payout = parameters.OutcomePayouts.Entries[position];
        var output = OutcomeOutput.Of(parameters, payout, facts.Groups[facts.GroupOf[position]], _reclaim);
        var outcome = ContractTransactions.Outcome(parameters, funding, amounts.OutcomeValue, output);
        outcome.Txid.Wire.CopyTo(facts.OutcomeTxid(position));
        new SighashCache(outcome, [facts.FundingOutput]).TaprootKeyPath(0).CopyTo(facts.OutcomeSighash(position));

        Span<long> shares = stackalloc long[payout.Weights.Count];
        if (amounts.Split(payout.Outcome, payout.Weights, shares) is { } refusal)
        {
            throw new ContractRefusedException(refusal);
        }

        var split = ContractTransactions.Split(parameters, outcome.OutPoint(0), payout.Weights, shares, facts.SplitOutputs);
        split.Txid.Wire.CopyTo(facts.SplitTxid(position));
        var sighashes = new SighashCache(split, [outcome.Outputs[0]]);
        for (var i = 0; i < payout.Weights.Count; i++)
        {
            sighashes.TaprootScriptPath(0, output.SplitLeaves[i]).CopyTo(facts.SplitSighash(facts.FirstWin[position] + i));
        }
    }
}

/// <summary>What a contract remembers: ids and digests, 32 bytes each, and the shared keys. Transactions are written anew when asked for.</summary>
internal sealed class ContractFacts
{
    private const int Size = 32;
    private const int PerOutcome = 3 * Size;
    private readonly byte[] _outcomes;
    private readonly byte[] _splitSighashes;

    public ContractFacts(OutcomePayouts payouts, KeyAggregate fundingKey, TxOut fundingOutput)
    {
        (FundingKey, FundingOutput) = (fundingKey, fundingOutput);
        FirstWin = new int[payouts.Count + 1];
        for (var i = 0; i < payouts.Count; i++)
        {
            FirstWin[i + 1] = FirstWin[i] + payouts.Entries[i].Weights.Count;
        }

        _outcomes = new byte[payouts.Count * PerOutcome];
        _splitSighashes = new byte[FirstWin[^1] * Size];
    }

    public KeyAggregate FundingKey { get; }

    public TxOut FundingOutput { get; }

    /// <summary>The position of each outcome's first win condition among all of them; one more at the end.</summary>
    public int[] FirstWin { get; }

    public required KeyAggregate[] Groups { get; init; }

    public required int[] GroupOf { get; init; }

    public required SplitOutput[] SplitOutputs { get; init; }

    public required TapLeaf ReclaimLeaf { get; init; }

    public Span<byte> OutcomeTxid(int position) => _outcomes.AsSpan(position * PerOutcome, Size);

    public Span<byte> SplitTxid(int position) => _outcomes.AsSpan((position * PerOutcome) + Size, Size);

    public Span<byte> OutcomeSighash(int position) => OutcomeSighashMemory(position).Span;

    public Memory<byte> OutcomeSighashMemory(int position) => _outcomes.AsMemory((position * PerOutcome) + (2 * Size), Size);

    public Span<byte> SplitSighash(int win) => SplitSighashMemory(win).Span;

    public Memory<byte> SplitSighashMemory(int win) => _splitSighashes.AsMemory(win * Size, Size);
}
