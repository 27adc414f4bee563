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
    public void One_competition_shows_terms_states_and_what_it_waits_for()
    {
        var text = string.Join('\n', new CompetitionText(Competition(), Pending(), Now).Lines());
        Assert.StartsWith($"competition {Id} is event_created since 2026-01-01 00:05:00Z (5 min ago)", text, StringComparison.Ordinal);
        Assert.Contains("52,950 sat: 50,000 entry fee, 2,500 for the coordinator (5 %), 450 for the network", text, StringComparison.Ordinal);
        Assert.Contains("event_created  2026-01-01 00:05:00Z  +5 min", text, StringComparison.Ordinal);
        Assert.Contains("what it is trying:", text, StringComparison.Ordinal);
        Assert.Contains("register_seat/1      3  seats cannot be read", text, StringComparison.Ordinal);
        Assert.Contains("what it owes:", text, StringComparison.Ordinal);
        Assert.Contains("odd things that were seen:", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', text);
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

    private static JsonElement Pending() => Json("""
        {"state":"event_created","reason":null,"pending":[{"effect":"register_seat/1","attempts":3,"last_error":"seats cannot be read"}]}
        """);

    private static JsonElement Json(string text) => JsonNode.Parse(text).Deserialize<JsonElement>();
}
