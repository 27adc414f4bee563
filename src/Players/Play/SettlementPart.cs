using System.Text.Json.Nodes;
using Coordinator.Bitcoin;
using Coordinator.Dlc;
using Coordinator.Players.Wire;

namespace Coordinator.Players.Play;

/// <summary>What a player does once an outcome is on chain, or brings it there itself.</summary>
internal sealed class SettlementPart(PlayerContext player)
{
    private enum Way
    {
        None,
        PaidWithKey,
        PaidWithoutKey,
        Claim,
    }

    public async Task RunAsync(CancellationToken cancellation)
    {
        if (player.Record.Ended is not null)
        {
            await FinishAsync(player.Record.Ended, player.Record.Received, cancellation);
            return;
        }

        var contract = await player.ComputeAsync(player.Signed, cancellation);
        var (outcome, height) = await OutcomeAsync(contract, cancellation);
        var winners = contract.Dlc.Parameters.OutcomePayouts.Find(outcome)!.Winners.Select(winner => winner.PlayerIndex).Order().ToList();
        var own = contract.Dlc.Parameters.IndexOfPlayer(player.Keys.Entry.PublicKey);
        var place = winners.IndexOf(own);
        var way = place < 0 ? Way.None : Choose(place, winners.Count);
        player.Say(
            "outcome", ("outcome", outcome.ToString()), ("wins", place >= 0), ("way", way.ToString()), ("entry_id", player.Record.Seat!.Entry.ToString()));
        if (place < 0)
        {
            await FinishAsync("nothing", 0, cancellation);
            return;
        }

        var win = new WinCondition(outcome, own);
        switch (way)
        {
            case Way.Claim:
                await ClaimAsync(contract, win, height, cancellation);
                break;
            case Way.None:
                await FinishAsync("none", 0, cancellation);
                break;
            default:
                await TakePaymentAsync(contract, win, way == Way.PaidWithKey, cancellation);
                break;
        }
    }

    private Way Choose(int place, int winners) => player.Options.Payout switch
    {
        PayoutChoice.Lightning => Way.PaidWithKey,
        PayoutChoice.Onchain => Way.Claim,
        PayoutChoice.None => Way.None,
        _ when winners == 1 => Way.PaidWithoutKey,
        _ => ((place + (int)(player.Options.Seed % 2)) % 3) switch
        {
            0 => Way.PaidWithoutKey,
            1 when place + 1 < winners || winners > 2 || place == 0 => Way.PaidWithKey,
            _ => Way.Claim,
        },
    };

    /// <summary>The confirmed outcome. In the way on chain this player sends it itself as soon as it can.</summary>
    private async Task<(Outcome Outcome, int Height)> OutcomeAsync(SignedContract contract, CancellationToken cancellation)
    {
        while (true)
        {
            var spender = await player.Chain.SpenderAsync(contract.Dlc.FundingOutpoint, cancellation);
            if (spender is { Height: { } height })
            {
                return (Find(contract.Dlc, spender.Value.By), height);
            }

            if (spender is null && player.Options.Payout == PayoutChoice.Onchain)
            {
                await PublishOutcomeAsync(contract, cancellation);
            }

            await player.BreatheAsync(cancellation);
        }
    }

    private static Outcome Find(TicketedDlc dlc, Txid spender)
    {
        foreach (var (outcome, _) in dlc.Outcomes)
        {
            if (dlc.OutcomeTxid(outcome) == spender)
            {
                return outcome;
            }
        }

        throw new PlayerException($"the pool was spent by {spender}, which is not of the contract");
    }

    private async Task PublishOutcomeAsync(SignedContract contract, CancellationToken cancellation)
    {
        var word = await player.Oracle.AskAsync(player.Competition, cancellation);
        Transaction transaction;
        try
        {
            if (!word.Attestation.IsEmpty)
            {
                transaction = contract.Dlc.FindOutcome(word.Attestation.AsSpan()) is { } outcome
                    ? contract.OutcomeTransaction(outcome, word.Attestation.AsSpan())
                    : throw new PlayerException("the oracle attested to nothing of this contract");
            }
            else if (await player.Chain.MedianTimeAsync(cancellation) > contract.Dlc.Parameters.Event.Expiry)
            {
                transaction = contract.ExpiryTransaction();
            }
            else
            {
                return;
            }
        }
        catch (SpendRefusedException)
        {
            return; // not a winner of that outcome: its signature is not ours
        }

        if (await player.Chain.SendAsync(transaction, cancellation) is null)
        {
            player.Say("outcome_sent", ("txid", transaction.Txid.ToString()));
        }
    }

    /// <summary>Atomic payout (D19): an invoice under the payout hash; the key only after the money arrived.</summary>
    private async Task TakePaymentAsync(SignedContract contract, WinCondition win, bool withKey, CancellationToken cancellation)
    {
        var (seat, share) = (player.Record.Seat!, contract.Dlc.PayoutOf(win).Value);
        var preimage = Hex.Decode(player.Record.PayoutPreimage);
        var hash = Hex.Encode(Hashes.Sha256(preimage));
        var invoice = await player.Wallet.InvoiceAsync(preimage, hash, share, cancellation);
        long? received;
        while ((received = await player.Wallet.ReceivedAsync(preimage, hash, cancellation)) is null)
        {
            var stage = (await player.Coordinator.EntryAsync(player.Competition, seat.Entry, cancellation))?.GetProperty("payout");
            if (stage is { ValueKind: System.Text.Json.JsonValueKind.Object } known && known.GetProperty("stage").GetString() is "open" or "failed")
            {
                var answer = await player.Coordinator.PayoutAsync(
                    player.Competition, seat.Entry, new JsonObject { ["ticket_id"] = seat.Ticket.ToString(), ["ln_invoice"] = invoice }, cancellation);
                if (!answer.IsSuccess && answer.Code is not ("payout_not_open" or "not_attested" or "heights_differ" or "payout_exists"))
                {
                    answer.Expect("the payout");
                }

                player.Say("invoice", ("sats", share), ("payout_hash", hash));
            }

            await player.BreatheAsync(cancellation);
        }

        player.Say("received", ("sats", received), ("payout_hash", hash));
        if (received != share)
        {
            throw new PlayerException($"the share is {share} sat, received were {received} sat");
        }

        if (withKey)
        {
            await HandOverAsync(cancellation);
        }

        await FinishAsync(withKey ? "lightning_with_key" : "lightning", share, cancellation);
    }

    private async Task HandOverAsync(CancellationToken cancellation)
    {
        var seat = player.Record.Seat!;
        var body = new JsonObject { ["ticket_id"] = seat.Ticket.ToString(), ["ephemeral_private_key"] = Hex.Encode(player.Keys.Entry.ToBytes()) };
        var answer = await player.Coordinator.PayoutAsync(player.Competition, seat.Entry, body, cancellation);
        while (answer.Code == "not_paid")
        {
            await player.BreatheAsync(cancellation);
            answer = await player.Coordinator.PayoutAsync(player.Competition, seat.Entry, (JsonObject)body.DeepClone(), cancellation);
        }

        answer.Expect("handing over the key");
        player.Say("key_handed_over");
    }

    /// <summary>Split with the ticket's preimage at Δ, the share at Δ after that. Needs nobody.</summary>
    private async Task ClaimAsync(SignedContract contract, WinCondition win, int outcomeHeight, CancellationToken cancellation)
    {
        var (dlc, delta) = (contract.Dlc, contract.Dlc.Parameters.RelativeLocktimeBlockDelta);
        var preimage = Hex.Decode(player.Record.TicketPreimage!);
        var split = contract.SplitTransaction(win, preimage);
        var splitHeight = await ConfirmAsync(new OutPoint(dlc.OutcomeTxid(win.Outcome), 0), split, outcomeHeight + delta, "split", cancellation);
        var sweep = dlc.SplitWin(win);
        var claim = SweepTransaction.Build(player.Destination.ScriptPubKey, await player.Chain.FeeRateAsync(cancellation), sweep)
            .Sign(0, player.Keys.Entry, preimage).Transaction;
        await ConfirmAsync(sweep.OutPoint, claim, splitHeight + delta, "win", cancellation);
        await FinishAsync("onchain", claim.Outputs[0].Value.Value, cancellation);
    }

    /// <summary>Sends a transaction when a block of this height may hold it, until the output is spent by it in a block.</summary>
    private async Task<int> ConfirmAsync(OutPoint output, Transaction transaction, int earliest, string what, CancellationToken cancellation)
    {
        while (true)
        {
            var spender = await player.Chain.SpenderAsync(output, cancellation);
            if (spender is { Height: { } height })
            {
                return spender.Value.By == transaction.Txid
                    ? height
                    : throw new PlayerException($"{output} was spent by {spender.Value.By} instead of the {what}");
            }

            if (spender is null && await player.Chain.TipAsync(cancellation) + 1 >= earliest && await player.Chain.SendAsync(transaction, cancellation) is null)
            {
                player.Say($"{what}_sent", ("txid", transaction.Txid.ToString()));
            }

            await player.BreatheAsync(cancellation);
        }
    }

    private Task FinishAsync(string how, long received, CancellationToken cancellation) => FinishAsync(player, how, received, cancellation);

    /// <summary>The end of this player's story, written down once and said each time.</summary>
    internal static async Task FinishAsync(PlayerContext player, string how, long received, CancellationToken cancellation)
    {
        if (player.Record.Ended is null)
        {
            player.Save(player.Record with { Ended = how, Received = received });
        }

        if (player.Options.Lnd is not null && await player.Wallet.SpentAsync(player.Record.Seat!.TicketHash, cancellation) is { } spent)
        {
            player.Say("spent", ("sats", spent.Sats), ("fee_msat", spent.FeeMsat));
        }

        player.Say(
            "done",
            ("how", how),
            ("sats", received),
            ("entry_id", player.Record.Seat!.Entry.ToString()),
            ("ticket_hash", player.Record.Seat.TicketHash),
            ("payout_hash", Hex.Encode(Hashes.Sha256(Hex.Decode(player.Record.PayoutPreimage)))),
            ("script", player.Destination.ScriptPubKey.ToHex()));
    }
}
