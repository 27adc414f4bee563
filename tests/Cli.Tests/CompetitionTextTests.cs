using System.Text.Json;
using System.Text.Json.Nodes;
using Coordinator.Cli.Operator;

namespace Coordinator.Cli.Tests;

/// <summary>Competitions, holds, shares and services as their tables show them.</summary>
public sealed class CompetitionTextTests
{
    private const string Id = "019b7a00-0000-7000-8000-000000000001";
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 10, 0, TimeSpan.Zero);

    [Fact]
    public void A_list_shows_state_age_seats_and_money()
    {
        var lines = CompetitionText.List([Competition()], null, Now).Split(Environment.NewLine);
        Assert.Equal(3, lines.Length);
        Assert.StartsWith("ID", lines[0], StringComparison.Ordinal);
        Assert.Equal(
            [Id, "event_created", "5 min ago", "10 min ago", "3/3", "2/3", "52,950", "150,000", "1,500", "1"],
            lines[1].Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        Assert.Equal("1 competitions; TICKET, POOL and OWED in sat", lines[2]);
    }

    [Fact]
    public void A_list_that_goes_on_says_how() => Assert.EndsWith("there are more: --cursor abc", CompetitionText.List([Competition()], "abc", Now), StringComparison.Ordinal);

    [Fact]
    public void An_empty_list_has_no_headings() => Assert.Equal("no competitions", CompetitionText.List([], null, Now));

    [Fact]
    public void One_competition_shows_its_terms_and_how_far_it_is()
    {
        var text = string.Join('\n', new CompetitionText(Competition(), Now).Lines());
        Assert.StartsWith($"competition {Id} is event_created since 2026-01-01 00:05:00Z (5 min ago)", text, StringComparison.Ordinal);
        Assert.Contains("52,950 sat: 50,000 entry fee, 2,500 for the coordinator (5 %), 450 for the network", text, StringComparison.Ordinal);
        Assert.Contains("3 paid, 2 entered, 0 signed, 0 paid out", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', text);
    }

    [Fact]
    public void A_story_shows_what_it_waits_for_what_it_did_and_what_it_owes()
    {
        var text = string.Join('\n', new StoryText(Story(), Now).Lines());
        Assert.StartsWith("waits for   the oracle, since 2026-01-01 00:05:00Z (5 min ago)", text, StringComparison.Ordinal);
        Assert.Contains("event_created  2026-01-01 00:05:00Z  +5 min", text, StringComparison.Ordinal);
        Assert.Contains("fund    9 min ago  -         3  in 1 min  not reached red", text, StringComparison.Ordinal);
        Assert.Contains("funding  ab      812", text, StringComparison.Ordinal);
        Assert.Contains("shares not taken:", text, StringComparison.Ordinal);
        Assert.Contains("142,000", text, StringComparison.Ordinal);
        Assert.DoesNotContain("holds:", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', text);
    }

    [Fact]
    public void Services_show_since_when_and_what_they_last_complained_of()
    {
        var text = ServicesCommand.ServicesText(
            Json("""
                {"ok":true,"services":[
                 {"name":"chain","ok":true,"essential":false,"detail":"block 812","since":"2026-01-01T00:00:00Z","last_error":"gone","last_error_at":"2025-12-31T23:10:00Z"},
                 {"name":"lnd","ok":false,"essential":true,"detail":"not reached","since":null,"last_error":null,"last_error_at":null}]}
                """),
            Now);
        var lines = text.Split(Environment.NewLine);
        Assert.Equal(["chain", "up", "10 min ago", "no", "block 812", "1 h ago: gone"], Cells(lines[1]));
        Assert.Equal(["lnd", "DOWN", "-", "yes", "not reached", "-"], Cells(lines[2]));
        Assert.Equal("1 of 2 are not well", lines[3]);
    }

    [Fact]
    public void Grains_show_calls_errors_and_the_slowest_method()
    {
        var report = Json("""
            {"activations":7,"counted_since":"2026-01-01T00:00:00Z","silos":[{"name":"S1","status":"Active"}],
             "types":[{"type":"wallet","activations":1,"reminders":2,"calls":1234,"errors":1,
              "methods":[{"method":"BalanceAsync","calls":1200,"errors":0,"mean_us":120,"p95_us":450,"longest_us":900,"last_error":null,"last_error_at":null},
                         {"method":"SendAsync","calls":34,"errors":1,"mean_us":1200,"p95_us":4500,"longest_us":9000,"last_error":"dust","last_error_at":"2026-01-01T00:09:00Z"}]},
              {"type":"directory","activations":6,"reminders":0,"calls":0,"errors":0,"methods":[]}]}
            """);
        var types = GrainsCommand.Text(report, byMethod: false, Now).Split(Environment.NewLine);
        Assert.Equal(["wallet", "1", "2", "1,234", "1", "SendAsync", "4.5"], Cells(types[1]));
        Assert.Equal(["directory", "6", "0", "0", "0", "-", "-"], Cells(types[2]));
        Assert.Equal("7 activations; counted since 2026-01-01 00:00:00Z (10 min ago); silos: S1 Active", types[3]);
        var methods = GrainsCommand.Text(report, byMethod: true, Now).Split(Environment.NewLine);
        Assert.Equal(["wallet", "SendAsync", "34", "1", "1.2", "4.5", "9.0", "1 min ago: dust"], Cells(methods[2]));
    }

    [Fact]
    public void Shares_are_summed_and_say_until_when_they_can_be_had()
    {
        var share = Json($$"""
            {"competition_id":"{{Id}}","state":"outcome_broadcasted","entry_id":"{{Id}}","pubkey":"aa","sats":90000,"way":"lightning",
             "payable_until_height":812,"claimable_from_height":null,"reclaimable_from_height":null}
            """);
        var text = OwedCommand.Text([share, share]);
        Assert.Contains("2 shares, 180,000 sat", text, StringComparison.Ordinal);
        Assert.Contains("lightning", text, StringComparison.Ordinal);
        Assert.Contains("never", text, StringComparison.Ordinal);
        Assert.Equal("nothing is owed", OwedCommand.Text([]));
    }

    [Fact]
    public void A_hold_shows_its_age_and_its_sum()
    {
        var hold = Json("""
            {"id":"competition/1/refund_owed/2","kind":"refund_owed","subject":"2","detail":"odd\nthing","entry_id":null,"sats":52950,
             "since":"2026-01-01T00:00:00Z","released_at":null,"competition_id":null,"released_by":null,"note":null}
            """);
        Assert.Equal("competition/1/refund_owed/2\n    since 2026-01-01 00:00:00Z (10 min ago), 52,950 sat\n    odd thing", HoldsCommand.Lines(hold, Now));
    }

    [Fact]
    public void Problems_name_what_is_tried_and_what_is_owed()
    {
        var problem = Json($$"""
            {"id":"{{Id}}","state":"failed","reason":"gone","errors":["odd"],"owed":[{"ticket_id":"t","entry_id":null,"sats":1500,"why":"taken"}],
             "pending":[{"effect":"settle/t","attempts":4,"last_error":null}]}
            """);
        var text = ServicesCommand.ProblemsText([problem]);
        Assert.Contains("settle/t: no error", text, StringComparison.Ordinal);
        Assert.Contains("1,500", text, StringComparison.Ordinal);
        Assert.Equal("no problems", ServicesCommand.ProblemsText([]));
    }

    private static JsonElement Competition() => Json($$"""
        {"id":"{{Id}}","created_at":"2026-01-01T00:00:00Z","event_created_at":"2026-01-01T00:05:00Z","completed_at":null,"state":"event_created",
         "event_submission":{"id":"{{Id}}","signing_date":"2026-01-03T09:00:00Z","start_observation_date":"2026-01-02T00:00:00Z",
          "end_observation_date":"2026-01-03T00:00:00Z","locations":["KDEN","KJFK"],"number_of_values_per_entry":6,"number_of_places_win":1,
          "total_allowed_entries":3,"entry_fee":50000,"coordinator_fee_percentage":5,"total_competition_pool":150000,"relative_locktime_block_delta":24},
         "total_entries":2,"total_signed_entries":0,"total_paid_entries":3,"total_paid_out_entries":0,"funding_outpoint":null,"outcome":null,
         "attestation":null,"errors":["odd \u001b[31m thing"],"ticket_price_sats":52950,"network_fee_sats":450,"settlement_depth":1,
         "escrow_refund_blocks":null,"reason":null,
         "owed":[{"ticket_id":"t","entry_id":null,"sats":1500,"why":"paid too much"}],
         "holds":[{"id":"h","sats":0,"since":"2026-01-01T00:00:00Z","detail":"d","released_at":null}]}
        """);

    private static JsonElement Story() => Json($$"""
        {"id":"{{Id}}","state":"event_created","waits_for":"the oracle","since":"2026-01-01T00:05:00Z","reason":null,"outcome":null,"tip":812,
         "steps":[{"state":"created","at":"2026-01-01T00:00:00Z"},{"state":"event_created","at":"2026-01-01T00:05:00Z"}],
         "work":[{"effect":"fund","since":"2026-01-01T00:01:00Z","until":null,"next_at":"2026-01-01T00:11:00Z","attempts":3,"last_error":"not reached\nred"}],
         "transactions":[{"role":"funding","txid":"ab","height":812,"note":null}],
         "seats":[{"ticket_id":"t","stage":"entered","entry_id":"e","paid_at":"2026-01-01T00:01:00Z","settled_at":null,"received_msat":52950000}],
         "payouts":[],"owed_shares":[{"entry_id":"e","pubkey":"aa","sats":142000,"way":"lightning","payable_until_height":900,"claimable_from_height":null,"reclaimable_from_height":null}],
         "owed":[],"holds":[],"notices":[{"code":"odd","detail":"odd \u001b[31m thing","at":"2026-01-01T00:02:00Z"}]}
        """);

    private static string[] Cells(string line) => line.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static JsonElement Json(string text) => JsonNode.Parse(text).Deserialize<JsonElement>();
}
