using System.Runtime.ExceptionServices;
using Coordinator.Bitcoin;

namespace Coordinator.Dlc;

/// <summary>Runners that spread independent work over processor cores.</summary>
public static class Cores
{
    /// <summary>Items per piece of work: small enough to balance, large enough not to notice.</summary>
    private const int Chunk = 64;

    /// <summary>All cores of the machine.</summary>
    public static RangeRunner All { get; } = UpTo(Environment.ProcessorCount);

    /// <summary>At most this many threads at once; 1 runs everything on the calling thread.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 1.</exception>
    public static RangeRunner UpTo(int maxDegreeOfParallelism)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxDegreeOfParallelism, 1);
        if (maxDegreeOfParallelism == 1)
        {
            return RangeRunners.Sequential;
        }

        var options = new ParallelOptions { MaxDegreeOfParallelism = maxDegreeOfParallelism };
        return (count, body) => Run(count, body, options);
    }

    private static void Run(int count, Action<int, int> body, ParallelOptions options)
    {
        try
        {
            Parallel.For(0, (count + Chunk - 1) / Chunk, options, chunk => body(chunk * Chunk, Math.Min(count, (chunk + 1) * Chunk)));
        }
        catch (AggregateException failures)
        {
            ExceptionDispatchInfo.Throw(failures.InnerExceptions[0]); // as if it had run on the calling thread
        }
    }
}
