using System.Text.Json;
using System.Text.Json.Nodes;
using Coordinator.Grains;
using static Coordinator.Cluster.Tests.Money;

namespace Coordinator.Cluster.Tests;

/// <summary>What the operator is told of a competition, from its creation to its end.</summary>
public sealed class StoryTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_whole_competition_is_told_in_order_with_what_was_done_and_every_transaction()
    {
        using var world = new World(900);
        using var game = new Game(world);
        Play(game);
        var story = Story(world, game.Id);
        Assert.Equal("completed", story.Competition.State);
        string[] expected =
        [
            "created", "escrow_funds_confirmed", "event_created", "entries_submitted", "contract_created", "awaiting_signatures", "signing_complete",
            "funding_broadcasted", "funding_confirmed", "awaiting_attestation", "attested", "outcome_broadcasted", "delta_broadcasted", "completed",
        ];
        Assert.Equal(expected, story.Steps.Select(step => step.State));
        Assert.Equal(story.Steps.Select(step => step.At).Order(), story.Steps.Select(step => step.At));
        Assert.Equal(story.Steps[^1].At, story.Competition.StateSince);

        foreach (var verb in new[] { "issue_invoice/", "create_oracle_event", "prepare_contract", "broadcast_funding", "settle_invoice/", "broadcast_outcome/", "pay_winner/" })
        {
            var work = story.Work.FirstOrDefault(one => one.Effect.StartsWith(verb, StringComparison.Ordinal));
            Assert.True(work is { Attempts: > 0, Since: not null, Until: not null }, $"{verb}: {work}");
        }

        Assert.Equal(["funding", "outcome", "close"], story.Transactions.Select(transaction => transaction.Role).Where(role => role != "bump"));
        Assert.All(story.Transactions.Where(transaction => transaction.Role != "bump"), transaction => Assert.NotNull(transaction.Height));
        Assert.All(story.Seats, seat => Assert.Equal(("settled", true), (seat.Stage, seat.Entry is not null)));
        Assert.All(story.Payouts, payout => Assert.Equal("paid", payout.Stage));
        Assert.Empty(story.Owed);
    }

    [Fact]
    public void A_story_shows_what_is_tried_and_why_it_has_not_ended_and_no_preimage()
    {
        using var world = new World(901);
        using var game = new Game(world);
        game.Create().Until("awaiting_attestation");
        var document = world.Run(async () =>
        {
            var stored = new Orleans.GrainState<CompetitionDocument>(new CompetitionDocument());
            await Storage(world).ReadStateAsync("competition", world.Competition(game.Id).GetGrainId(), stored);
            return stored.State;
        });
        var story = JsonSerializer.Serialize(Story(world, game.Id));
        Assert.All(document.State!.Header.Roster.Tickets, ticket => Assert.DoesNotContain(ticket.SealedPreimage, story, StringComparison.Ordinal));
        Assert.All(document.State!.Header.Roster.Tickets, ticket => Assert.DoesNotContain(ticket.Entry!.EncryptedKey, story, StringComparison.Ordinal));
    }

    [Fact]
    public void A_document_of_older_code_has_the_steps_that_left_a_mark()
    {
        using var world = new World(902);
        using var game = new Game(world);
        game.Create().Until("awaiting_attestation");
        var document = world.Run(async () =>
        {
            var stored = new Orleans.GrainState<CompetitionDocument>(new CompetitionDocument());
            await Storage(world).ReadStateAsync("competition", world.Competition(game.Id).GetGrainId(), stored);
            return stored.State;
        });
        var text = JsonNode.Parse(JsonSerializer.Serialize(document, DocumentJson.Options))!.AsObject();
        Assert.True(text.Remove("history"), "the member is called otherwise");
        foreach (var intent in text["intents"]!.AsArray())
        {
            Assert.True(intent!.AsObject().Remove("since"), "the member is called otherwise");
        }

        var older = JsonSerializer.Deserialize<CompetitionDocument>(text, DocumentJson.Options)!;
        Assert.Empty(older.History.Steps);
        Assert.All(older.Intents, intent => Assert.Null(intent.Since));
        var story = StoryViews.Of(older, []);
        Assert.Equal("created", story.Steps[0].State);
        Assert.Contains(story.Steps, step => step.State == "funding_broadcasted");
        Assert.Null(story.Competition.StateSince);
    }

    [Fact]
    public void A_history_keeps_its_newest_lines_and_stays_bounded()
    {
        var history = new CompetitionHistory();
        for (var turn = 0; turn < 1_000; turn++)
        {
            var intent = new Intent(new Competitions.AggregateNonces($"{turn}"), 1, Start, "no answer") { Since = Start };
            history = history.After($"state {turn}", $"state {turn + 1}", [intent], Start.AddSeconds(turn));
        }

        Assert.Equal((CompetitionHistory.MostSteps, CompetitionHistory.MostWork), (history.Steps.Length, history.Ended.Length));
        Assert.Equal(("state 1000", "aggregate_nonces/999"), (history.Steps[^1].State, history.Ended[^1].Effect));
        Assert.Same(history, history.After("state 1000", "state 1000", [], Start));
    }

    [Fact]
    public void A_competition_that_is_unknown_has_no_story()
    {
        using var world = new World(903);
        var answer = world.Run(() => world.Competition(Guid.Parse("019b7a00-0000-7000-8000-000000000009")).StoryAsync());
        Assert.Equal("competition_not_found", answer.Problem?.Code);
    }

    private static StoryView Story(World world, Guid id)
    {
        var answer = world.Run(() => world.Competition(id).StoryAsync());
        return answer.TryGet(out var story, out var problem) ? story : throw new InvalidOperationException(problem.Detail);
    }

    private static Orleans.Storage.IGrainStorage Storage(World world)
        => Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions.GetRequiredService<Storage.StoragePorts>(world.Services).Documents;
}
