using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace Coordinator.Cli.Operator;

/// <summary><c>grains</c>: the actors of the service.</summary>
internal static class GrainsCommand
{
    private const double Millisecond = 1_000;

    public static Command Create(TimeProvider clock)
    {
        var call = new OperatorCall();
        var methods = new Option<bool>("--methods") { Description = "every method" };
        var command = new Command("grains", "the actors of the service: how many live, how often they were called, how long it took, what failed") { methods };
        call.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var report = await call.SendAsync(parsed, HttpMethod.Get, "/api/v1/grains", null, cancellation);
            await Console.Out.WriteLineAsync(parsed.GetValue(call.Json) ? report.GetRawText() : Text(report, parsed.GetValue(methods), clock.GetUtcNow()));
            return 0;
        });
        return command;
    }

    /// <summary>A row for each kind of actor, or for each method.</summary>
    internal static string Text(JsonElement report, bool byMethod, DateTimeOffset now)
    {
        var silos = string.Join(", ", Wording.List(report, "silos").Select(silo => Wording.Clean($"{Wording.Text(silo, "name")} {Wording.Text(silo, "status")}")));
        var end = $"{Number(report, "activations")} activations"
            + (Wording.Time(report, "counted_since") is { } since ? $"; counted since {Wording.When(since, now)}" : string.Empty)
            + (silos.Length > 0 ? $"; silos: {silos}" : string.Empty);
        return string.Join(Environment.NewLine, (byMethod ? Methods(report, now) : Types(report)).Lines().Append(end));
    }

    private static TextTable Types(JsonElement report)
    {
        var table = new TextTable(
            new("GRAIN"), new("ALIVE", 10, true), new("REMINDERS", 10, true), new("CALLS", 14, true), new("ERRORS", 10, true), new("SLOWEST METHOD"), new("P95 ms", 12, true));
        foreach (var type in Wording.List(report, "types"))
        {
            var slowest = Wording.List(type, "methods").OrderBy(method => Wording.Number(method, "p95_us") ?? 0).LastOrDefault();
            var isKnown = slowest.ValueKind == JsonValueKind.Object;
            table.Add(
                Wording.Text(type, "type"), Number(type, "activations"), Number(type, "reminders"), Number(type, "calls"), Number(type, "errors"),
                isKnown ? Wording.Text(slowest, "method") : null, isKnown ? Time(slowest, "p95_us") : null);
        }

        return table;
    }

    private static TextTable Methods(JsonElement report, DateTimeOffset now)
    {
        var table = new TextTable(
            new("GRAIN"), new("METHOD"), new("CALLS", 14, true), new("ERRORS", 10, true), new("MEAN ms", 12, true), new("P95 ms", 12, true), new("LONGEST ms", 12, true),
            new("LAST ERROR", 90));
        foreach (var type in Wording.List(report, "types"))
        {
            foreach (var method in Wording.List(type, "methods"))
            {
                var error = Wording.Text(method, "last_error") is { } text && Wording.Time(method, "last_error_at") is { } at ? $"{Wording.Age(at, now)}: {text}" : null;
                table.Add(
                    Wording.Text(type, "type"), Wording.Text(method, "method"), Number(method, "calls"), Number(method, "errors"), Time(method, "mean_us"),
                    Time(method, "p95_us"), Time(method, "longest_us"), error);
            }
        }

        return table;
    }

    private static string Number(JsonElement of, string member) => Wording.Sats(Wording.Number(of, member) ?? 0);

    private static string Time(JsonElement of, string member) => ((Wording.Number(of, member) ?? 0) / Millisecond).ToString("N1", CultureInfo.InvariantCulture);
}
