using System.CommandLine;
using Coordinator.Cli.Demo;
using Coordinator.Cli.Operator;
using Coordinator.Cli.Processes;

namespace Coordinator.Cli.Synth;

/// <summary><c>synth run</c>: one run, one that goes on, or one after the other.</summary>
internal sealed class SynthRunCommand(TimeProvider clock)
{
    private readonly Option<string> _state = SynthCommand.State();
    private readonly Option<bool> _json = new("--json") { Description = "one JSON object per line" };
    private readonly Option<string?> _resume = new("--resume") { Description = "goes on with this run instead of a new one" };
    private readonly Option<string?> _every = new("--every") { Description = "a run in every such span (1h), until Ctrl-C; what is open is gone on with first" };
    private readonly Option<string?> _file = new("--metrics-file") { Description = "Prometheus text for the textfile collector, replaced after every run" };
    private readonly Option<string?> _listen = new("--metrics-listen") { Description = "with --every: serves /metrics at 127.0.0.1:PORT" };
    private readonly SynthRunOptions _options = new();

    public static Command Create(TimeProvider clock)
    {
        var run = new SynthRunCommand(clock);
        var command = new Command("run", "plays a competition from its creation to the last satoshi; exit 0 only if it completed and every winner got its share")
        {
            run._state, run._resume, run._every, run._file, run._listen, run._json,
        };
        run._options.AddTo(command);
        command.SetAction(run.ActAsync);
        return command;
    }

    private async Task<int> ActAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var (options, every, resume) = (_options.Read(parsed), Every(parsed), Resume(parsed));
        using var folder = SynthFolder.Open(parsed.GetValue(_state)!);
        var history = new SynthHistory(folder.History, clock);
        history.Trim(SynthHistory.MostRuns);
        var log = new DemoLog(Console.Out, parsed.GetValue(_json), clock);
        var run = new SynthRun(options, folder, history, log, clock);
        if (every is { } span)
        {
            await using var listener = parsed.GetValue(_listen) is { } address
                ? await MetricsListener.StartAsync(address, () => SynthMetrics.Text(history.Read()), cancellation)
                : null;
            log.Tell("scheduled", $"a run every {Wording.Span(span)}{(listener is null ? string.Empty : $"; metrics at http://{listener.Address}/metrics")}",
                ("metrics", listener is null ? null : $"http://{listener.Address}/metrics"));
            return await RepeatAsync(run, folder, history, span, parsed.GetValue(_file), cancellation);
        }

        var isGood = resume is { } id ? await run.ResumeAsync(Plan(id, folder, history), cancellation) : await run.StartAsync(cancellation);
        Publish(history, parsed.GetValue(_file));
        return isGood ? 0 : 1;
    }

    /// <summary>Until it is stopped; a run that fails stops nothing.</summary>
    private async Task<int> RepeatAsync(SynthRun run, SynthFolder folder, SynthHistory history, TimeSpan every, string? file, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                var start = clock.GetTimestamp();
                Publish(history, file);
                foreach (var open in history.Read().Where(record => record.IsOpen).ToList())
                {
                    if (folder.Find(open.Run) is { } plan)
                    {
                        await run.ResumeAsync(plan, cancellation);
                    }
                    else
                    {
                        history.Ended(open.Run, SynthStatus.Failure, "it ended before anything was asked of anybody", isOpen: false, null);
                    }
                }

                await run.StartAsync(cancellation);
                Publish(history, file);
                if (every - clock.GetElapsedTime(start) is { } left && left > TimeSpan.Zero)
                {
                    await Task.Delay(left, clock, cancellation);
                }
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return 0;
        }
    }

    /// <exception cref="CommandFailedException">There is no such run, or it is over (exit code 2).</exception>
    private static SynthPlan Plan(Guid id, SynthFolder folder, SynthHistory history)
        => history.Read().All(run => run.Run != id) ? throw new CommandFailedException($"there is no run {id}", 2)
            : folder.Find(id) ?? throw new CommandFailedException($"run {id} is over: nobody has money in it", 2);

    private static void Publish(SynthHistory history, string? file)
    {
        if (file is not null)
        {
            SynthMetrics.Write(file, SynthMetrics.Text(history.Read()));
        }
    }

    private Guid? Resume(ParseResult parsed) => parsed.GetValue(_resume) is { } text ? CompetitionsCommand.Id(text, "run") : null;

    private TimeSpan? Every(ParseResult parsed)
    {
        if (parsed.GetValue(_every) is not { } text)
        {
            return parsed.GetValue(_listen) is null ? null : throw new CommandFailedException("--metrics-listen needs --every: a single run ends", 2);
        }

        return parsed.GetValue(_resume) is not null ? throw new CommandFailedException("--every and --resume exclude each other: --every goes on with what is open by itself", 2)
            : SynthRunOptions.Span("--every", text);
    }
}
