using System.Text;
using Coordinator.Bitcoin;
using Coordinator.Competitions;
using Coordinator.Dlc;

namespace Coordinator.Grains;

/// <summary>Escrows as their players see, sign and take them back (D21).</summary>
public sealed partial class CompetitionGrain
{
    public async Task<Answer<EscrowView>> EscrowAsync(string player, Guid ticket)
        => FindEscrow(player, ticket).TryGet(out var found, out var problem) ? (await EscrowViewAsync(found))! : problem;

    public async Task<Answer<Done>> SignEscrowAsync(EscrowSignatureRequest request)
    {
        if (_committed.State is not { } state)
        {
            return Unknown();
        }

        if (XOnlyPublicKey.TryParse(request.Player) is not { } player || state.Header.Roster.FindEntry(request.Entry) is not { } ticket
            || !player.Equals(ticket.Entry!.Player))
        {
            return Problems.NotFound("entry_not_found", $"Entry {request.Entry} not found");
        }

        var signature = string.Empty;
        if (state is SigningComplete complete && ticket.Escrow is { } escrow)
        {
            var ours = Psbt.ParseBase64(Encoding.ASCII.GetString(await services.Artefacts.GetAsync(complete.Contract.FundingPsbt)));
            if (!EscrowPsbt.TryTake(ours, request.Psbt, escrow.Output(ticket.Hash), out var given, out var refusal))
            {
                return Problems.Invalid($"escrow_{refusal!.Name}", $"psbt: {refusal.Detail}");
            }

            signature = Hex.Encode(given);
        }

        return await DecideAsync(new SubmitEscrowSignature(player, request.Entry, signature, clock.GetUtcNow())) is { } problem ? problem : Done.Instance;
    }

    public async Task<Answer<string>> RefundEscrowAsync(EscrowRefundRequest request)
    {
        if (!FindEscrow(request.Player, request.Ticket).TryGet(out var ticket, out var problem))
        {
            return problem;
        }

        var escrow = ticket.Escrow!;
        if (!MayTakeBack(ticket))
        {
            return new Problem(
                ProblemKind.Conflict, "escrow_not_free",
                "an escrow is given back together once its ticket is paid and there will be no pool; alone from its refund time on");
        }

        if (!Hex.TryDecode(request.Transaction, out var bytes) || !Transaction.TryParse(bytes, out var spend, out _)
            || spend.Inputs is not [{ ScriptSig.Length: 0, Witness.IsEmpty: true } input] || input.PreviousOutput != escrow.OutPoint)
        {
            return Problems.Invalid("escrow_transaction", $"transaction: expected one without witnesses that spends {escrow.OutPoint} and nothing else");
        }

        if (await services.Escrows.LookAsync(escrow, CancellationToken.None) is not { Seen: true, Spender: null })
        {
            return Problems.Unavailable("escrow_unseen", "the escrow is not seen unspent on the chain at the moment: try again shortly");
        }

        using var key = services.Secrets.EscrowKey(Id);
        var psbt = Psbt.Create(spend);
        return Hex.Encode(EscrowPsbt.Sign(psbt, 0, escrow.Output(ticket.Hash), key));
    }

    private Answer<Ticket> FindEscrow(string player, Guid id)
        => _committed.State is not { } state ? Unknown()
            : state.Header.Roster.Find(id) is not { } ticket ? Problems.NotFound("ticket_not_found", "item not found: Ticket not found")
            : ticket.Holder?.ToHex() != player ? Problems.Invalid("ticket_not_yours", "Ticket not reserved by this user")
            : ticket.Escrow is null ? Problems.NotFound("no_escrow", "this ticket has no escrow")
            : ticket;

    /// <summary>There will be no pool, and the money is the player's.</summary>
    private bool MayTakeBack(Ticket ticket)
        => ticket is { Stage: TicketStage.Settled, Escrow.MayBeOut: true }
            && _committed.State is Cancelled or Failed { Live.Chain.FundingConflict: not null };

    private async Task<EscrowView?> EscrowViewAsync(Ticket ticket)
    {
        if (ticket.Escrow is not { } escrow)
        {
            return null;
        }

        var terms = escrow.Terms(ticket.Hash);
        var spender = escrow.Sight.Spender;
        var pool = Contracted.Of(_committed.State)?.Contract.FundingTxid;
        return new EscrowView(
            ticket.Id,
            Hex.Encode(await services.Artefacts.GetAsync(escrow.Transaction)),
            escrow.OutPoint.ToString(),
            escrow.Value.Value,
            terms.Descriptor,
            terms.WitnessScript.ToHex(),
            escrow.Coordinator.ToHex(),
            escrow.RefundBlocks,
            escrow.MayBeOut,
            escrow.Sight.Height,
            spender?.Txid.ToString(),
            spender is null ? null : spender.Txid == pool ? "pool" : spender.Path?.ToString().ToLowerInvariant() ?? "other",
            escrow.Signature is not null,
            MayTakeBack(ticket),
            escrow.Sight.Height is { } height ? terms.OpensAt(EscrowPath.Refund, height) : null,
            ticket.Stage == TicketStage.Settled ? Hex.Encode(services.Secrets.Open(InvoiceEffects.Purpose(ticket.Id), ticket.SealedPreimage)) : null);
    }
}
