using Coordinator.Bitcoin;
using Coordinator.Dlc;
using Coordinator.Grains;

namespace Coordinator.Cluster.Tests;

/// <summary>A player's escrow: checked, signed into the pool, taken back.</summary>
internal sealed partial class TestPlayer
{
    /// <summary>The funding PSBT with this player's signature on its escrow, as the coordinator is sent it.</summary>
    public string EscrowPart(ContractView contract)
    {
        var psbt = Psbt.ParseBase64(contract.FundingPsbt);
        var escrow = Escrow()!;
        var input = EscrowPsbt.InputOf(psbt, escrow);
        psbt.Inputs[input].SetPartialSignature(Key.PublicKey, EscrowPsbt.Sign(psbt, input, escrow, Key));
        return psbt.ToBase64();
    }

    /// <summary>The own escrow, made from what was agreed to and compared with what was shown; null without one.</summary>
    public EscrowOutput? Escrow()
    {
        if (Ticket?.Escrow is not { } shown)
        {
            return null;
        }

        var terms = new EscrowTerms(PublicKey.Parse(shown.Coordinator), Key.PublicKey, Hashlock.Parse(Ticket.PaymentHash), shown.RefundBlocks);
        var transaction = Transaction.Parse(shown.Transaction);
        Assert.False(transaction.HasWitness);
        var escrow = EscrowOutput.Find(terms, transaction, Bitcoin.Satoshis.Of(shown.Value));
        Assert.Equal((shown.Outpoint, shown.Descriptor), (escrow?.OutPoint.ToString(), terms.Descriptor));
        return escrow;
    }

    /// <summary>The own escrow as the coordinator shows it now.</summary>
    public EscrowView ShownEscrow() => Ask(() => Grain.EscrowAsync(Player, Ticket!.TicketId)) ?? throw new InvalidOperationException($"{LastProblem}");

    /// <summary>Takes the own escrow back together with the coordinator.</summary>
    public Transaction? TakeBackTogether()
    {
        var sweep = EscrowSweep.TryBuild(Escrow()!, EscrowPath.Together, ChainScript, FeeRate.FromSatPerVbyte(2))!;
        var signature = Ask(() => Grain.RefundEscrowAsync(new EscrowRefundRequest(Player, Ticket!.TicketId, sweep.Unsigned.ToHex())));
        return signature is null ? null : sweep.Together(Hex.Decode(signature), sweep.Sign(Key));
    }

    /// <summary>Takes it back alone, with the preimage that the payment revealed.</summary>
    public Transaction TakeBackAlone()
        => EscrowSweep.TryBuild(Escrow()!, EscrowPath.Refund, ChainScript, FeeRate.FromSatPerVbyte(2))!.Refund(Key, Hex.Decode(ShownEscrow().TicketPreimage!));

    private void SignEscrow()
    {
        if (SignsEscrow && Signed is not null && Ticket?.Escrow is not null && !ShownEscrow().Signed && Ask(() => Grain.ContractAsync(Player)) is { } contract)
        {
            Ask(() => Grain.SignEscrowAsync(new EscrowSignatureRequest(Player, Entry!.Id, EscrowPart(contract))));
        }
    }
}
