using Coordinator.Grains;
using Coordinator.Storage;

namespace Coordinator.Silo;

/// <summary>The generation mark as a file outside the data folder. Whoever restores a backup leaves <see cref="RestoredName"/> in the folder: then no mark is
/// believed, however young the backup is, until the restore is in the data.</summary>
/// <param name="path">The mark.</param>
/// <param name="restored">The file that says that the folder was restored; gone once a mark was written.</param>
internal sealed class FileMark(string path, string restored) : IGenerationMark
{
    /// <summary>The file's name in the data folder. Its content is for the operator only.</summary>
    public const string RestoredName = "restored-from-backup";

    private readonly GenerationMark _file = new(path);

    public Task<long?> ReadAsync() => Task.FromResult(File.Exists(restored) ? null : _file.Read());

    /// <summary>The caller has stored what it found before it writes.</summary>
    public Task WriteAsync(long generation)
    {
        _file.Write(generation);
        try
        {
            File.Delete(restored);
            return Task.CompletedTask;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(StorageFault.ReadOnly, $"{restored} cannot be removed: {failure.Message}", failure);
        }
    }
}
