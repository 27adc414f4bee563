using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Coordinator.Cli.Operator;

/// <summary><c>holds</c>: what waits for an operator, and the operator's word.</summary>
internal static class HoldsCommand
{
    public static Command Create() => new("holds", "what could not be explained and waits for an operator") { List(), Release() };

    private static Command List()
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
                await Console.Out.WriteLineAsync(Lines(hold));
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

    private static string Lines(JsonElement hold)
    {
        string? Text(string name) => hold.GetProperty(name).GetString();
        var sats = hold.GetProperty("sats").GetInt64();
        var released = Text("released_at") is { } at ? $"\n    released {at} by {Text("released_by")}: {Text("note")}" : "";
        return $"{Text("id")}\n    since {Text("since")}{(sats > 0 ? $", {sats} sat" : "")}\n    {Text("detail")}{released}";
    }
}
