using System.Net;
using Coordinator.Cli.Wire;

namespace Coordinator.Cli;

/// <summary>How one kind of request fared.</summary>
/// <param name="Name">What was asked.</param>
/// <param name="Answered">Answers with the status that was expected.</param>
/// <param name="Refused">All others, by status.</param>
/// <param name="Seconds">From the first request to the last answer.</param>
internal sealed record HttpBenchResult(
    string Name, int Answered, IReadOnlyDictionary<int, int> Refused, double Seconds, double P50Milliseconds, double P99Milliseconds)
{
    public double PerSecond => Answered / Math.Max(Seconds, 0.001);
}

/// <summary>Sends requests over a number of connections, each waiting for its answer before the next.</summary>
internal sealed class HttpLoad(Uri server, int connections, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Runs until the time is over or no request is left.</summary>
    /// <param name="name">For the result.</param>
    /// <param name="request">The bytes of request number n, from any thread; null where there are no more.</param>
    /// <param name="expected">The status of success.</param>
    /// <param name="time">At most this long.</param>
    /// <param name="seen">Gets every answer of success with its number; its body is valid during the call.</param>
    public async Task<HttpBenchResult> RunAsync(
        string name, Func<int, byte[]?> request, int expected, TimeSpan time, Action<int, WireAnswer>? seen, CancellationToken cancellation)
    {
        var (next, started) = (-1, clock.GetTimestamp());
        var loops = Enumerable.Range(0, connections).Select(_ => Task.Run(LoopAsync, cancellation)).ToArray();
        var all = await Task.WhenAll(loops);
        var seconds = clock.GetElapsedTime(started).TotalSeconds;
        var latencies = all.SelectMany(one => one.Latencies).Order().ToArray();
        var refused = all.SelectMany(one => one.Refused).GroupBy(status => status).ToDictionary(group => group.Key, group => group.Count());
        return new(name, latencies.Length, refused, seconds, At(latencies, 0.5), At(latencies, 0.99));

        async Task<(List<double> Latencies, List<int> Refused)> LoopAsync()
        {
            var (latencies, refused) = (new List<double>(), new List<int>());
            using var client = new WireClient(new IPEndPoint(IPAddress.Parse(server.Host), server.Port));
            using var patience = new CancellationTokenSource(time + Patience, clock);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
            while (clock.GetElapsedTime(started) < time && Interlocked.Increment(ref next) is var number && request(number) is { } bytes)
            {
                var sent = clock.GetTimestamp();
                var answer = await client.SendAsync(bytes, both.Token);
                if (answer.Status == expected)
                {
                    latencies.Add(clock.GetElapsedTime(sent).TotalMilliseconds);
                    seen?.Invoke(number, answer);
                }
                else
                {
                    refused.Add(answer.Status);
                }
            }

            return (latencies, refused);
        }
    }

    private static double At(double[] sorted, double share) => sorted.Length == 0 ? 0 : sorted[(int)((sorted.Length - 1) * share)];
}
