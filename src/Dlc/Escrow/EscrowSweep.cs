using Coordinator.Bitcoin;

namespace Coordinator.Dlc;

/// <summary>
/// A transaction that takes one escrow home, by whichever way, to one script. Immutable; signing is deterministic, so signing twice gives
/// the same bytes.
/// </summary>
public sealed class EscrowSweep
{
    private readonly SighashCache _sighashes;

    private EscrowSweep(EscrowOutput escrow, EscrowPath path, Transaction unsigned, Satoshis fee)
    {
        (Escrow, Path, Unsigned, Fee) = (escrow, path, unsigned, fee);
        _sighashes = new SighashCache(unsigned, [escrow.Output]);
    }

    public EscrowOutput Escrow { get; }

    public EscrowPath Path { get; }

    public Transaction Unsigned { get; }

    public Satoshis Fee { get; }

    /// <summary>Builds it; everything after the fee goes to the script.</summary>
    /// <param name="escrow">What is spent.</param>
    /// <param name="path">By which way: fixes the sequence.</param>
    /// <param name="destination">Where it goes.</param>
    /// <param name="rate">The fee is rounded up, and reckoned for the longest signatures.</param>
    /// <returns>Null where nothing above the dust limit would be left.</returns>
    public static EscrowSweep? TryBuild(EscrowOutput escrow, EscrowPath path, Script destination, FeeRate rate)
    {
        var fee = rate.FeeCeiling(WeightOf(escrow.Terms, path, destination));
        if (fee >= escrow.Value || Dust.IsBelow(escrow.Value - fee, destination))
        {
            return null;
        }

        var input = new TxIn(escrow.OutPoint, escrow.Terms.Sequence(path));
        return new EscrowSweep(escrow, path, new Transaction(2, [input], [new TxOut(escrow.Value - fee, destination)], 0), fee);
    }

    /// <summary>The most it weighs once it is signed.</summary>
    public static Weight WeightOf(EscrowTerms terms, EscrowPath path, Script destination)
    {
        var outputBytes = 8 + ContractWeights.CompactSize(destination.Length) + destination.Length;
        return Weight.Of((4 * (4 + 1 + 1 + outputBytes + 4)) + 2) + terms.InputWeight(path);
    }

    /// <summary>One party's signature over it: DER and the type byte ALL.</summary>
    /// <exception cref="SpendRefusedException">The key is neither party's.</exception>
    public byte[] Sign(SecretKey key)
        => key.PublicKey.Equals(Escrow.Terms.Coordinator) || key.PublicKey.Equals(Escrow.Terms.Player)
            ? [.. Secp256k1.EcdsaSignDer(key, Digest()), (byte)SighashType.All]
            : throw new SpendRefusedException("the key is neither the coordinator's nor the player's of this escrow");

    /// <summary>True where this is the key's signature over it, of type ALL.</summary>
    public bool IsSignedBy(PublicKey key, ReadOnlySpan<byte> signature) => EscrowSignature.IsOver(Digest(), key, signature);

    /// <summary>Complete, with both signatures.</summary>
    /// <exception cref="SpendRefusedException">Another way, or a signature is wrong.</exception>
    public Transaction Together(byte[] coordinatorSignature, byte[] playerSignature)
    {
        Require(EscrowPath.Together);
        var (terms, digest) = (Escrow.Terms, Digest());
        return EscrowSignature.IsOver(digest, terms.Coordinator, coordinatorSignature) && EscrowSignature.IsOver(digest, terms.Player, playerSignature)
            ? Unsigned.WithWitness(0, terms.TogetherWitness(coordinatorSignature, playerSignature))
            : throw new SpendRefusedException("a signature is not over this transaction");
    }

    /// <summary>Complete, by the player alone.</summary>
    /// <exception cref="SpendRefusedException">Another way, another key, or not the ticket's preimage.</exception>
    public Transaction Refund(SecretKey player, ReadOnlySpan<byte> ticketPreimage)
    {
        Require(EscrowPath.Refund);
        return !Escrow.Terms.TicketHash.IsOpenedBy(ticketPreimage) ? throw new SpendRefusedException("this is not the ticket's preimage")
            : !player.PublicKey.Equals(Escrow.Terms.Player) ? throw new SpendRefusedException("this is not the player's key")
            : Unsigned.WithWitness(0, Escrow.Terms.RefundWitness(Sign(player), ticketPreimage));
    }

    /// <summary>Complete, by the coordinator alone.</summary>
    /// <exception cref="SpendRefusedException">Another way, or another key.</exception>
    public Transaction Reclaim(SecretKey coordinator)
    {
        Require(EscrowPath.Reclaim);
        return coordinator.PublicKey.Equals(Escrow.Terms.Coordinator)
            ? Unsigned.WithWitness(0, Escrow.Terms.ReclaimWitness(Sign(coordinator)))
            : throw new SpendRefusedException("this is not the coordinator's key");
    }

    private byte[] Digest() => _sighashes.WitnessV0(0, Escrow.Terms.WitnessScript.Bytes);

    private void Require(EscrowPath path)
    {
        if (Path != path)
        {
            throw new SpendRefusedException($"the transaction was built for the way '{Path}', not '{path}'");
        }
    }
}
