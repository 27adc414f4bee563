using System.Globalization;
using System.Text.Json.Nodes;

namespace Coordinator.Cli.Demo;

/// <summary>Tells the story: one JSON object a line, or a line for people.</summary>
internal sealed class DemoLog(TextWriter output, bool json, TimeProvider clock)
{
    /// <summary>Tells nobody.</summary>
    public static DemoLog Silent { get; } = new(TextWriter.Null, json: true, TimeProvider.System);

    private readonly Lock _writing = new();
    private readonly long _start = clock.GetTimestamp();

    /// <param name="name">The event's name.</param>
    /// <param name="words">What people read; null where it is not for them.</param>
    /// <param name="members">Members of the JSON object after <c>event</c> and <c>at</c>.</param>
    public void Tell(string name, string? words, params (string Name, JsonNode? Value)[] members)
    {
        lock (_writing)
        {
            if (json)
            {
                var line = new JsonObject { ["event"] = name, ["at"] = clock.GetUtcNow().UtcDateTime.ToString("O", CultureInfo.InvariantCulture) };
                foreach (var (member, value) in members)
                {
                    line[member] = value;
                }

                output.WriteLine(line.ToJsonString());
            }
            else if (words is not null)
            {
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{clock.GetElapsedTime(_start).TotalSeconds,6:F1} s  {words}"));
            }

            output.Flush();
        }
    }
}
