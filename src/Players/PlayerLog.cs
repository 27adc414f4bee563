using System.Text.Json.Nodes;

namespace Coordinator.Players;

/// <summary>One JSON object per line on standard output: what a player did. Never a key, never a preimage.</summary>
internal sealed class PlayerLog(TextWriter output, TimeProvider clock)
{
    private readonly Lock _writing = new();

    public void Say(int player, string step, params (string Name, JsonNode? Value)[] details)
    {
        var line = new JsonObject { ["event"] = "player", ["at"] = clock.GetUtcNow().ToString("O"), ["player"] = player, ["step"] = step };
        foreach (var (name, value) in details)
        {
            line[name] = value;
        }

        lock (_writing)
        {
            output.WriteLine(line.ToJsonString());
            output.Flush();
        }
    }
}
