using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Coordinator.Cli.Operator;

/// <summary><c>settle-only</c>: whether new money is taken.</summary>
internal static class SettleOnlyCommand
{
    public static Command Create() => new("settle-only", "take no new money, finish every obligation")
    {
        Switch("on", true, "from now on; durable"), Switch("off", false, "takes new money again"), Status(),
    };

    private static Command Switch(string name, bool on, string what)
    {
        var call = new OperatorCall();
        var by = new Option<string?>("--by") { Description = "who says so" };
        var note = new Option<string?>("--note") { Description = "why" };
        var command = new Command(name, what) { by, note };
        call.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var body = new JsonObject { ["on"] = on, ["by"] = parsed.GetValue(by), ["note"] = parsed.GetValue(note) };
            return await ShowAsync(await call.SendAsync(parsed, HttpMethod.Post, "/api/v1/settle_only", body, cancellation), parsed.GetValue(call.Json));
        });
        return command;
    }

    private static Command Status()
    {
        var call = new OperatorCall();
        var command = new Command("status", "whether, why, and how far the start is");
        call.AddTo(command);
        command.SetAction(async (parsed, cancellation)
            => await ShowAsync(await call.SendAsync(parsed, HttpMethod.Get, "/api/v1/settle_only", null, cancellation), parsed.GetValue(call.Json)));
        return command;
    }

    private static async Task<int> ShowAsync(JsonElement status, bool json)
    {
        if (json)
        {
            await Console.Out.WriteLineAsync(status.GetRawText());
            return 0;
        }

        var reasons = string.Join("; ", status.GetProperty("reasons").EnumerateArray().Select(reason => reason.GetString()));
        await Console.Out.WriteLineAsync($"settle-only {(status.GetProperty("settle_only").GetBoolean() ? $"on ({reasons})" : "off")}");
        await Console.Out.WriteLineAsync($"reconciled  {status.GetProperty("reconciled").GetInt32()} of {status.GetProperty("to_reconcile").GetInt32()}");
        await Console.Out.WriteLineAsync($"restore     {(status.GetProperty("restoring").GetBoolean() ? "its checks are not done" : "none pending")}");
        await Console.Out.WriteLineAsync($"open holds  {status.GetProperty("open_holds").GetInt32()}");
        return 0;
    }
}
