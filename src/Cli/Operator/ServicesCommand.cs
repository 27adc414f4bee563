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
            var services = await call.SendAsync(parsed, HttpMethod.Get, "/api/v1/services", null, cancellation);
            await Console.Out.WriteLineAsync(parsed.GetValue(call.Json) ? services.GetRawText() : ServicesText(services, clock.GetUtcNow()));
            return services.GetProperty("ok").GetBoolean() ? 0 : 1;
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

    /// <summary>A row for each: what is seen now, and what it last complained of.</summary>
    internal static string ServicesText(JsonElement services, DateTimeOffset now)
    {
        var lines = Wording.List(services, "services").ToList();
        var table = new TextTable(new("SERVICE", 24), new("STATE", 5), new("SINCE", 20, true), new("NEEDED", 6), new("WHAT IS SEEN", 70), new("LAST ERROR", 90));
        foreach (var line in lines)
        {
            var error = Wording.Text(line, "last_error") is { } text ? $"{(Wording.Time(line, "last_error_at") is { } at ? $"{Wording.Age(at, now)}: " : string.Empty)}{text}" : null;
            table.Add(
                Wording.Text(line, "name"), line.GetProperty("ok").GetBoolean() ? "up" : "DOWN", Wording.Time(line, "since") is { } since ? Wording.Age(since, now) : null,
                line.GetProperty("essential").GetBoolean() ? "yes" : "no", Wording.Text(line, "detail"), error);
        }

        var down = lines.Count(line => !line.GetProperty("ok").GetBoolean());
        var end = down == 0 ? "everything is well" : $"{down.ToString(CultureInfo.InvariantCulture)} of {lines.Count.ToString(CultureInfo.InvariantCulture)} are not well";
        return string.Join(Environment.NewLine, table.Lines().Append(end));
    }

    /// <summary>What is wrong with each competition.</summary>
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
