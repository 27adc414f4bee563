using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Coordinator.Simulation;

/// <summary>Many seeds, played side by side; each world keeps to one thread.</summary>
public sealed class SeedRange
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<ulong, string> _hashes = [];
    private readonly SortedDictionary<ulong, SeedResult> _failed = [];
    private readonly ulong _last;
    private readonly Action<SeedResult> _told;
    private ulong? _next;
    private Exception? _broken;

    private SeedRange(ulong first, ulong last, Action<SeedResult> told) => (_next, _last, _told) = (first, last, told);

    /// <summary>How many were played.</summary>
    public long Seeds => _hashes.Count;

    /// <summary>Those with a violation, in the order of seeds.</summary>
    public ImmutableArray<SeedResult> Failed => [.. _failed.Values];

    /// <summary>Of all of them.</summary>
    public Counts Counts { get; } = new();

    /// <summary>Of all of them.</summary>
    public long Turns { get; private set; }

    /// <summary>Of all trace hashes, in the order of seeds.</summary>
    public string TraceHash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', _hashes.Values))));

    /// <summary>Plays them all.</summary>
    /// <param name="failed">Called for each violation, one at a time.</param>
    /// <exception cref="InvalidOperationException">A seed could not be played at all.</exception>
    public static SeedRange Run(ulong first, ulong last, int workers, Action<SeedResult> failed)
    {
        var range = new SeedRange(first, last, failed);
        List<Thread> threads = [.. Enumerable.Range(0, workers).Select(_ => new Thread(range.Work))];
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return range._broken is { } broken ? throw new InvalidOperationException("a seed could not be played", broken) : range;
    }

    private void Work()
    {
        while (Next() is { } seed)
        {
            try
            {
                Take(SeedRun.Run(seed));
            }
#pragma warning disable CA1031 // The first one is thrown where the seeds were asked for.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                lock (_gate)
                {
                    _broken ??= failure;
                }
            }
        }
    }

    private ulong? Next()
    {
        lock (_gate)
        {
            if (_next is not { } seed || _broken is not null)
            {
                return null;
            }

            _next = seed < _last ? seed + 1 : null;
            return seed;
        }
    }

    private void Take(SeedResult result)
    {
        lock (_gate)
        {
            Counts.Add(result.Counts);
            Turns += result.Turns;
            _hashes[result.Seed] = result.TraceHash;
            if (result.Violation is not null)
            {
                _failed[result.Seed] = result;
                _told(result);
            }
        }
    }
}
