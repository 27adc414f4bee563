using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace Coordinator.Cli.Operator;

/// <summary><c>services</c> and <c>problems</c>: whether everything is well, and where it is not.</summary>
internal static class ServicesCommand
{
    public static Command Services(TimeProvider clock)
    {
        var call = new OperatorCall();
        var command = new Command("services", "every part of the service and what it depends on; exit code 1 where something essential is down");
        call.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var health = await call.SendAsync(parsed, HttpMethod.Get, "/api/v1/health", null, cancellation);
            await Console.Out.WriteLineAsync(parsed.GetValue(call.Json) ? health.GetRawText() : HealthText(health, clock.GetUtcNow()));
            return health.GetProperty("ok").GetBoolean() ? 0 : 1;
        });
        return command;
    }

    public static Command Problems()
    {
        var call = new OperatorCall();
        var command = new Command("problems", "competitions that failed, owe somebody, or try something again and again");
        call.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var problems = await call.SendAsync(parsed, HttpMethod.Get, "/api/v1/problems", null, cancellation);
            await Console.Out.WriteLineAsync(parsed.GetValue(call.Json) ? problems.GetRawText() : ProblemsText([.. problems.EnumerateArray()]));
            return 0;
        });
        return command;
    }

    /// <summary>A row for each part.</summary>
    internal static string HealthText(JsonElement health, DateTimeOffset now)
    {
        var table = new TextTable(new("SERVICE", 24), new("STATE", 8), new("SINCE", 34), new("NEEDED", 6), new("WHAT IS SEEN", 100));
        foreach (var part in Wording.List(health, "parts"))
        {
            table.Add(
                Wording.Text(part, "name"), part.GetProperty("ok").GetBoolean() ? "up" : "down",
                Wording.Time(part, "since") is { } since ? Wording.When(since, now) : null,
                part.GetProperty("essential").GetBoolean() ? "yes" : "no", Wording.Text(part, "detail"));
        }

        var down = Wording.List(health, "parts").Count(part => !part.GetProperty("ok").GetBoolean());
        var end = down == 0 ? "everything is well" : $"{down.ToString(CultureInfo.InvariantCulture)} of {table.Count.ToString(CultureInfo.InvariantCulture)} are not well";
        return string.Join(Environment.NewLine, table.Lines().Append(end));
    }

    /// <summary>One paragraph for each competition.</summary>
    internal static string ProblemsText(IReadOnlyCollection<JsonElement> problems)
    {
        if (problems.Count == 0)
        {
            return "no problems";
        }

        var table = new TextTable(new("COMPETITION"), new("STATE"), new("WHAT", 12), new("SAT", 16, true), new("TRIES", 6, true), new("DETAIL", 110));
        foreach (var problem in problems)
        {
            var (id, state) = (Wording.Text(problem, "id"), Wording.Text(problem, "state"));
            if (Wording.Text(problem, "reason") is { } reason)
            {
                table.Add(id, state, "reason", string.Empty, string.Empty, reason);
            }

            foreach (var error in Wording.List(problem, "errors"))
            {
                table.Add(id, state, "seen", string.Empty, string.Empty, error.ToString());
            }

            foreach (var owed in Wording.List(problem, "owed"))
            {
                table.Add(id, state, "owed", Wording.Sats(Wording.Number(owed, "sats") ?? 0), string.Empty, $"ticket {Wording.Text(owed, "ticket_id")}: {Wording.Text(owed, "why")}");
            }

            foreach (var effect in Wording.List(problem, "pending"))
            {
                table.Add(
                    id, state, "trying", string.Empty, Wording.Text(effect, "attempts"), $"{Wording.Text(effect, "effect")}: {Wording.Text(effect, "last_error") ?? "no error"}");
            }
        }

        return string.Join(Environment.NewLine, table.Lines().Append($"{problems.Count.ToString(CultureInfo.InvariantCulture)} competitions with problems; `cli competitions show ID` tells more"));
    }
}
