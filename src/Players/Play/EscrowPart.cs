using System.Text.Json;
using Coordinator.Bitcoin;
using Coordinator.Dlc;
using Coordinator.Players.Records;
using Coordinator.Players.Wire;

namespace Coordinator.Players.Play;

/// <summary>
/// A player's escrow: checked before the ticket is paid, signed into the pool only after the contract's signatures were verified, and taken
/// back where there will be no pool, with the coordinator or without it.
/// </summary>
internal sealed class EscrowPart(PlayerContext player)
{
    /// <summary>Compares the ticket's escrow with what was agreed to; null where it is played without one.</summary>
    /// <exception cref="PlayerException">It is not the lock, the value or the transaction that it has to be.</exception>
    public static EscrowRecord? Check(AgreedTerms agreed, PublicKey key, JsonElement ticket)
    {
        if (agreed.EscrowBlocks is not { } blocks)
        {
            return null;
        }

        if (!ticket.TryGetProperty("escrow", out var shown) || PublicKey.TryParse(shown.GetProperty("coordinator_pubkey").GetString()) is not { } coordinator
            || !Hex.TryDecode(ticket.GetProperty("escrow_tx").GetString(), out var bytes) || !Transaction.TryParse(bytes, out var transaction, out _))
        {
            throw new PlayerException("the ticket has no escrow that reads, although one was agreed to");
        }

        if (coordinator.XOnly.Equals(key.XOnly))
        {
            throw new PlayerException("the ticket's escrow names this player's key for the coordinator's");
        }

        var terms = new EscrowTerms(coordinator, key, Hashlock.Parse(ticket.GetProperty("payment_hash").GetString()!), blocks);
        var escrow = EscrowOutput.Find(terms, transaction, Satoshis.Of(agreed.Pool / agreed.Entries));
        return escrow is not null && shown.GetProperty("outpoint").GetString() == escrow.OutPoint.ToString()
            && shown.GetProperty("descriptor").GetString() == terms.Descriptor && shown.GetProperty("refund_blocks").GetInt32() == blocks
            ? new EscrowRecord(coordinator.ToHex(), escrow.OutPoint.ToString())
            : throw new PlayerException("the ticket's escrow is not the output that was agreed to");
    }

    /// <summary>Signs this player's input of the funding transaction, which was compared with the contract before. Safe to repeat.</summary>
    public async Task SignAsync(ShownContract shown, CancellationToken cancellation)
    {
        if (Own() is not { } escrow)
        {
            return;
        }

        var psbt = Psbt.ParseBase64(shown.FundingPsbt);
        var input = EscrowPsbt.InputOf(psbt, escrow);
        if (input < 0)
        {
            throw new PlayerException("the funding transaction does not spend this player's escrow");
        }

        psbt.Inputs[input].SetPartialSignature(player.Keys.Entry.PublicKey, EscrowPsbt.Sign(psbt, input, escrow, player.Keys.Entry));
        var sent = await player.Coordinator.SignEscrowAsync(player.Competition, player.Record.Seat!.Entry, psbt.ToBase64(), cancellation);
        sent.Expect("the escrow's signature");
        player.Say("escrow_signed", ("outpoint", escrow.OutPoint.ToString()));
    }

    /// <summary>There will be no pool. What was paid comes back on chain: together with the coordinator at once, or alone when it is time.</summary>
    /// <returns>Satoshis; null where nothing was taken from this player.</returns>
    public async Task<long?> TakeBackAsync(CancellationToken cancellation)
    {
        if (Own() is not { } escrow)
        {
            return null;
        }

        while (true)
        {
            var view = (await player.Coordinator.EscrowAsync(player.Competition, player.Record.Seat!.Ticket, cancellation)).Json("the escrow");
            if (!view.GetProperty("sent").GetBoolean())
            {
                return null;
            }

            if (await player.Chain.SpenderAsync(escrow.OutPoint, cancellation) is not { } spender)
            {
                await SpendAsync(escrow, view, cancellation);
            }
            else if (spender.Height is not null)
            {
                return await ReceivedAsync(spender.By, cancellation);
            }

            if (await IsGivenBackAsync(cancellation))
            {
                return null;
            }

            await player.BreatheAsync(cancellation);
        }
    }

    /// <summary>The ticket's payment was never taken: nothing on chain is this player's.</summary>
    private async Task<bool> IsGivenBackAsync(CancellationToken cancellation)
        => (await player.Coordinator.TicketStatusAsync(player.Competition, player.Record.Seat!.Ticket, cancellation)).Json("the ticket's status").GetString() == "Cancelled";

    private async Task SpendAsync(EscrowOutput escrow, JsonElement view, CancellationToken cancellation)
    {
        var rate = await player.Chain.FeeRateAsync(cancellation);
        if (view.GetProperty("may_take_back").GetBoolean()
            && EscrowSweep.TryBuild(escrow, EscrowPath.Together, player.Destination.ScriptPubKey, rate) is { } together)
        {
            var answer = await player.Coordinator.RefundEscrowAsync(player.Competition, player.Record.Seat!.Ticket, together.Unsigned.ToHex(), cancellation);
            if (answer.IsSuccess && Hex.TryDecode(answer.Json("the refund").GetProperty("coordinator_signature").GetString(), out var theirs)
                && together.IsSignedBy(escrow.Terms.Coordinator, theirs))
            {
                await SendAsync(together.Together(theirs, together.Sign(player.Keys.Entry)), cancellation);
                return;
            }
        }

        if (view.GetProperty("ticket_preimage").GetString() is { } preimage && view.GetProperty("refund_opens_at") is { ValueKind: JsonValueKind.Number } opens
            && await player.Chain.TipAsync(cancellation) >= opens.GetInt32()
            && EscrowSweep.TryBuild(escrow, EscrowPath.Refund, player.Destination.ScriptPubKey, rate) is { } alone)
        {
            await SendAsync(alone.Refund(player.Keys.Entry, Hex.Decode(preimage)), cancellation);
        }
    }

    private async Task SendAsync(Transaction transaction, CancellationToken cancellation)
    {
        if (await player.Chain.SendAsync(transaction, cancellation) is null)
        {
            player.Say("escrow_back_sent", ("txid", transaction.Txid.ToString()));
        }
    }

    private async Task<long> ReceivedAsync(Txid by, CancellationToken cancellation)
        => (await player.Chain.FindAsync(by, cancellation)).Outputs.Where(output => output.ScriptPubKey.Equals(player.Destination.ScriptPubKey))
            .Sum(output => output.Value.Value);

    private EscrowOutput? Own()
    {
        var (terms, seat) = (player.Record.Terms!, player.Record.Seat!);
        return seat.Escrow is not { } escrow ? null : new EscrowOutput(
            new EscrowTerms(PublicKey.Parse(escrow.Coordinator), player.Keys.Entry.PublicKey, Hashlock.Parse(seat.TicketHash), terms.EscrowBlocks!.Value),
            OutPoint.Parse(escrow.OutPoint),
            Satoshis.Of(terms.Pool / terms.Entries));
    }
}
