using System.Text.Json;
using System.Text.Json.Nodes;
using Coordinator.Bitcoin;
using Coordinator.Dlc;
using Coordinator.Players.Play;
using Coordinator.Players.Records;
using Coordinator.Players.Wire;

namespace Coordinator.Players.Tests;

/// <summary>Before a ticket with an escrow is paid.</summary>
public sealed class EscrowCheckTests : IDisposable
{
    private const int Blocks = 150;
    private static readonly AgreedTerms Agreed = new(3, 1, 150_000, 24, 55_000, DateTimeOffset.UnixEpoch, ["KDEN"], 3, Blocks);
    private readonly SecretKey _player = SecretKey.From(Hashes.Sha256("player"u8));
    private readonly SecretKey _coordinator = SecretKey.From(Hashes.Sha256("coordinator"u8));
    private readonly Hashlock _hash = Hashlock.OfPreimage(new byte[32]);

    public void Dispose()
    {
        _player.Dispose();
        _coordinator.Dispose();
    }

    [Fact]
    public void The_escrow_that_was_agreed_to_is_kept()
    {
        var ticket = Ticket();
        var kept = EscrowPart.Check(Agreed, _player.PublicKey, ticket);
        Assert.Equal((_coordinator.PublicKey.ToHex(), ticket.GetProperty("escrow").GetProperty("outpoint").GetString()), (kept?.Coordinator, kept?.OutPoint));
        Assert.Null(EscrowPart.Check(Agreed with { EscrowBlocks = null }, _player.PublicKey, ticket));
    }

    [Fact]
    public void Any_other_escrow_is_not_paid_for()
    {
        Refused(Ticket(blocks: Blocks + 1));
        Refused(Ticket(value: 49_999));
        Refused(Ticket(other: true));
        Refused(Ticket(change: ticket => ticket["escrow"]!["outpoint"] = new string('a', 64) + ":0"));
        Refused(Ticket(change: ticket => ticket["escrow"]!["descriptor"] = "wsh(pk(02))#00000000"));
        Refused(Ticket(change: ticket => ticket["escrow"]!["refund_blocks"] = Blocks - 1));
        Refused(Ticket(change: ticket => ticket["escrow"]!["coordinator_pubkey"] = _player.PublicKey.ToHex()));
        Refused(Ticket(change: ticket => ticket["escrow"]!["coordinator_pubkey"] = "02"));
        Refused(Ticket(change: ticket => ticket["payment_hash"] = new string('b', 64)));
        Refused(Ticket(change: ticket => ticket["escrow_tx"] = null));
        Refused(Ticket(change: ticket => ticket["escrow_tx"] = "0200"));
        Refused(Ticket(change: ticket => ticket.AsObject().Remove("escrow")));
    }

    private void Refused(JsonElement ticket) => Assert.Throws<PlayerException>(() => EscrowPart.Check(Agreed, _player.PublicKey, ticket));

    private JsonElement Ticket(int blocks = Blocks, long value = 50_000, bool other = false, Action<JsonNode>? change = null)
    {
        using var stranger = SecretKey.From(Hashes.Sha256("stranger"u8));
        var terms = new EscrowTerms(_coordinator.PublicKey, other ? stranger.PublicKey : _player.PublicKey, _hash, blocks);
        var transaction = new Transaction(2, [new TxIn(new OutPoint(Txid.FromWire(new byte[32]), 1))], [terms.Output(Satoshis.Of(value))], 0);
        JsonNode ticket = new JsonObject
        {
            ["payment_hash"] = _hash.ToHex(),
            ["escrow_tx"] = transaction.ToHex(),
            ["escrow"] = new JsonObject
            {
                ["outpoint"] = transaction.OutPoint(0).ToString(),
                ["descriptor"] = terms.Descriptor,
                ["refund_blocks"] = blocks,
                ["coordinator_pubkey"] = _coordinator.PublicKey.ToHex(),
            },
        };
        change?.Invoke(ticket);
        return JsonSerializer.SerializeToElement(ticket);
    }
}
