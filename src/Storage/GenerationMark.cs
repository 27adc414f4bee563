using System.Globalization;
using System.Text;

namespace Coordinator.Storage;

/// <summary>A counter in a file of its own, outside what backups cover: it tells a restored data folder from one that went on.</summary>
/// <remarks>Only reading and writing; what an absent or older mark means is the caller's rule. A crash during a write leaves the old
/// mark or the new one, never half of one. The value must lie outside the data folder that is backed up.</remarks>
public sealed class GenerationMark
{
    private const int LongestFile = 64;
    private readonly string _path;

    /// <summary>Names the file; touches nothing.</summary>
    /// <param name="path">The file. Its folder is created on the first write.</param>
    public GenerationMark(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        _path = Path.GetFullPath(path);
    }

    /// <summary>The mark, zero or more, or null when there is no file.</summary>
    /// <exception cref="StorageException"><see cref="StorageFault.Corrupt"/> when the file holds anything but one number.</exception>
    public long? Read()
    {
        try
        {
            if (!File.Exists(_path))
            {
                return null;
            }
            return Parse();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.From(error, _path);
        }
    }

    /// <summary>Makes sure, before anything depends on it, that the mark can be read and written. Changes no mark.</summary>
    /// <exception cref="StorageException">It cannot; with one sentence for the operator.</exception>
    public void Check()
    {
        _ = Read();
        var next = _path + ".next";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            using (new FileStream(next, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
            }

            File.Delete(next);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.From(error, _path);
        }
    }

    /// <summary>Stores the mark durably. Safe to repeat.</summary>
    /// <param name="generation">Zero or more.</param>
    public void Write(long generation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(generation);
        var next = _path + ".next";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            using (var file = new FileStream(next, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                file.Write(Encoding.ASCII.GetBytes(generation.ToString(CultureInfo.InvariantCulture) + "\n"));
                file.Flush(flushToDisk: true);
            }
            File.Move(next, _path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.From(error, _path);
        }
    }

    private long Parse()
    {
        using var file = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.Read);
        var bytes = new byte[LongestFile];
        var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        var text = Encoding.ASCII.GetString(bytes, 0, length).TrimEnd('\n');
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var generation)
            ? generation
            : throw new StorageException(StorageFault.Corrupt, $"the generation mark {_path} does not hold a number");
    }
}
