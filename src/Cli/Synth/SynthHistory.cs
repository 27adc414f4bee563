using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Coordinator.Cli.Processes;

namespace Coordinator.Cli.Synth;

/// <summary>Every run and its steps, one JSON object a line, each on disk before the next thing is done. Appended to, and trimmed only when a process
/// begins.</summary>
internal sealed class SynthHistory(string file, TimeProvider clock)
{
    /// <summary>More runs than these are not kept, but for a tenth, so that the file is seldom written anew.</summary>
    public const int MostRuns = 10_000;

    private const UnixFileMode ForAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>The runs in the order of their start; none where there is no file. A last line that was cut short by the end of its process is passed over.</summary>
    /// <exception cref="CommandFailedException">The file holds something else.</exception>
    public List<SynthRunRecord> Read()
    {
        string text;
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream);
            text = reader.ReadToEnd();
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"the history {file} cannot be read: {failure.Message}");
        }

        return Fold(text);
    }

    /// <summary>Forgets the oldest runs where there are more than a tenth too many. A run that is open is never forgotten, nor is the last success. Only for
    /// who has the folder to itself; safe to repeat.</summary>
    /// <param name="most">So many of the newest stay.</param>
    /// <exception cref="CommandFailedException">The history does not read, or cannot be replaced.</exception>
    public void Trim(int most)
    {
        var runs = Read();
        if (runs.Count <= most + (most / 10))
        {
            return;
        }

        var kept = runs.TakeLast(most).Concat(runs.Where(run => run.IsOpen)).Select(run => run.Run).ToHashSet();
        if (SynthMetrics.LastSuccess(runs) is { } success)
        {
            kept.Add(success.Run);
        }

        try
        {
            WholeFile.Replace(file, string.Concat(File.ReadLines(file).Where(line => IsOf(line, kept)).Select(line => $"{line}\n")), ForAll);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"the history {file} cannot be trimmed: {failure.Message}");
        }
    }

    public void Started(Guid run, string scenario, int users)
        => Append(new JsonObject { ["event"] = "started", ["run"] = run.ToString(), ["scenario"] = scenario, ["users"] = users });

    public void Resumed(Guid run) => Append(new JsonObject { ["event"] = "resumed", ["run"] = run.ToString() });

    public void Step(Guid run, string name, double seconds)
        => Append(new JsonObject { ["event"] = "step", ["run"] = run.ToString(), ["step"] = name, ["seconds"] = Math.Round(seconds, 3) });

    /// <param name="isOpen">What its players need to get their money is kept.</param>
    public void Ended(Guid run, SynthStatus status, string? reason, bool isOpen, SynthMoney? money)
        => Append(new JsonObject
        {
            ["event"] = "ended", ["run"] = run.ToString(), ["status"] = status.ToString().ToLowerInvariant(), ["reason"] = reason, ["open"] = isOpen,
            ["money"] = money is null ? null : SynthRunRecord.ToJson(money),
        });

    /// <summary>Runs out of lines.</summary>
    /// <exception cref="CommandFailedException">A line before the last does not read.</exception>
    internal List<SynthRunRecord> Fold(string text)
    {
        var (runs, order) = (new Dictionary<Guid, SynthRunRecord>(), new List<SynthRunRecord>());
        var lines = text.Split('\n');
        for (var index = 0; index < lines.Length; index++)
        {
            if (string.IsNullOrWhiteSpace(lines[index]))
            {
                continue;
            }

            try
            {
                using var line = JsonDocument.Parse(lines[index]);
                Take(line.RootElement, runs, order);
            }
            catch (Exception malformed) when (malformed is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
            {
                // Every whole line ends in a newline: what follows the last one was being written when its process ended, and may have been mended by a newline.
                if (index + 1 < lines.Length && !IsTorn(lines[index]))
                {
                    throw new CommandFailedException($"the history {file} does not read in line {index + 1}: {malformed.Message}");
                }
            }
        }

        return order;
    }

    /// <summary>Whether a line tells of one of these runs; one that was cut short tells of none.</summary>
    private static bool IsOf(string line, HashSet<Guid> runs)
    {
        try
        {
            return !string.IsNullOrWhiteSpace(line) && JsonNode.Parse(line)?["run"]?.GetValue<Guid>() is { } run && runs.Contains(run);
        }
        catch (Exception torn) when (torn is JsonException or InvalidOperationException or FormatException)
        {
            return false;
        }
    }

    /// <summary>A line that stops in the middle of its object.</summary>
    private static bool IsTorn(string line) => line.StartsWith('{') && !line.TrimEnd().EndsWith('}');

    private static void Take(JsonElement line, Dictionary<Guid, SynthRunRecord> runs, List<SynthRunRecord> order)
    {
        var (run, at) = (line.GetProperty("run").GetGuid(), line.GetProperty("at").GetDateTimeOffset());
        if (line.GetProperty("event").ValueEquals("started"))
        {
            var begun = new SynthRunRecord(run, at, line.GetProperty("scenario").GetString()!, line.GetProperty("users").GetInt32());
            if (runs.TryAdd(run, begun))
            {
                order.Add(begun);
            }

            return;
        }

        var record = runs[run];
        switch (line.GetProperty("event").GetString())
        {
            case "resumed":
                record.Resumed++;
                (record.Status, record.Ended, record.Reason) = (SynthStatus.Unfinished, null, null);
                break;
            case "step":
                record.Steps.Add(new SynthStep(line.GetProperty("step").GetString()!, line.GetProperty("seconds").GetDouble(), at));
                break;
            case "ended":
                record.Status = line.GetProperty("status").ValueEquals("success") ? SynthStatus.Success : SynthStatus.Failure;
                (record.Ended, record.Reason) = (at, line.GetProperty("reason").GetString());
                (record.IsOpen, record.Money) = (line.GetProperty("open").GetBoolean(), SynthRunRecord.ReadMoney(line));
                break;
            default:
                break;
        }
    }

    private void Append(JsonObject line)
    {
        line["at"] = SynthRunRecord.Text(clock.GetUtcNow());
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Read,
            UnixCreateMode = OperatingSystem.IsWindows() ? null : ForAll,
        };
        using var stream = new FileStream(file, options);
        var text = $"{line.ToJsonString()}\n";
        if (stream.Length > 0)
        {
            stream.Seek(-1, SeekOrigin.End);
            text = stream.ReadByte() == '\n' ? text : $"\n{text}";
        }

        stream.Write(Encoding.UTF8.GetBytes(text));
        stream.Flush(flushToDisk: true);
    }
}
