using System.Text.Json;
using System.Text.Json.Nodes;

namespace Coordinator.Cli.Synth;

/// <summary>How a run stands.</summary>
internal enum SynthStatus
{
    /// <summary>Nobody has written its end: it is running, or its process died.</summary>
    Unfinished,
    Success,
    Failure,
}

/// <summary>A step of a run that was done.</summary>
/// <param name="Seconds">How long it took.</param>
internal sealed record SynthStep(string Name, double Seconds, DateTimeOffset At);

/// <summary>What a run did with money; satoshis, fees in millisatoshis.</summary>
/// <param name="Spent">For tickets, without routing fees.</param>
/// <param name="FeesMsat">Of the routes to the coordinator.</param>
/// <param name="Received">By winners.</param>
/// <param name="UnexplainedMsat">What the payer's balance moved beyond that: others use the node too. Null where it could not be compared.</param>
internal sealed record SynthMoney(long Spent, long FeesMsat, long Received, long? UnexplainedMsat);

/// <summary>One run as the history tells it.</summary>
internal sealed record SynthRunRecord(Guid Run, DateTimeOffset Started, string Scenario, int Users)
{
    public List<SynthStep> Steps { get; } = [];

    public SynthStatus Status { get; set; } = SynthStatus.Unfinished;

    /// <summary>Of its last end; null while it has none.</summary>
    public DateTimeOffset? Ended { get; set; }

    /// <summary>Why it failed.</summary>
    public string? Reason { get; set; }

    /// <summary>Its players may still have money in it: what they need to get it is kept.</summary>
    public bool IsOpen { get; set; } = true;

    public SynthMoney? Money { get; set; }

    /// <summary>How often it was gone on with.</summary>
    public int Resumed { get; set; }

    public double? Seconds => Ended is { } ended ? (ended - Started).TotalSeconds : null;

    public JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["run"] = Run.ToString(),
            ["scenario"] = Scenario,
            ["users"] = Users,
            ["status"] = Status.ToString().ToLowerInvariant(),
            ["started_at"] = Text(Started),
            ["ended_at"] = Ended is { } ended ? Text(ended) : null,
            ["seconds"] = Seconds,
            ["reason"] = Reason,
            ["open"] = IsOpen,
            ["resumed"] = Resumed,
            ["steps"] = new JsonArray([.. Steps.Select(step => new JsonObject { ["step"] = step.Name, ["seconds"] = step.Seconds, ["at"] = Text(step.At) })]),
        };
        json["money"] = Money is null ? null : ToJson(Money);
        return json;
    }

    internal static JsonObject ToJson(SynthMoney money) => new()
    {
        ["spent_sats"] = money.Spent, ["fees_msat"] = money.FeesMsat, ["received_sats"] = money.Received, ["unexplained_msat"] = money.UnexplainedMsat,
    };

    internal static SynthMoney? ReadMoney(JsonElement line)
        => line.TryGetProperty("money", out var money) && money.ValueKind == JsonValueKind.Object
            ? new SynthMoney(
                money.GetProperty("spent_sats").GetInt64(), money.GetProperty("fees_msat").GetInt64(), money.GetProperty("received_sats").GetInt64(),
                money.GetProperty("unexplained_msat") is { ValueKind: JsonValueKind.Number } unexplained ? unexplained.GetInt64() : null)
            : null;

    internal static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("O", System.Globalization.CultureInfo.InvariantCulture);
}
