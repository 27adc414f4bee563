using System.Text.Json;
using System.Text.Json.Nodes;
using Coordinator.Bitcoin;
using Coordinator.Dlc;
using Coordinator.Nostr;
using Coordinator.Players.Records;
using Coordinator.Players.Wire;

namespace Coordinator.Players.Play;

/// <summary>Choosing the competition, buying a ticket and handing in the entry. Every step may be repeated after a break.</summary>
internal sealed class SeatPart(PlayerContext player)
{
    private const long WalletSats = 5_000_000;
    private static readonly string[] Predictions = ["Over", "Par", "Under"];

    public async Task RunAsync(CancellationToken cancellation)
    {
        if (player.Options.Registers && !player.Record.Entered)
        {
            await RegisterAsync(cancellation);
        }

        if (player.Record.Terms is null)
        {
            player.Save(player.Record with { Terms = await TermsAsync(cancellation) });
        }

        if (player.Record.Seat is null)
        {
            player.Save(player.Record with { Seat = await TakeSeatAsync(cancellation) });
        }

        if (!player.Record.Entered)
        {
            await PayAsync(cancellation);
            await EnterAsync(cancellation);
            player.Save(player.Record with { Entered = true });
            player.Say("entered", ("entry_id", player.Record.Seat!.Entry.ToString()));
        }
    }

    /// <summary>An account with a backup of the wallet's key that only this player can open; one that exists is left as it is.</summary>
    private async Task RegisterAsync(CancellationToken cancellation)
    {
        var isKnown = (await player.Coordinator.LoginAsync(cancellation)).IsSuccess;
        if (!isKnown)
        {
            using var own = ConversationKey.Between(player.Keys.Identity, player.Keys.Identity.XOnly);
            var account = new JsonObject
            {
                ["encrypted_bitcoin_private_key"] = Nip44.Encrypt(own, Hex.Encode(player.Keys.Wallet.ToBytes())),
                ["network"] = player.Options.Network.Name(),
            };
            (await player.Coordinator.RegisterAsync(account, cancellation)).Expect("the account");
        }

        player.Say("account", ("new", !isKnown));
    }

    private async Task<AgreedTerms> TermsAsync(CancellationToken cancellation)
    {
        var offered = await player.Coordinator.CompetitionAsync(player.Competition, cancellation);
        var terms = offered.GetProperty("event_submission");
        return new AgreedTerms(
            terms.GetProperty("total_allowed_entries").GetInt32(),
            terms.GetProperty("number_of_places_win").GetInt32(),
            terms.GetProperty("total_competition_pool").GetInt64(),
            terms.GetProperty("relative_locktime_block_delta").GetInt32(),
            offered.GetProperty("ticket_price_sats").GetInt64(),
            terms.GetProperty("signing_date").GetDateTimeOffset(),
            [.. terms.GetProperty("locations").EnumerateArray().Select(station => station.GetString()!)],
            terms.GetProperty("number_of_values_per_entry").GetInt32(),
            offered.GetProperty("escrow_refund_blocks") is { ValueKind: JsonValueKind.Number } blocks ? blocks.GetInt32() : null);
    }

    private async Task<SeatRecord> TakeSeatAsync(CancellationToken cancellation)
    {
        var answer = await player.Coordinator.TicketAsync(player.Competition, player.Keys.Entry.PublicKey, cancellation);
        while (answer.Code is "no_ticket" or "invoice_pending" or "escrow_pending")
        {
            await player.BreatheAsync(cancellation);
            answer = await player.Coordinator.TicketAsync(player.Competition, player.Keys.Entry.PublicKey, cancellation);
        }

        var ticket = answer.Json("a ticket");
        var seat = new SeatRecord(
            ticket.GetProperty("ticket_id").GetGuid(), ticket.GetProperty("entry_id").GetGuid(), ticket.GetProperty("payment_request").GetString()!,
            ticket.GetProperty("payment_hash").GetString()!, await EnclaveCheck.PrepareAsync(player, ticket, cancellation),
            EscrowPart.Check(player.Record.Terms!, player.Keys.Entry.PublicKey, ticket));
        if (InvoiceReader.TryRead(seat.PaymentRequest, player.Options.Network) is not { } invoice || invoice.Hash != seat.TicketHash || invoice.Sats != player.Record.Terms!.Price)
        {
            throw new PlayerException("the ticket's invoice is not for the agreed price and the ticket's own hash");
        }

        player.Say("ticket", ("ticket_id", seat.Ticket.ToString()), ("ticket_hash", seat.TicketHash), ("sats", invoice.Sats));
        return seat;
    }

    private async Task PayAsync(CancellationToken cancellation)
    {
        var seat = player.Record.Seat!;
        await player.Wallet.OpenAsync(WalletSats, cancellation);
        if (await player.Wallet.PayAsync(seat.PaymentRequest, seat.TicketHash, player.Record.Terms!.Price, cancellation) is { } reason)
        {
            throw new PlayerException($"the ticket's payment failed: {reason}");
        }

        while (await StatusAsync(cancellation) is not ("Paid" or "Used" or "Settled"))
        {
            await player.BreatheAsync(cancellation);
        }

        player.Say("paid", ("ticket_hash", seat.TicketHash));
    }

    private async Task<string> StatusAsync(CancellationToken cancellation)
    {
        var answer = await player.Coordinator.TicketStatusAsync(player.Competition, player.Record.Seat!.Ticket, cancellation);
        var status = answer.Json("the ticket's status").GetString()!;
        return status is "Expired" or "Cancelled" ? throw new PlayerException($"the ticket is {status}") : status;
    }

    private async Task EnterAsync(CancellationToken cancellation)
    {
        var (seat, preimage) = (player.Record.Seat!, player.Record.PayoutPreimage);
        using var own = ConversationKey.Between(player.Keys.Identity, player.Keys.Identity.XOnly);
        var entry = new JsonObject
        {
            ["id"] = seat.Entry.ToString(),
            ["ticket_id"] = seat.Ticket.ToString(),
            ["event_id"] = player.Competition.ToString(),
            ["ephemeral_pubkey"] = player.Keys.Entry.PublicKey.ToHex(),
            ["ephemeral_privatekey_encrypted"] = Nip44.Encrypt(own, Hex.Encode(player.Keys.Entry.ToBytes())),
            ["ephemeral_pubkey_proof"] = Hex.Encode(
                KeyPossession.Prove(player.Keys.Entry, player.Competition, seat.Ticket, player.Keys.Identity.XOnly)),
            ["payout_hash"] = Hex.Encode(Hashes.Sha256(Hex.Decode(preimage))),
            ["payout_preimage_encrypted"] = Nip44.Encrypt(own, preimage),
            ["expected_observations"] = Picks(player.Record.Terms!),
        };
        if (seat.Keymeld is { } keymeld)
        {
            entry["encrypted_keymeld_private_key"] = keymeld.EncryptedKey;
            entry["keymeld_auth_pubkey"] = keymeld.AuthKey;
        }

        (await player.Coordinator.EnterAsync(entry, cancellation)).Expect("the entry");
    }

    /// <summary>Fixed by the seed: as many picks as are allowed, spread over the stations.</summary>
    private JsonArray Picks(AgreedTerms terms)
    {
        string[] metrics = ["wind_speed", "temp_high", "temp_low"];
        var left = terms.Values;
        var picks = new JsonArray();
        foreach (var station in terms.Stations)
        {
            var item = new JsonObject { ["stations"] = station };
            foreach (var metric in metrics.Take(left))
            {
                item[metric] = Predictions[player.Keys.Choose($"{station} {metric}", Predictions.Length)];
                left--;
            }

            if (item.Count > 1)
            {
                picks.Add(item);
            }
        }

        return picks;
    }
}
