using System.Collections.Immutable;
using Coordinator.Grains;

namespace Coordinator.Gateway.Tests.World;

/// <summary>Views with every member set apart, and the bodies that clients send.</summary>
public static class Samples
{
    public const string Point = "02c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5";

    public static readonly Guid CompetitionId = Guid.Parse("019b7a00-0000-7000-8000-000000000001");
    public static readonly Guid TicketId = Guid.Parse("019b7a00-0000-7000-8000-000000000002");
    public static readonly Guid EntryId = Guid.Parse("019b7a00-0000-7000-8000-000000000003");

    /// <summary>A transaction with one input and one output.</summary>
    public static readonly string Transaction =
        "02000000000101" + new string('1', 64) + "0100000000fdffffff01e803000000000000" + "01510202aabb01cc" + "2a000000";

    public static readonly CreateCompetition Terms = new(
        CompetitionId, Time("2026-01-03T09:00:00Z"), Time("2026-01-02T00:00:00Z"), Time("2026-01-03T00:00:00Z"), ["KDEN", "KJFK"],
        6, 1, 3, 5_000, 5, 15_000, 144);

    public static readonly CompetitionView Fresh = new(
        1, Terms, Time("2026-01-01T00:00:00Z"), "created", new CompetitionTotals(0, 0, 0, 0, 0), [], null, null, null, null, null, null,
        5_450, 200, null, []);

    public static readonly CompetitionView Late = Fresh with
    {
        State = "outcome_broadcasted",
        Totals = new CompetitionTotals(3, 2, 1, 4, 5),
        Stamps =
        [
            new StampView("outcome_broadcasted_at", Time("2026-01-03T10:00:00.5Z")),
            new StampView("signed_at", Time("2026-01-01T10:00:00.1234567Z")),
        ],
        EventAnnouncement = """{"locking_points":["02aa"],"expiry":1767517200}""",
        FundingOutpoint = new string('1', 64) + ":1",
        FundingTransaction = Transaction,
        OutcomeTransaction = null,
        Attestation = new string('7', 64),
        Outcome = "att0",
        Reason = "a \"reason\"",
        Owed = [new OwedView(TicketId, EntryId, 4_321, "share"), new OwedView(TicketId, null, 5, "refund")],
    };

    public static readonly HoldView Hold = new(
        $"competition/{CompetitionId}/refund_owed/t", CompetitionId, "refund_owed", "t", "give it back", Time("2026-01-01T00:00:00Z"), null, 5_450,
        new HoldReleaseView(Time("2026-01-01T00:00:00Z"), "alice", "sent back"));

    public static readonly ServiceStatus Status = new(true, ["by alice"], 3, 4, false, 1);

    public static readonly StoryView Story = new(
        Fresh,
        [new StepView("created", Time("2026-01-01T00:00:00Z"))],
        [
            new WorkView($"issue_invoice/{new string('2', 64)}", Time("2026-01-01T00:00:01Z"), Time("2026-01-01T00:00:02Z"), null, 2, null),
            new WorkView("create_oracle_event", null, null, Time("2026-01-01T00:00:03Z"), 1, "no answer in time; the outcome is unknown"),
        ],
        [new StoryTransactionView("funding", new string('3', 64), 812, "the pool")],
        [new SeatView(TicketId, "paid", new string('4', 64), EntryId, null, Time("2026-01-01T00:00:04Z"), null, 5_450_000, new string('5', 64))],
        [
            new PayoutAttemptView(
                EntryId, new string('6', 64), 4_321, "failed", Time("2026-01-01T00:00:05Z"), null, 1_000, "no route"),
        ],
        [new OwedShareView(EntryId, new string('4', 64), 4_321, "on_chain", 900, 924, null)],
        [new NoticeView("wrong_attestation", "opens no outcome", Time("2026-01-01T00:00:06Z"))],
        812);

    public const string StatusText =
        """{"settle_only":true,"reasons":["by alice"],"reconciled":3,"to_reconcile":4,"restoring":false,"open_holds":1}""";

    public static readonly string ReleaseBody = $$"""{"id":"competition/{{CompetitionId}}/refund_owed/t","by":"alice","note":"sent back"}""";

    public static readonly TicketView Ticket = new(
        TicketId, "lnbcrt1", new string('c', 64), 5_450, 200, EntryId, Time("2026-01-01T00:10:00Z"));

    public static readonly EscrowView Escrow = new(
        TicketId, "0200", new string('a', 64) + ":0", 5_000, "wsh(example)#checksum", "52", Point, 150, true, 120, null, null, false, false, 269, null);

    public static readonly ImmutableArray<OwedShareView> OwedShares =
        [new OwedShareView(EntryId, GatewayWorld.AliceKey, 7_500, "on_chain", 812, 824, null)];

    public static readonly EntryView Entry = new(
        EntryId, CompetitionId, TicketId, GatewayWorld.AliceKey, Point, "sealed+key/==", new string('d', 64), "sealed-preimage",
        [new StationPicksMessage("KDEN", "Over", null, "Par"), new StationPicksMessage("KJFK", null, "Under", null)],
        null, Time("2026-01-01T00:10:00Z"), null, null, null, null,
        new PayoutStatusView(7_500, "open", "no route", 24, true) { Owed = OwedShares[0] });

    public static readonly ContractView Contract = new(
        """{"market_maker":{"pubkey":"02aa"},"players":[],"fee_rate":500}""", new string('1', 64) + ":0", "cHNi+/8=",
        """{"oracle_pubkey":"02bb","entry_ids":[]}""", 2, "00ff",
        [
            new ContractEntryView(EntryId, TicketId, 1, true, false, true, """{"outcome_tx_signatures":{"0":"aa"}}""", new string('e', 64)),
            new ContractEntryView(TicketId, EntryId, 0, false, false, false, null, null),
        ]);

    public static readonly UserView User = new(
        GatewayWorld.AliceKey, "sealed+wallet/==", "regtest", "alice", Time("2026-01-02T03:04:05Z"), Time("2026-01-02T03:04:06.5Z"));

    public static readonly UsernameLoginView Login = new("sealed+nsec/==", "sealed+wallet/==", "regtest", GatewayWorld.AliceKey);

    public static readonly string AliceNpub = Nostr.Nip19.EncodePublicKey(GatewayWorld.Alice.XOnly);

    public static string RegisterBody { get; } = """{"encrypted_bitcoin_private_key":"sealed+wallet/==","network":"regtest"}""";

    public static string UsernameBody { get; } =
        $$"""
        {"username":"alice","auth_key":"{{new string('a', 64)}}","encrypted_nsec":"sealed+nsec/==","nostr_pubkey":"{{AliceNpub}}",
        "encrypted_bitcoin_private_key":"sealed+wallet/==","network":"regtest"}
        """;

    public static string LoginBody { get; } = $$"""{"username":"alice","auth_key":"{{new string('a', 64)}}"}""";

    public static string ChangeBody { get; } =
        $$"""{"current_auth_key":"{{new string('a', 64)}}","new_auth_key":"{{new string('b', 64)}}","new_encrypted_nsec":"sealed"}""";

    public static string ForgotBody { get; } = """{"username":"alice"}""";

    public static string ResetBody { get; } =
        $$"""
        {"username":"alice","challenge":"{{new string('f', 64)}}","signed_event":"{}","new_auth_key":"{{new string('b', 64)}}",
        "new_encrypted_nsec":"sealed"}
        """;

    public static string CreateBody { get; } =
        """
        {"id":"019b7a00-0000-7000-8000-000000000001","signing_date":"2026-01-03T09:00:00Z",
        "start_observation_date":"2026-01-02T00:00:00Z","end_observation_date":"2026-01-03T00:00:00Z",
        "locations":["KDEN","KJFK"],"number_of_values_per_entry":6,"number_of_places_win":1,"total_allowed_entries":3,
        "entry_fee":5000,"coordinator_fee_percentage":5,"total_competition_pool":15000,"relative_locktime_block_delta":144}
        """;

    public static string TicketBody { get; } = "{\"btc_pubkey\":\"" + Point + "\"}";

    public static string EntryBody { get; } =
        $$"""
        {"id":"{{EntryId}}","ticket_id":"{{TicketId}}","ephemeral_pubkey":"{{Point}}","ephemeral_privatekey_encrypted":"k",
        "payout_hash":"{{new string('d', 64)}}","payout_preimage_encrypted":"p","event_id":"{{CompetitionId}}",
        "expected_observations":[{"stations":"KDEN","wind_speed":"Over","temp_low":null}],"unknown":{"is":["ignored"] } }
        """;

    public static string NoncesBody { get; } = """{"by_outcome":{"att0":"aa"},"by_win_condition":{"att0:p0":"bb"}}""";

    public static string SignaturesBody { get; } =
        """{"funding_psbt_base64":"cHNi","partial_signatures":{"by_outcome":{"att0":"aa"},"by_win_condition":{}}}""";

    public static string PayoutBody { get; } =
        $$"""
        {"ticket_id":"{{TicketId}}","payout_preimage":"{{new string('5', 64)}}",
        "ephemeral_private_key":"{{new string('6', 64)}}","ln_invoice":"lnbcrt1"}
        """;

    public static string BumpBody { get; } = """{"payment":"rent","sat_per_vbyte":20,"max_fee":5000}""";

    public static string SendBody { get; } = """{"address_to":"bcrt1p","amount":1000,"max_fee":50}""";

    public static string CompetitionPath { get; } = $"/api/v1/competitions/{CompetitionId}";

    public static string EntryPath { get; } = $"{CompetitionPath}/entries/{EntryId}";

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
