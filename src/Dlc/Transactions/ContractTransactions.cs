using Coordinator.Bitcoin;

namespace Coordinator.Dlc;

/// <summary>Writes the unsigned transactions of a contract.</summary>
internal static class ContractTransactions
{
    public const int Version = 2;

    /// <summary>The sequence of outcome and expiry transactions: lock time enabled, not replaceable.</summary>
    public const uint OutcomeSequence = 0xffff_fffe;

    public static Transaction Outcome(ContractParameters parameters, OutPoint funding, Satoshis value, OutcomeOutput output)
        => new(
            Version,
            [new TxIn(funding, OutcomeSequence)],
            WithAnchor(parameters, [new TxOut(value, output.Taproot.ScriptPubKey)]),
            output.Outcome.IsExpiry ? parameters.Event.Expiry ?? 0 : 0);

    public static Transaction Split(
        ContractParameters parameters, OutPoint outcome, PayoutWeights weights, ReadOnlySpan<long> amounts, ReadOnlySpan<SplitOutput> players)
    {
        var outputs = new TxOut[weights.Count];
        for (var i = 0; i < outputs.Length; i++)
        {
            outputs[i] = new TxOut(Satoshis.Of(amounts[i]), players[weights.Winners[i].PlayerIndex].Taproot.ScriptPubKey);
        }

        return new Transaction(Version, [new TxIn(outcome, parameters.RelativeLocktimeBlockDelta)], WithAnchor(parameters, outputs), 0);
    }

    private static TxOut[] WithAnchor(ContractParameters parameters, TxOut[] outputs)
        => parameters.AnchorSatoshis is { } anchor ? [.. outputs, new TxOut(Satoshis.Of((long)anchor), Script.PayToAnchor)] : outputs;
}
