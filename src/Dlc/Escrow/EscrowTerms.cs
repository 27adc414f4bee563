using Coordinator.Bitcoin;

namespace Coordinator.Dlc;

/// <summary>
/// The lock of one ticket's escrow (P2WSH): <c>or_d(multi(2,C,U),or_i(and_v(v:pk(U),and_v(v:sha256(h),older(T))),and_v(v:pk(C),older(T+144))))</c>.
/// Both together at once; the player with the ticket preimage from T blocks on; the coordinator alone 144 blocks later. Equal by content.
/// </summary>
public sealed record EscrowTerms
{
    /// <summary>Blocks between the player's path and the coordinator's own.</summary>
    public const int ReclaimAfter = 144;

    /// <summary>The largest T: the coordinator's path must fit a relative lock time of 16 bits (BIP-68).</summary>
    public const int MostRefundBlocks = 65_535 - ReclaimAfter;

    /// <param name="coordinator">C.</param>
    /// <param name="player">U: the entry's key.</param>
    /// <param name="ticketHash">h: SHA-256 of the ticket preimage.</param>
    /// <param name="refundBlocks">T, from 1 to <see cref="MostRefundBlocks"/>.</param>
    /// <exception cref="ArgumentException">T is out of range, or both keys are one.</exception>
    public EscrowTerms(PublicKey coordinator, PublicKey player, Hashlock ticketHash, int refundBlocks)
    {
        if (refundBlocks is < 1 or > MostRefundBlocks)
        {
            throw new ArgumentException($"an escrow's refund opens after 1 to {MostRefundBlocks} blocks, not {refundBlocks}", nameof(refundBlocks));
        }

        if (coordinator.XOnly.Equals(player.XOnly))
        {
            throw new ArgumentException("coordinator and player have keys of their own", nameof(player));
        }

        (Coordinator, Player, TicketHash, RefundBlocks) = (coordinator, player, ticketHash, refundBlocks);
        WitnessScript = Compile();
        ScriptPubKey = Script.PayToWitnessScriptHash(WitnessScript);
    }

    public PublicKey Coordinator { get; }

    public PublicKey Player { get; }

    public Hashlock TicketHash { get; }

    /// <summary>T: how deep the escrow is buried when the player's own path opens.</summary>
    public int RefundBlocks { get; }

    /// <summary>T+144.</summary>
    public int ReclaimBlocks => RefundBlocks + ReclaimAfter;

    public Script WitnessScript { get; }

    public Script ScriptPubKey { get; }

    /// <summary>The output descriptor with its checksum (BIP-380, BIP-379): it says how the script was made. A node calls it not sane, because it names
    /// keys twice, and does not import it: there it is watched as <c>raw(…)</c> of the output's script.</summary>
    public string Descriptor => DescriptorChecksum.Append(
        $"wsh(or_d(multi(2,{Coordinator},{Player}),or_i(and_v(v:pk({Player}),and_v(v:sha256({TicketHash}),older({RefundBlocks}))),"
        + $"and_v(v:pk({Coordinator}),older({ReclaimBlocks})))))");

    /// <summary>The output to fund.</summary>
    public TxOut Output(Satoshis value) => new(value, ScriptPubKey);

    private Script Compile() => new ScriptBuilder()
        .Number(2).Key(Coordinator).Key(Player).Number(2).Op(Opcode.CheckMultiSig, Opcode.IfDup, Opcode.NotIf)
        .Op(Opcode.If)
        .Key(Player).Op(Opcode.CheckSigVerify)
        .Op(Opcode.Size).Number(32).Op(Opcode.EqualVerify, Opcode.Sha256).Data(TicketHash.Bytes).Op(Opcode.EqualVerify)
        .Number(RefundBlocks).Op(Opcode.CheckSequenceVerify)
        .Op(Opcode.Else)
        .Key(Coordinator).Op(Opcode.CheckSigVerify).Number(ReclaimBlocks).Op(Opcode.CheckSequenceVerify)
        .Op(Opcode.EndIf, Opcode.EndIf)
        .Build();
}

/// <summary>An escrow on the chain.</summary>
/// <param name="Terms">Its lock.</param>
/// <param name="OutPoint">Where it is.</param>
/// <param name="Value">What it holds.</param>
public sealed record EscrowOutput(EscrowTerms Terms, OutPoint OutPoint, Satoshis Value)
{
    public TxOut Output => Terms.Output(Value);

    /// <summary>The output of this transaction that these terms lock; null unless there is exactly one, of exactly this value.</summary>
    public static EscrowOutput? Find(EscrowTerms terms, Transaction transaction, Satoshis value)
    {
        var places = Enumerable.Range(0, transaction.Outputs.Length).Where(i => transaction.Outputs[i].ScriptPubKey.Equals(terms.ScriptPubKey)).ToList();
        return places is [var at] && transaction.Outputs[at].Value == value ? new EscrowOutput(terms, transaction.OutPoint((uint)at), value) : null;
    }
}
