using System.Text.Json;
using Coordinator.Gateway.Errors;
using Coordinator.Gateway.Tests.World;
using Coordinator.Grains;

namespace Coordinator.Gateway.Tests.Conformance;

/// <summary>Each refusal of the rules on each row that can meet it: status, code, and the old <c>error</c> member.</summary>
public sealed class RefusalTests
{
    /// <summary>Rows by number, and what their grains refuse with.</summary>
    public static TheoryData<int, string, string> Refusals
    {
        get
        {
            var data = new TheoryData<int, string, string>();
            foreach (var (row, kind, codes) in Table)
            {
                foreach (var code in codes.Split(' '))
                {
                    data.Add(row, kind, code);
                }
            }

            return data;
        }
    }

    private static (int Row, string Kind, string Codes)[] Table =>
    [
        (2, "Conflict", "competition_exists"), (2, "Invalid", "invalid_terms"), (2, "Unavailable", "chain_unavailable keymeld_unavailable starting settle_only"),
        (4, "NotFound", "competition_not_found"),
        (5, "NotFound", "competition_not_found"), (5, "Conflict", "competition_full no_ticket competition_cancelled entries_closed key_in_use"),
        (5, "Unavailable", "invoice_pending starting settle_only"), (5, "Invalid", "btc_pubkey"),
        (6, "NotFound", "competition_not_found ticket_not_found"), (6, "Invalid", "ticket_not_yours"),
        (7, "NotFound", "competition_not_found entry_not_found contract_not_available"),
        (8, "NotFound", "entry_not_found"), (8, "Conflict", "contract_not_available old_round too_many_rounds signed_remotely"), (8, "Invalid", "invalid_nonces"),
        (9, "NotFound", "entry_not_found nonces_not_aggregated"),
        (10, "NotFound", "entry_not_found"), (10, "Conflict", "contract_not_available nonces_not_aggregated old_round signatures_present signed_remotely"),
        (10, "Invalid", "invalid_signatures other_psbt"), (10, "Conflict", "too_many_wrong_signatures"),
        (11, "NotFound", "competition_not_found entry_not_found ticket_not_found"),
        (11, "Conflict", "not_attested payout_closed payout_exists payout_not_open seat_not_sold atomic_first not_paid other_outcome payment_hash_used"),
        (11, "Invalid", "invalid_invoice wrong_network invalid_key other_key invalid_preimage other_preimage wrong_ticket not_a_winner wrong_amount"),
        (11, "Unavailable", "lightning_unavailable heights_differ not_decided payout_not_open"), (11, "Conflict", "not_decided payout_held"),
        (12, "Invalid", "competition_not_found ticket_not_found ticket_not_yours"),
        (12, "Conflict", "ticket_used ticket_lapsed entry_exists key_in_use payout_hash_in_use entries_closed"),
        (12, "Invalid", "entry_id too_many_picks no_picks unknown_station duplicate_station key_mismatch encrypted_backup prediction keymeld_registration_missing invalid_keymeld_key invalid_keymeld_auth"),
        (14, "Unavailable", "chain_unavailable"), (15, "Unavailable", "chain_unavailable"), (16, "Unavailable", "chain_unavailable"),
        (17, "Invalid", "address wrong_network amount"),
        (17, "Conflict", "wallet_insufficientfunds wallet_feeabovelimit wallet_dust wallet_coinscontended wallet_notspendable request_id_used send_replaced restore_pending"),
        (112, "Invalid", "amount"), (112, "NotFound", "payment_not_found"), (112, "Unavailable", "chain_unavailable not_sent"),
        (112, "Conflict", "wallet_insufficientfunds wallet_feeabovelimit wallet_coinscontended wallet_notspendable"), (113, "Unavailable", "chain_unavailable"),
        (17, "Unavailable", "chain_unavailable not_sent"), (18, "Unavailable", "chain_unavailable"),
        (19, "Conflict", "user_exists"), (20, "Invalid", "invalid_login"),
        (21, "Invalid", "username weak_password password_not_taken auth_key"), (21, "Conflict", "username_taken user_exists"), (21, "Unavailable", "busy"),
        (22, "Invalid", "invalid_login password_not_taken auth_key"), (22, "Unavailable", "busy"),
        (23, "Invalid", "weak_password password_not_taken no_password wrong_password"), (23, "NotFound", "user_not_found"), (23, "Unavailable", "busy"),
        (5, "Conflict", "escrow_key"), (5, "Unavailable", "escrow_pending"),
        (115, "NotFound", "competition_not_found ticket_not_found no_escrow"), (115, "Invalid", "ticket_not_yours"),
        (116, "NotFound", "no_escrow"), (116, "Conflict", "escrow_not_free"), (116, "Invalid", "escrow_transaction"), (116, "Unavailable", "escrow_unseen"),
        (117, "NotFound", "entry_not_found"), (117, "Conflict", "no_escrow contract_not_signed signing_over"),
        (117, "Invalid", "escrow_malformed escrow_extra_input escrow_missing_input escrow_changed_input escrow_extra_output escrow_missing_output escrow_changed_output"),
        (117, "Invalid", "escrow_changed_transaction escrow_signature_missing escrow_signature_malformed escrow_sighash_type escrow_signature_invalid escrow_foreign_signature"),
        (108, "NotFound", "hold_not_found"), (108, "Conflict", "hold_not_releasable"), (110, "Conflict", "settle_only_configured restore_pending"),
        (25, "Invalid", "weak_password reset_challenge reset_event password_not_taken"), (25, "Unavailable", "busy"),
    ];

    /// <summary>By kind where that decides, else the table's.</summary>
    internal static int StatusOf(string kind, string code) => (kind, ErrorTable.Find(code)!.Status) switch
    {
        ("NotFound", _) => 404,
        ("Unavailable", _) => 503,
        ("Invalid", 404 or 503) => 400,
        var (_, status) => status,
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_row_answers_a_refusal_with_the_tables_status_and_the_old_error_member(int number, string kind, string code)
    {
        var row = Rows.Of(number);
        await using var world = await GatewayWorld.StartAsync();
        world.Grains.Refusal = new Problem(Enum.Parse<ProblemKind>(kind), code, "A sentence for the player");
        var answer = await world.SendAsync(row.Request(world));
        var status = StatusOf(kind, code);
        var error = answer.AssertProblem(status, code).GetProperty("error");
        var expected = status == 404 ? "item not found: A sentence for the player" : "A sentence for the player";
        Assert.Equal(
            status == 401 ? (JsonValueKind.Object, "A sentence for the player") : (JsonValueKind.String, expected),
            (error.ValueKind, error.ValueKind == JsonValueKind.Object ? error.GetProperty("detail").GetString() : error.GetString()));
        Assert.Equal(status == 503, answer.Headers.ContainsKey("Retry-After"));
    }

    [Theory]
    [MemberData(nameof(Rows.Numbers), MemberType = typeof(Rows))]
    public async Task A_row_whose_grain_fails_says_nothing_of_why(int number)
    {
        var row = Rows.Of(number);
        if (number is 1 or 102 or 118 or 119)
        {
            return; // asks no grain
        }

        await using var world = await GatewayWorld.StartAsync();
        foreach (var (failure, status, code) in new (Exception, int, string)[]
        {
            (new TimeoutException("secret place"), 503, "unavailable"), (new InvalidDataException("secret place"), 500, "internal"),
        })
        {
            world.Grains.Failure = failure;
            var answer = await world.SendAsync(row.Request(world));
            answer.AssertProblem(status, code);
            Assert.DoesNotContain("secret place", answer.Body, StringComparison.Ordinal);
        }
    }

    /// <summary>The gateway's own, on the rows of users.</summary>
    [Theory]
    [InlineData(19, "network", "mars", 400, "network")]
    [InlineData(21, "network", "mars", 400, "network")]
    [InlineData(21, "nostr_pubkey", "npub1", 400, "nostr_pubkey")]
    [InlineData(21, "nostr_pubkey", "npub180cvv07tjdrrgpa0j7j7tmnyl2yr6yr7l8j4s3evf6u64th6gkwsyjh6w6", 403, "other_pubkey")]
    [InlineData(5, "btc_pubkey", "00", 400, "btc_pubkey")]
    [InlineData(12, "ephemeral_pubkey", "00", 400, "ephemeral_pubkey")]
    [InlineData(12, "payout_hash", "00", 400, "payout_hash")]
    [InlineData(11, "ln_invoice", "", 400, "invalid_invoice")]
    [InlineData(11, "ephemeral_private_key", "zz", 400, "invalid_key")]
    [InlineData(11, "payout_preimage", "zz", 400, "invalid_preimage")]
    public async Task A_row_refuses_a_member_at_the_door(int number, string member, string value, int status, string code)
    {
        var row = Rows.Of(number);
        var body = System.Text.Json.Nodes.JsonNode.Parse(row.Body!)!.AsObject();
        body[member] = value;
        await using var world = await GatewayWorld.StartAsync();
        (await world.SendAsync(row.With(body.ToJsonString()).Request(world))).AssertProblem(status, code);
        Assert.Empty(world.Grains.Calls);
    }
}
