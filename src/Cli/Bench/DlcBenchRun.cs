using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Coordinator.Bitcoin;
using Coordinator.Dlc;

namespace Coordinator.Cli;

/// <summary>One contract signed by everybody in this process; only the coordinator's part is timed, the players' part is not.</summary>
internal sealed class DlcBenchRun(int players, int places, RangeRunner runner, List<double> verifications)
{
    private static readonly byte[] RoundId = new byte[RoundBinding.RoundIdSize];

    private readonly Stopwatch _build = new();
    private readonly Stopwatch _nonces = new();
    private readonly Stopwatch _partials = new();
    private readonly Stopwatch _takeIn = new();
    private readonly Stopwatch _sum = new();
    private readonly Stopwatch _finish = new();
    private readonly Stopwatch _json = new();
    private readonly SecretKey _marketMaker = BenchContract.MarketMaker();
    private readonly byte[] _message = BenchContract.Hash("message");
    private readonly byte[] _signature = Secp256k1.SchnorrSign(BenchContract.MarketMaker(), BenchContract.Hash("message"));
    private readonly SecretKey[] _keys = BenchContract.Players(players);

    /// <summary>Compiles everything before anything is timed.</summary>
    public static void WarmUp()
    {
        for (var i = 0; i < 3; i++)
        {
            _ = Measure(5, 2, cores: 1);
        }
    }

    /// <summary>Small shapes run three times and give the median of each part; large ones once.</summary>
    public static DlcBenchResult Measure(int players, int places, int cores)
    {
        PeakMemory.Reset();
        var runner = Cores.UpTo(cores);
        var times = OutcomeRanking.Of(players, places).AttestationCount < 1_000 ? 3 : 1;
        var verifications = new List<double>();
        var runs = Enumerable.Range(0, times).Select(_ => new DlcBenchRun(players, places, runner, verifications).Play()).ToList();
        var phases = runs[0].Phases.Select((phase, i)
            => phase with { Milliseconds = Median(runs.Select(run => run.Phases[i].Milliseconds)) });
        return runs[0] with
        {
            VerifyMicroseconds = verifications.Average(),
            Phases = [.. phases],
            JsonMilliseconds = Median(runs.Select(run => run.JsonMilliseconds)),
            PeakMebibytes = PeakMemory.Mebibytes(),
        };
    }

    private DlcBenchResult Play()
    {
        var parameters = BenchContract.Parameters(players, places);
        var (dlc, items) = Timed(_build, () =>
        {
            var built = TicketedDlc.Create(parameters, BenchContract.Funding(), runner);
            return (built, SigningItems.Of(built));
        });
        var binding = RoundBinding.Of(dlc, RoundId);
        using var coordinator = Timed(_nonces, () => CoordinatorRound.Open(items, _marketMaker, binding, runner));
        var rounds = TakeInNonces(coordinator, items, binding);
        var aggregates = Timed(_sum, coordinator.Aggregate);
        _ = Timed(_partials, coordinator.SignOwn);
        TakeInPartials(coordinator, rounds, aggregates);
        if (Timed(_finish, coordinator.TryComplete) is not RoundResult.Completed completed
            || completed.Signatures.WinConditions.Length != items.Shape.WinConditions.Length)
        {
            throw new InvalidOperationException("the benchmark's own signing round failed");
        }

        return new DlcBenchResult(
            players, places, items.Shape.Outcomes.Length, items.Shape.WinConditions.Length, VerifyMicroseconds: 1, Phases(),
            _json.Elapsed.TotalMilliseconds, PeakMebibytes: 0);
    }

    private ImmutableArray<DlcBenchPhase> Phases() =>
    [
        new("build", "build the contract", _build.Elapsed.TotalMilliseconds),
        new("own_nonces", "own nonces", _nonces.Elapsed.TotalMilliseconds),
        new("take_in", "take in all players' nonces and partials", _takeIn.Elapsed.TotalMilliseconds),
        new("aggregate_nonces", "add up nonces, session values", _sum.Elapsed.TotalMilliseconds),
        new("own_partials", "own partial signatures", _partials.Elapsed.TotalMilliseconds),
        new("final_check", "aggregation and final check", _finish.Elapsed.TotalMilliseconds),
    ];

    private PlayerRound[] TakeInNonces(CoordinatorRound coordinator, SigningItems items, RoundBinding binding)
    {
        var rounds = new PlayerRound[players];
        for (var player = 0; player < players; player++)
        {
            rounds[player] = PlayerRound.Open(items, _keys[player], binding, Cores.All);
            var body = rounds[player].Nonces.ToJsonBytes();
            ForgetPlayersGarbage();
            var shape = items.Player(player).Shape;
            var nonces = Timed(_json, () => SigMap<PublicNonce>.Parse(shape, body));
            var refusal = Timed(_takeIn, () => coordinator.SubmitNonces(player, nonces));
            Require(refusal);
        }

        return rounds;
    }

    private void TakeInPartials(CoordinatorRound coordinator, PlayerRound[] rounds, SigMap<AggregateNonce> aggregates)
    {
        for (var player = 0; player < players; player++)
        {
            var body = rounds[player].Sign(aggregates).ToJsonBytes();
            ForgetPlayersGarbage();
            var shape = rounds[player].Items.Shape;
            var partials = Timed(_json, () => SigMap<PartialSignature>.Parse(shape, body));
            var refusal = Timed(_takeIn, () => coordinator.SubmitPartials(player, partials));
            Require(refusal);
            rounds[player].Dispose();
        }
    }

    /// <summary>The players live elsewhere in truth: what their work leaves behind must not count as the coordinator's memory.</summary>
    private static void ForgetPlayersGarbage() => GC.Collect();

    private static void Require(SubmissionRefusal? refusal)
    {
        if (refusal is not null)
        {
            throw new InvalidOperationException($"the benchmark's own submission was refused: {refusal.Message}");
        }
    }

    /// <summary>Runs a part of the coordinator's work, with some verifications beside it: a busy machine slows both alike.</summary>
    private T Timed<T>(Stopwatch watch, Func<T> work)
    {
        verifications.Add(VerifyMicroseconds());
        watch.Start();
        var result = work();
        watch.Stop();
        return result;
    }

    /// <summary>One schnorr verification, on one core.</summary>
    private double VerifyMicroseconds()
    {
        const int Batch = 100;
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < Batch; i++)
        {
            if (!Secp256k1.SchnorrVerify(_marketMaker.XOnly, _message, _signature))
            {
                throw new InvalidOperationException("a good signature did not verify");
            }
        }

        return Stopwatch.GetElapsedTime(start).TotalMicroseconds / Batch;
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}

/// <summary>The most memory this process had resident, on Linux since the last reset.</summary>
internal static class PeakMemory
{
    private const string Status = "/proc/self/status";
    private const string Reference = "/proc/self/clear_refs";

    /// <summary>Starts a new peak where the system can.</summary>
    public static void Reset()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        try
        {
            File.WriteAllText(Reference, "5");
        }
        catch (Exception unsupported) when (unsupported is IOException or UnauthorizedAccessException)
        {
            // Then the peak is that of the whole process, which is never less.
        }
    }

    public static double Mebibytes()
    {
        var lines = File.Exists(Status) ? File.ReadAllLines(Status) : [];
        if (Array.Find(lines, line => line.StartsWith("VmHWM:", StringComparison.Ordinal)) is { } line)
        {
            return double.Parse(line.AsSpan(6).Trim().TrimEnd("kB").Trim(), CultureInfo.InvariantCulture) / 1_024;
        }

        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64 / 1_048_576.0;
    }
}
