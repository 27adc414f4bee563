using Coordinator.Bitcoin;

namespace Coordinator.Dlc;

/// <summary>By which path an output of the contract is swept.</summary>
public enum SweepKind
{
    /// <summary>The funding output, by the keys of everybody.</summary>
    FundingClose,

    /// <summary>An outcome output by the market maker alone, 2Δ deep.</summary>
    OutcomeReclaim,

    /// <summary>An outcome output by the keys of the market maker and all its winners, at once.</summary>
    OutcomeClose,

    /// <summary>A split output by its winner with the ticket preimage, Δ deep.</summary>
    SplitWin,

    /// <summary>A split output by the market maker alone, 2Δ deep.</summary>
    SplitReclaim,

    /// <summary>A split output by the market maker with the payout preimage, at once.</summary>
    SplitSellback,

    /// <summary>A split output by the keys of market maker and winner, at once.</summary>
    SplitClose,
}

/// <summary>A spend was asked for with keys or preimages that do not open it. Never carries a secret.</summary>
public sealed class SpendRefusedException(string message) : Exception(message);

/// <summary>One output of a contract and the path by which it is swept. Made by the sweep methods of <see cref="TicketedDlc"/>.</summary>
public sealed class Sweep
{
    private readonly KeyAggregate? _group;
    private readonly PublicKey? _signer;
    private readonly TaprootOutput? _output;
    private readonly TapLeaf? _leaf;
    private readonly Hashlock? _lock;

    private Sweep(SweepKind kind, OutPoint outPoint, TxOut prevout, uint sequence)
        => (Kind, OutPoint, Prevout, Sequence) = (kind, outPoint, prevout, sequence);

    private Sweep(SweepKind kind, OutPoint outPoint, TxOut prevout, uint sequence, KeyAggregate group)
        : this(kind, outPoint, prevout, sequence) => _group = group;

    private Sweep(
        SweepKind kind, OutPoint outPoint, TxOut prevout, uint sequence, PublicKey signer, TaprootOutput output, TapLeaf leaf, Hashlock? hashlock)
        : this(kind, outPoint, prevout, sequence) => (_signer, _output, _leaf, _lock) = (signer, output, leaf, hashlock);

    public SweepKind Kind { get; }

    public OutPoint OutPoint { get; }

    public TxOut Prevout { get; }

    /// <summary>nSequence of the input: for reclaim and win the blocks that its parent must be deep.</summary>
    public uint Sequence { get; }

    /// <summary>
    /// The blocks after the parent's own block from which this may be mined: with the parent at height h it may be broadcast from tip
    /// h + this − 1. Zero for the paths without a delay.
    /// </summary>
    public int BlocksAfterParent => Kind is SweepKind.OutcomeReclaim or SweepKind.SplitWin or SweepKind.SplitReclaim ? (int)Sequence : 0;

    /// <summary>True where the keys of several parties are needed (<see cref="SweepTransaction.SignClose"/>).</summary>
    public bool IsClose => _group is not null;

    /// <summary>The keys that a close needs, in order; the one key of the other paths.</summary>
    public IReadOnlyList<PublicKey> Signers => _group is not null ? _group.Keys : [_signer!];

    /// <summary>The weight of the signed input without outpoint and sequence.</summary>
    internal int InputWeight => _leaf is null
        ? ContractWeights.Input(64)
        : _lock is null
            ? ContractWeights.Input(64, _leaf.Script.Length, ControlBlockLength)
            : ContractWeights.Input(64, 32, _leaf.Script.Length, ControlBlockLength);

    private int ControlBlockLength => 33 + _output!.Tree!.PathOf(_leaf!)!.Length;

    internal static Sweep Close(SweepKind kind, OutPoint outPoint, TxOut prevout, uint sequence, KeyAggregate group)
        => new(kind, outPoint, prevout, sequence, group);

    internal static Sweep ByLeaf(
        SweepKind kind, OutPoint outPoint, TxOut prevout, uint sequence, PublicKey signer, TaprootOutput output, TapLeaf leaf, Hashlock? hashlock = null)
        => new(kind, outPoint, prevout, sequence, signer, output, leaf, hashlock);

    internal byte[][] Witness(SighashCache sighashes, int input, SecretKey key, ReadOnlySpan<byte> preimage)
    {
        if (_leaf is null)
        {
            throw new SpendRefusedException($"{Kind} needs the keys of all {Signers.Count} parties");
        }

        if (!key.PublicKey.Equals(_signer))
        {
            throw new SpendRefusedException($"{Kind} needs the secret key of {_signer}");
        }

        if (_lock is not null && !_lock.IsOpenedBy(preimage))
        {
            throw new SpendRefusedException($"{Kind} needs the preimage of {_lock}");
        }

        var signature = SoloSignature.Sign(key, sighashes.TaprootScriptPath(input, _leaf));
        var control = _output!.ControlBlock(_leaf).ToBytes();
        return _lock is null
            ? [signature, _leaf.Script.ToBytes(), control]
            : [signature, preimage.ToArray(), _leaf.Script.ToBytes(), control];
    }

    internal byte[][] CloseWitness(SighashCache sighashes, int input, IReadOnlyCollection<SecretKey> keys)
    {
        if (_group is null)
        {
            throw new SpendRefusedException($"{Kind} is signed by one party");
        }

        var ordered = new SecretKey[_group.Keys.Count];
        for (var i = 0; i < ordered.Length; i++)
        {
            ordered[i] = keys.FirstOrDefault(key => key.PublicKey.Equals(_group.Keys[i]))
                ?? throw new SpendRefusedException($"{Kind} needs the secret key of {_group.Keys[i]}");
        }

        using var secret = _group.GroupSecret(ordered);
        return [SoloSignature.Sign(secret, sighashes.TaprootKeyPath(input))];
    }
}
