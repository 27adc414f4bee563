using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Coordinator.Bitcoin;

namespace Coordinator.Dlc;

/// <summary>
/// A transaction that sweeps one or more outputs of contracts to one script. Immutable: signing an input answers a new one. Signing is
/// deterministic, so signing twice gives the same bytes.
/// </summary>
public sealed class SweepTransaction
{
    private readonly ImmutableArray<Sweep> _sweeps;
    private readonly SighashCache _sighashes;

    private SweepTransaction(ImmutableArray<Sweep> sweeps, Transaction transaction, SighashCache sighashes, Weight weight)
        => (_sweeps, Transaction, _sighashes, Weight) = (sweeps, transaction, sighashes, weight);

    /// <summary>With the witnesses signed so far.</summary>
    public Transaction Transaction { get; }

    /// <summary>The weight once every input is signed.</summary>
    public Weight Weight { get; }

    public ImmutableArray<Sweep> Sweeps => _sweeps;

    /// <summary>The outputs spent, in input order.</summary>
    public ImmutableArray<TxOut> Prevouts => _sighashes.Prevouts;

    public Satoshis Fee => Prevouts.Aggregate(Satoshis.Zero, (sum, prevout) => sum + prevout.Value) - Transaction.OutputValue;

    public bool IsComplete => Transaction.Inputs.All(input => input.Witness.Length > 0);

    /// <summary>Builds the unsigned transaction: inputs in the order given, everything after the fee to one output.</summary>
    /// <param name="sweeps">At least one, no outpoint twice.</param>
    /// <param name="destination">Where the money goes.</param>
    /// <param name="rate">The fee is rounded up.</param>
    /// <param name="transaction">The transaction.</param>
    /// <param name="refusal">Why there is none: the fee is not below the amount, or what is left is dust.</param>
    public static bool TryBuild(
        IEnumerable<Sweep> sweeps,
        Script destination,
        FeeRate rate,
        [NotNullWhen(true)] out SweepTransaction? transaction,
        [NotNullWhen(false)] out ContractRefusal? refusal)
    {
        var inputs = sweeps.ToImmutableArray();
        if (inputs.Length == 0 || inputs.DistinctBy(sweep => sweep.OutPoint).Count() != inputs.Length)
        {
            throw new ArgumentException("a sweep has at least one input and none twice", nameof(sweeps));
        }

        transaction = null;
        var weight = WeightOf(inputs, destination);
        var total = inputs.Aggregate(Satoshis.Zero, (sum, sweep) => sum + sweep.Prevout.Value);
        var fee = rate.FeeCeiling(weight);
        refusal = fee >= total
            ? new ContractRefusal(ContractRefusalKind.InsufficientFunds, $"a sweep of {total} cannot pay a fee of {fee}")
            : Dust.IsBelow(total - fee, destination)
                ? new ContractRefusal(ContractRefusalKind.DustAmount, $"a sweep would leave {total - fee}")
                : null;
        if (refusal is not null)
        {
            return false;
        }

        var unsigned = new Transaction(
            ContractTransactions.Version, inputs.Select(sweep => new TxIn(sweep.OutPoint, sweep.Sequence)), [new TxOut(total - fee, destination)], 0);
        transaction = new SweepTransaction(inputs, unsigned, new SighashCache(unsigned, inputs.Select(sweep => sweep.Prevout)), weight);
        return true;
    }

    /// <inheritdoc cref="TryBuild"/>
    /// <exception cref="ContractRefusedException">The fee is not below the amount, or what is left is dust.</exception>
    public static SweepTransaction Build(Script destination, FeeRate rate, params IEnumerable<Sweep> sweeps)
        => TryBuild(sweeps, destination, rate, out var transaction, out var refusal) ? transaction : throw new ContractRefusedException(refusal);

    /// <summary>Signs an input of a reclaim, win or sell-back.</summary>
    /// <param name="input">Index of the input, not of the output it spends.</param>
    /// <param name="key">The market maker's key, the winner's for a win.</param>
    /// <param name="preimage">32 bytes: the ticket preimage of a win, the payout preimage of a sell-back; else ignored.</param>
    /// <exception cref="SpendRefusedException">Another key or preimage, or a close.</exception>
    public SweepTransaction Sign(int input, SecretKey key, ReadOnlySpan<byte> preimage = default)
        => With(input, _sweeps[input].Witness(_sighashes, input, key, preimage));

    /// <summary>Signs an input of a close with the secret keys of all its parties, in any order; more of them do no harm.</summary>
    /// <exception cref="SpendRefusedException">A key is missing, or this is no close.</exception>
    public SweepTransaction SignClose(int input, IReadOnlyCollection<SecretKey> keys)
        => With(input, _sweeps[input].CloseWitness(_sighashes, input, keys));

    private SweepTransaction With(int input, byte[][] witness)
        => new(_sweeps, Transaction.WithWitness(input, witness), _sighashes, Weight);

    private static Weight WeightOf(ImmutableArray<Sweep> inputs, Script destination)
    {
        var bytes = 4 + ContractWeights.CompactSize(inputs.Length) + 1 + 8 + ContractWeights.CompactSize(destination.Length) + destination.Length + 4;
        return Weight.Of((4L * bytes) + 2 + inputs.Sum(sweep => (4L * 40) + sweep.InputWeight));
    }
}
