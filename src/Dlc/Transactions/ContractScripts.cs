using Coordinator.Bitcoin;

namespace Coordinator.Dlc;

/// <summary>The tapscripts of a contract. There is no unspendable internal key anywhere: every key path is a real aggregate.</summary>
internal static class ContractScripts
{
    /// <summary>A winner's way from the outcome output to the split: ticket preimage and the pre-made joint signature.</summary>
    /// <param name="outcome">Bound into the leaf where splits are bound, so that no other outcome's output can be spent by it.</param>
    /// <param name="bound">Whether splits are bound.</param>
    /// <param name="ticket">The winner's ticket hash.</param>
    /// <param name="joint">The untweaked aggregate of market maker and winners.</param>
    public static TapLeaf Split(Outcome outcome, bool bound, Hashlock ticket, XOnlyPublicKey joint)
    {
        var script = new ScriptBuilder();
        if (bound)
        {
            script.Number(outcome.Number).Op(Opcode.Drop);
        }

        return new TapLeaf(script.Op(Opcode.Sha256).Data(ticket.Bytes).Op(Opcode.EqualVerify).Key(joint).Op(Opcode.CheckSig).Build());
    }

    /// <summary>The market maker alone, 2Δ blocks after its parent.</summary>
    public static TapLeaf Reclaim(ContractParameters parameters) => new(new ScriptBuilder()
        .Number(parameters.ReclaimBlockDelay).Op(Opcode.CheckSequenceVerify, Opcode.Drop)
        .Key(parameters.MarketMaker.PublicKey.XOnly).Op(Opcode.CheckSig).Build());

    /// <summary>The winner with the ticket preimage, Δ blocks after the split.</summary>
    public static TapLeaf Win(ContractParameters parameters, Player player) => new(new ScriptBuilder()
        .Number(parameters.RelativeLocktimeBlockDelta).Op(Opcode.CheckSequenceVerify, Opcode.Drop)
        .Op(Opcode.Sha256).Data(player.TicketHash.Bytes).Op(Opcode.EqualVerify)
        .Key(player.PublicKey.XOnly).Op(Opcode.CheckSig).Build());

    /// <summary>The market maker with the payout preimage, at once.</summary>
    public static TapLeaf Sellback(ContractParameters parameters, Player player) => new(new ScriptBuilder()
        .Op(Opcode.Sha256).Data(player.PayoutHash.Bytes).Op(Opcode.EqualVerify)
        .Key(parameters.MarketMaker.PublicKey.XOnly).Op(Opcode.CheckSig).Build());
}
