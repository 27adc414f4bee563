using System.Globalization;

namespace Coordinator.Cli.Soak;

/// <summary>What a process has of the machine, as its kernel tells.</summary>
/// <param name="Resident">Bytes of memory.</param>
/// <param name="Descriptors">Open files and sockets.</param>
internal sealed record Footprint(long Resident, int Descriptors)
{
    /// <summary>
    /// Growth of memory that is no leak. The runtime keeps what a burst needed: compiled code, threads, the allocation budget of its youngest
    /// generation. Grains of competitions that are over stay for a quarter of an hour, so more of them are allowed for each.
    /// </summary>
    private const long MemorySlack = 96L << 20;
    private const long MemoryPerCompetition = 256L << 10;

    /// <summary>Connections that are kept open for the next request, to four servers; what leaks once in every competition is far more.</summary>
    private const int DescriptorSlack = 64;

    /// <summary>Reads it.</summary>
    /// <returns>Null where there is no such process.</returns>
    public static Footprint? Of(int process)
    {
        try
        {
            var folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{process}");
            var resident = File.ReadLines($"{folder}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
            return new(long.Parse(resident, CultureInfo.InvariantCulture) << 10, Directory.EnumerateFileSystemEntries($"{folder}/fd").Count());
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>What is too much of it after so many competitions; null where nothing is.</summary>
    public string? Excess(Footprint before, int competitions)
    {
        var memory = before.Resident + MemorySlack + (competitions * MemoryPerCompetition);
        return Resident > memory ? $"memory went from {before} to {this}, more than {memory >> 20} MiB"
            : Descriptors > before.Descriptors + DescriptorSlack ? $"descriptors went from {before} to {this}, more than {before.Descriptors + DescriptorSlack}"
            : null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Resident >> 20} MiB and {Descriptors} descriptors");
}
