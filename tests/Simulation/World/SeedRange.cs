using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Coordinator.Simulation;

/// <summary>What became of many seeds.</summary>
/// <param name="Seeds">How many.</param>
/// <param name="Failed">Those with a violation, in the order of seeds.</param>
/// <param name="Counts">Of all of them.</param>
/// <param name="TraceHash">Of all trace hashes, in the order of seeds.</param>
/// <param name="Turns">Of all of them.</param>
public sealed record SeedRange(long Seeds, ImmutableArray<SeedResult> Failed, Counts Counts, string TraceHash, long Turns)
{
    /// <summary>Plays seeds side by side; each world keeps to one thread.</summary>
    /// <param name="failed">Called for each violation, one at a time.</param>
    public static SeedRange Run(ulong first, ulong last, int workers, Action<SeedResult> failed)
    {
        var (gate, next, counts, turns) = (new Lock(), first, new Counts(), 0L);
        var hashes = new SortedDictionary<ulong, string>();
        var bad = new SortedDictionary<ulong, SeedResult>();
        Exception? broken = null;
        void Work()
        {
            while (true)
            {
                ulong seed;
                lock (gate)
                {
                    if (next > last || broken is not null)
                    {
                        return;
                    }

                    seed = next++;
                }

                try
                {
                    Take(SeedRun.Run(seed));
                }
#pragma warning disable CA1031 // The first one is thrown where the seeds were asked for.
                catch (Exception failure)
#pragma warning restore CA1031
                {
                    lock (gate)
                    {
                        broken ??= failure;
                    }
                }
            }
        }

        void Take(SeedResult result)
        {
            lock (gate)
            {
                counts.Add(result.Counts);
                turns += result.Turns;
                hashes[result.Seed] = result.TraceHash;
                if (result.Violation is not null)
                {
                    bad[result.Seed] = result;
                    failed(result);
                }
            }
        }

        List<Thread> threads = [.. Enumerable.Range(0, workers).Select(_ => new Thread(Work))];
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return broken is not null
            ? throw new InvalidOperationException("a seed could not be played", broken)
            : new SeedRange(hashes.Count, [.. bad.Values], counts, Hash(hashes.Values), turns);
    }

    private static string Hash(IEnumerable<string> hashes) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', hashes))));
}
