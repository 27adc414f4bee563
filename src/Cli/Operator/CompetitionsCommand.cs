using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Coordinator.Cli.Processes;

namespace Coordinator.Cli.Operator;

/// <summary><c>competitions</c>: what is played, and the operator's word about it. Lists are read from the players' listener, which has them.</summary>
internal static class CompetitionsCommand
{
    private const string Path = "/api/v1/competitions";
    private const int LargestPage = 100;

    /// <summary>A list that does not end after so many pages never does.</summary>
    private const int MostPages = 10_000;

    public static Command Create(TimeProvider clock) => new("competitions", "what is played, and the operator's word about it")
    {
        List(clock), Show(clock), NewCompetition.Command(clock),
        Act("cancel", "calls off a competition that is not funded; every held payment is given back", clock),
        Act("delete", "puts a cancelled competition out of sight; its id is never used again", clock),
    };

    /// <summary>A competition's id as an argument.</summary>
    /// <exception cref="CommandFailedException">It is none (exit code 2).</exception>
    public static Guid Id(string text, string what = "competition id")
        => Guid.TryParseExact(text, "D", out var id) ? id : throw new CommandFailedException($"'{Wording.Clean(text)}' is no {what}: it looks like 019b7a00-0000-7000-8000-000000000001", 2);

    private static Command List(TimeProvider clock)
    {
        var (call, address) = (new OperatorCall(), new PublicAddress());
        var state = new Option<string?>("--state") { Description = "only those in one of these states, separated by commas" };
        var limit = new Option<int>("--limit") { Description = "so many, from 1 to 100", DefaultValueFactory = _ => 50 };
        var cursor = new Option<string?>("--cursor") { Description = "goes on where the page before ended" };
        var all = new Option<bool>("--all") { Description = "every page" };
        var command = new Command("list", "competitions in the order of their creation") { state, limit, cursor, all };
        address.AddTo(command);
        command.Options.Add(call.Json);
        command.SetAction(async (parsed, cancellation) =>
        {
            var most = parsed.GetValue(limit);
            if (most is < 1 or > LargestPage)
            {
                throw new CommandFailedException($"--limit takes 1 to {LargestPage}, not {most}; --all reads every page", 2);
            }

            var query = $"?limit={(parsed.GetValue(all) ? LargestPage : most).ToString(CultureInfo.InvariantCulture)}{Part("state", parsed.GetValue(state))}";
            var (items, next) = await PagesAsync(address.Server(parsed), query, parsed.GetValue(cursor), parsed.GetValue(all), cancellation);
            await Console.Out.WriteLineAsync(parsed.GetValue(call.Json)
                ? JsonSerializer.Serialize(items)
                : CompetitionText.List(items, next, clock.GetUtcNow()));
            if (parsed.GetValue(call.Json) && next is not null)
            {
                await Console.Error.WriteLineAsync($"there are more: --cursor {next}");
            }

            return 0;
        });
        return command;
    }

    private static async Task<(List<JsonElement> Items, string? Next)> PagesAsync(
        Uri server, string query, string? cursor, bool all, CancellationToken cancellation)
    {
        var items = new List<JsonElement>();
        for (var page = 0; page < MostPages; page++)
        {
            var answer = await ServiceHttp.SendAsync(
                server, HttpMethod.Get, $"{Path}{query}{Part("cursor", cursor)}", null, null, PublicAddress.Patience, cancellation);
            items.AddRange(answer.OrRefuse().EnumerateArray());
            cursor = answer.NextCursor;
            if (!all || cursor is null)
            {
                return (items, cursor);
            }
        }

        throw new CommandFailedException($"the list does not end after {MostPages} pages");
    }

    private static Command Show(TimeProvider clock)
    {
        var (call, address) = (new OperatorCall(), new PublicAddress());
        var id = new Argument<string>("id") { Description = "which competition" };
        var command = new Command("show", "one competition's whole story: terms, what it waits for, states, work, transactions, seats, payouts, debts") { id };
        address.AddTo(command);
        call.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var competition = Id(parsed.GetValue(id)!);
            var story = await call.SendAsync(parsed, HttpMethod.Get, $"{Path}/{competition}/story", null, cancellation);
            var shown = (await ServiceHttp.SendAsync(
                address.Server(parsed), HttpMethod.Get, $"{Path}/{competition}", null, null, PublicAddress.Patience, cancellation)).OrRefuse();
            var now = clock.GetUtcNow();
            await Console.Out.WriteLineAsync(parsed.GetValue(call.Json)
                ? Both(shown, story)
                : string.Join(Environment.NewLine, new CompetitionText(shown, now).Lines().Concat(new StoryText(story, now).Lines())));
            return 0;
        });
        return command;
    }

    /// <summary>The public competition with the operator's <c>story</c> as one more member.</summary>
    private static string Both(JsonElement competition, JsonElement story)
    {
        var both = JsonObject.Create(competition)!;
        both["story"] = JsonObject.Create(story);
        return both.ToJsonString();
    }

    private static Command Act(string verb, string what, TimeProvider clock)
    {
        var call = new OperatorCall();
        var id = new Argument<string>("id") { Description = "which competition" };
        var reason = new Option<string?>("--reason") { Description = "shown to players" };
        var command = new Command(verb, what) { id };
        if (verb == "cancel")
        {
            command.Options.Add(reason);
        }

        call.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var competition = Id(parsed.GetValue(id)!);
            var body = verb == "cancel" && parsed.GetValue(reason) is { } why ? new JsonObject { ["reason"] = why } : null;
            var answer = await call.SendAsync(parsed, HttpMethod.Post, $"{Path}/{competition}/{verb}", body, cancellation);
            await Console.Out.WriteLineAsync(parsed.GetValue(call.Json)
                ? answer.ValueKind == JsonValueKind.Null ? "{\"deleted\":true}" : answer.GetRawText()
                : verb == "delete" ? $"competition {competition} is deleted"
                : CompetitionText.Line(answer, clock.GetUtcNow()));
            return 0;
        });
        return command;
    }

    private static string Part(string name, string? value) => value is null ? string.Empty : $"&{name}={Uri.EscapeDataString(value)}";
}
