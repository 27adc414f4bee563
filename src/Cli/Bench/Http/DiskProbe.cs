namespace Coordinator.Cli;

/// <summary>How often a second this disk makes four kilobytes durable, one after the other: what a durable write costs without company.</summary>
internal static class DiskProbe
{
    private const int Block = 4_096;
    private const int Blocks = 256;

    /// <param name="folder">On the disk that is asked about.</param>
    public static double FsyncsPerSecond(string folder, TimeSpan time, TimeProvider clock)
    {
        var path = Path.Combine(folder, "fsync.probe");
        try
        {
            using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
            var block = new byte[Block];
            for (var i = 0; i < Blocks; i++)
            {
                file.Write(block);
            }

            file.Flush(flushToDisk: true);
            var (count, started) = (0, clock.GetTimestamp());
            for (; clock.GetElapsedTime(started) < time; count++)
            {
                file.Position = count % Blocks * Block;
                file.Write(block);
                file.Flush(flushToDisk: true);
            }

            return count / clock.GetElapsedTime(started).TotalSeconds;
        }
        finally
        {
            File.Delete(path);
        }
    }
}
