using System.Security.Cryptography;
using System.Text;
using Coordinator.Bitcoin;

namespace Coordinator.Wallet;

/// <summary>The key file is missing, unreadable, readable by others, or holds no key. The message never quotes its content.</summary>
public sealed class KeyFileException : Exception
{
    public KeyFileException(string message)
        : base(message)
    {
    }

    public KeyFileException(string message, Exception inner)
        : base(message, inner)
    {
    }
}

/// <summary>The coordinator's root key on disk: PEM with the label <c>EC PRIVATE KEY</c> whose body is the raw 32 bytes of the key (not the usual
/// ASN.1). Only its owner may read it.</summary>
public static class KeyFile
{
    private const string Label = "EC PRIVATE KEY";
    private const int MostBytes = 4_096;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Wider = ~(OwnerOnly | UnixFileMode.UserExecute);

    /// <summary>Reads the key. The caller disposes it.</summary>
    /// <exception cref="KeyFileException">No file, too wide permissions, or no key in it.</exception>
    public static SecretKey Load(string path)
    {
        try
        {
            RefuseWiderPermissions(path);
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read);
            if (file.Length > MostBytes)
            {
                throw new KeyFileException($"'{path}' is too long for a key file");
            }

            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            var key = Decode(bytes);
            CryptographicOperations.ZeroMemory(bytes);
            return key ?? throw new KeyFileException($"'{path}' does not hold a secp256k1 key as PEM '{Label}' with 32 raw bytes");
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new KeyFileException($"'{path}' cannot be read: {failed.Message}", failed);
        }
    }

    /// <summary>Reads the key, or creates the file with a new key (mode 0600, folder 0700 where it is made) where there is none.</summary>
    /// <exception cref="KeyFileException">As <see cref="Load"/>, or the file cannot be written.</exception>
    public static SecretKey LoadOrCreate(string path)
    {
        if (!File.Exists(path))
        {
            using var key = SecretKey.Generate();
            Create(path, key);
        }

        return Load(path);
    }

    /// <summary>Writes a key into a new file, whole or not at all.</summary>
    /// <exception cref="KeyFileException">The file exists, or cannot be written.</exception>
    public static void Create(string path, SecretKey key)
    {
        var raw = key.ToBytes();
        var text = Encoding.ASCII.GetBytes(PemEncoding.WriteString(Label, raw) + "\n");
        try
        {
            MakeFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
            var next = path + ".new";
            File.Delete(next);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = OwnerOnly;
            }

            using (var file = new FileStream(next, options))
            {
                file.Write(text);
                file.Flush(flushToDisk: true);
            }

            File.Move(next, path, overwrite: false);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new KeyFileException($"'{path}' cannot be written: {failed.Message}", failed);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(raw);
            CryptographicOperations.ZeroMemory(text);
        }
    }

    private static SecretKey? Decode(ReadOnlySpan<byte> bytes)
    {
        var text = new char[bytes.Length];
        Encoding.ASCII.GetChars(bytes, text);
        var raw = new byte[48];
        try
        {
            if (!PemEncoding.TryFind(text, out var fields) || text.AsSpan()[fields.Label] is not Label
                || !Convert.TryFromBase64Chars(text.AsSpan()[fields.Base64Data], raw, out var length))
            {
                return null;
            }

            return SecretKey.TryFrom(raw.AsSpan(0, length));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(raw);
            Array.Clear(text);
        }
    }

    private static void MakeFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        }
    }

    private static void RefuseWiderPermissions(string path)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Wider) is not UnixFileMode.None and var wider)
        {
            throw new KeyFileException($"'{path}' may be used by others ({wider}); allow only its owner: chmod 600");
        }
    }
}
