using Coordinator.Bitcoin;

namespace Coordinator.Wallet;

/// <summary>What to pay.</summary>
public sealed record SpendOrder
{
    /// <summary>The intent that the coins are reserved for, see <see cref="ICoinReservations"/>.</summary>
    public required string Owner { get; init; }

    /// <summary>Paid in this order, from output 0 on; change comes last.</summary>
    public IReadOnlyList<TxOut> Outputs { get; init; } = [];

    /// <summary>Everything that may be used goes here, in place of <see cref="Outputs"/>; null otherwise.</summary>
    public Script? DrainTo { get; init; }

    public required FeeRate FeeRate { get; init; }

    /// <summary>Coins with fewer confirmations are left alone. Six for funding (D42).</summary>
    public int LeastConfirmations { get; init; } = 1;

    /// <summary>Above zero: change of at least this must remain, to hang a fee-bumping child on.</summary>
    public Satoshis LeastChange { get; init; }

    /// <summary>Above zero: an output of this to the wallet itself, after those ordered and before change; a coin for later children.</summary>
    public Satoshis KeepBack { get; init; }

    /// <summary>Refused above this fee; null: no limit.</summary>
    public Satoshis? MostFee { get; init; }

    /// <summary>Inputs of somebody else's lock that the transaction spends as well, in order of their names among the coins. Whoever finalises gives
    /// their witnesses.</summary>
    public IReadOnlyList<ForeignInput> Foreign { get; init; } = [];

    /// <summary>Only coins of this script are used; null: any.</summary>
    public Script? OnlyFrom { get; init; }
}

/// <summary>A child that pays for its parent.</summary>
public sealed record ChildOrder
{
    /// <summary>The intent that the coins are reserved for. Coins it has reserved already are taken first.</summary>
    public required string Owner { get; init; }

    /// <summary>The transaction to help, as it is or will be broadcast, with witnesses.</summary>
    public required Transaction Parent { get; init; }

    /// <summary>Its own fee.</summary>
    public required Satoshis ParentFee { get; init; }

    /// <summary>Which of its outputs the child spends: an anchor, or one of the wallet's.</summary>
    public required uint Output { get; init; }

    /// <summary>What both together are to pay.</summary>
    public required FeeRate FeeRate { get; init; }

    /// <summary>An earlier child on the same output that is to be replaced: its coins are used again, and its fee is beaten.</summary>
    public Transaction? Replaces { get; init; }

    /// <summary>Use no coin but those the owner has reserved.</summary>
    public bool OnlyReserved { get; init; }

    /// <summary>Of the added coins: at least 1, since packages of one parent and one child are what nodes relay.</summary>
    public int LeastConfirmations { get; init; } = 1;

    /// <summary>Refused above this fee of the child; null: no limit.</summary>
    public Satoshis? MostFee { get; init; }

    /// <summary>Where the rate asks for more than <see cref="MostFee"/>: pay that much, unless it is too little to be relayed at all.</summary>
    public bool UpToMostFee { get; init; }

    /// <summary>Somebody else's child on the same output, which this one has to drive out; null where there is none.</summary>
    public RivalChild? Rival { get; init; }
}

/// <summary>A child of a stranger.</summary>
/// <param name="Fee">Of it alone.</param>
/// <param name="VirtualBytes">Of it alone, above zero.</param>
public sealed record RivalChild(Satoshis Fee, long VirtualBytes);

/// <summary>A transaction of the wallet with its coins reserved, not yet signed. Its txid is final.</summary>
/// <param name="Unsigned">Without witnesses.</param>
/// <param name="Inputs">What it spends, in the order of its inputs; without a derivation where no signature is needed (anchors).</param>
/// <param name="Fee">Of this transaction alone.</param>
/// <param name="ChangeIndex">Which output is change, or null.</param>
/// <param name="ChangeDerivation">Where its key is, or null.</param>
public sealed record PreparedPayment(
    Transaction Unsigned, IReadOnlyList<PreparedInput> Inputs, Satoshis Fee, uint? ChangeIndex, Derivation? ChangeDerivation)
{
    public Txid Txid => Unsigned.Txid;
}

/// <summary>One input of a prepared payment.</summary>
/// <param name="Output">What it spends.</param>
/// <param name="Derivation">Where the key is, or null for an anchor.</param>
public sealed record PreparedInput(TxOut Output, Derivation? Derivation);
