using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Coordinator.Cli.Operator;

/// <summary><c>holds</c>: what waits for an operator, and the operator's word.</summary>
internal static class HoldsCommand
{
    public static Command Create(TimeProvider clock)
        => new("holds", "what could not be explained and waits for an operator") { List(clock), Release() };

    private static Command List(TimeProvider clock)
    {
        var call = new OperatorCall();
        var all = new Option<bool>("--all") { Description = "released ones too" };
        var list = new Command("list", "every open hold") { all };
        call.AddTo(list);
        list.SetAction(async (parsed, cancellation) =>
        {
            var holds = await call.SendAsync(parsed, HttpMethod.Get, "/api/v1/holds", null, cancellation);
            var shown = holds.EnumerateArray().Where(hold => parsed.GetValue(all) || hold.GetProperty("released_at").ValueKind == JsonValueKind.Null).ToList();
            if (parsed.GetValue(call.Json))
            {
                await Console.Out.WriteLineAsync(JsonSerializer.Serialize(shown));
                return 0;
            }

            foreach (var hold in shown)
            {
                await Console.Out.WriteLineAsync(Lines(hold, clock.GetUtcNow()));
            }

            await Console.Out.WriteLineAsync(shown.Count == 0 ? "no holds" : $"{shown.Count} holds; docs/operations.md says what to check, `cli holds release ID --note …` releases one");
            return 0;
        });
        return list;
    }

    private static Command Release()
    {
        var call = new OperatorCall();
        var id = new Argument<string>("id") { Description = "the hold's, as the list shows it" };
        var by = new Option<string?>("--by") { Description = "who says so" };
        var note = new Option<string?>("--note") { Description = "what was found or done" };
        var release = new Command("release", "the operator has looked and decides; recorded, safe to repeat") { id, by, note };
        call.AddTo(release);
        release.SetAction(async (parsed, cancellation) =>
        {
            var body = new JsonObject { ["id"] = parsed.GetValue(id), ["by"] = parsed.GetValue(by), ["note"] = parsed.GetValue(note) };
            _ = await call.SendAsync(parsed, HttpMethod.Post, "/api/v1/holds/release", body, cancellation);
            await Console.Out.WriteLineAsync(parsed.GetValue(call.Json) ? "{\"released\":true}" : "released");
            return 0;
        });
        return release;
    }

    /// <summary>One hold on three lines, a released one on four.</summary>
    internal static string Lines(JsonElement hold, DateTimeOffset now)
    {
        string? Said(string name) => Wording.Text(hold, name) is { } text ? Wording.Clean(text) : null;
        var sats = Wording.Number(hold, "sats") ?? 0;
        var since = Wording.Time(hold, "since") is { } time ? Wording.When(time, now) : Said("since");
        var released = Said("released_at") is { } at ? $"\n    released {at} by {Said("released_by")}: {Said("note")}" : "";
        return $"{Said("id")}\n    since {since}{(sats > 0 ? $", {Wording.Sats(sats)} sat" : "")}\n    {Said("detail")}{released}";
    }
}
