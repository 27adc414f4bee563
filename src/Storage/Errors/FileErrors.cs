namespace Coordinator.Storage;

/// <summary>Turns the operating system's errors at files into <see cref="StorageException"/>.</summary>
internal static class FileErrors
{
    public static StorageException From(Exception error, string path)
        => error is UnauthorizedAccessException || IsReadOnlyFileSystem(error)
            ? new(StorageFault.ReadOnly, $"{path} cannot be written by this user: check its owner and mode", error)
            : IsNoSpace(error)
                ? new(StorageFault.Full, $"no room left on the disk of {path}: free some space", error)
                : new(StorageFault.Other, $"{path} cannot be used: {error.Message}", error);

    private static bool IsNoSpace(Exception error) => error is IOException && (error.HResult & 0xFFFF) is 28 or 0x70;

    private static bool IsReadOnlyFileSystem(Exception error) => error is IOException && (error.HResult & 0xFFFF) == 30;
}
