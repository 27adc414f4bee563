using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using Coordinator.Cli.Wire;

namespace Coordinator.Cli.Fuzz;

/// <summary>
/// <c>fuzz http</c>: random and mutated requests to a real service on loopback. Fails at the first 5xx, the first request that is not answered
/// in ten seconds, or when the service's memory grew.
/// </summary>
/// <remarks>505 is no failure: it is the answer to another version of HTTP. A request that is cut off may be answered by a closed connection.</remarks>
internal sealed class HttpFuzz(HttpBenchWorld world, ulong seed, long count, TimeProvider clock)
{
    private const int Connections = 16;
    private const int Warm = 5_000;
    private const double GrowthFactor = 1.3;
    private const long GrowthBytes = 96L * 1_024 * 1_024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<(string Kind, int Status), long> _answers = new();
    private HttpCases _cases = new(new Uri("http://127.0.0.1"), [], clock);
    private string? _failure;
    private long _next = -1;
    private long _done;
    private long _warmMemory;

    /// <summary>Runs the cases of a seed, or one of them, and prints what came of them.</summary>
    /// <returns>0, or 1 with the request that did it.</returns>
    public static async Task<int> RunAsync(long count, ulong seed, long? only, TimeProvider clock, CancellationToken cancellation)
    {
        var world = await HttpBenchWorld.StartAsync(connectionStringFile: null, clock, cancellation);
        await using (world)
        {
            await world.CreateAsync(3, cancellation);
            return await new HttpFuzz(world, seed, count, clock).RunAsync(only, cancellation);
        }
    }

    private async Task<int> RunAsync(long? only, CancellationToken cancellation)
    {
        Console.WriteLine($"seed {seed}, {(only is { } one ? $"case {one}" : $"{count} requests over {Connections} connections")}");
        _cases = new HttpCases(world.Public, world.Competitions, clock);
        var started = clock.GetTimestamp();
        (_next, var end) = only is { } single ? (single - 1, single + 1) : (-1, count);
        await Task.WhenAll(Enumerable.Range(0, only is null ? Connections : 1).Select(_ => Task.Run(() => LoopAsync(end, cancellation), cancellation)));
        var seconds = clock.GetElapsedTime(started).TotalSeconds;
        foreach (var kind in _answers.GroupBy(pair => pair.Key.Kind).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var statuses = kind.OrderBy(pair => pair.Key.Status).Select(pair => $"{Name(pair.Key.Status)} x {pair.Value}");
            Console.WriteLine($"{kind.Key,-10} {string.Join(", ", statuses)}");
        }

        var memory = await world.MemoryAsync(cancellation);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{_done} answered in {seconds:F1} s ({_done / Math.Max(seconds, 0.001):F0}/s); memory {_warmMemory >> 20} MiB after {Warm}, {memory >> 20} MiB at the end"));
        if (_failure is null && _warmMemory > 0 && memory > (_warmMemory * GrowthFactor) + GrowthBytes)
        {
            _failure = $"the service's memory grew from {_warmMemory} to {memory} bytes";
        }

        Console.WriteLine(_failure ?? "no 5xx, no hang, memory flat");
        return _failure is null ? 0 : 1;
    }

    private async Task LoopAsync(long end, CancellationToken cancellation)
    {
        using var client = new WireClient(new IPEndPoint(IPAddress.Parse(world.Public.Host), world.Public.Port));
        while (_failure is null && Interlocked.Increment(ref _next) is var number && number < end)
        {
            var request = _cases.Of(new FuzzRandom(seed, number));
            using var patience = new CancellationTokenSource(Patience, clock);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
            try
            {
                var answer = await client.SendAsync(request.Bytes, both.Token, request.IsLast);
                if (answer.Status is >= 500 and not 505)
                {
                    Fail(number, request, $"was answered {answer.Status}: {answer.Text}");
                }

                _answers.AddOrUpdate((request.Kind, answer.Status), 1, static (_, seen) => seen + 1);
            }
            catch (OperationCanceledException) when (patience.IsCancellationRequested)
            {
                Fail(number, request, $"was not answered in {Patience.TotalSeconds} s");
            }

            await CountAsync(cancellation);
        }
    }

    private async Task CountAsync(CancellationToken cancellation)
    {
        var done = Interlocked.Increment(ref _done);
        if (done == Math.Min(Warm, count / 2))
        {
            _warmMemory = await world.MemoryAsync(cancellation);
        }

        if (count >= 100_000 && done % (count / 10) == 0)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{done} done"));
        }
    }

    private void Fail(long number, HttpCase request, string what)
    {
        var text = Encoding.Latin1.GetString(request.Bytes.AsSpan(0, Math.Min(request.Bytes.Length, 2_000)));
        var shown = string.Concat(text.Select(letter => letter is >= ' ' and < '\u007f' or '\n' ? letter.ToString() : $"<{(int)letter:x2}>"));
        Interlocked.CompareExchange(ref _failure, $"case {number} ({request.Kind}; again with --seed {seed} --only {number}) {what}\n{shown}", null);
    }

    private static string Name(int status) => status == 0 ? "closed" : status.ToString(CultureInfo.InvariantCulture);
}
