using Coordinator.Storage;
using Coordinator.Wallet;

namespace Coordinator.Silo;

/// <summary>A database belongs to one root key: a process with another one would take over books whose coins and contracts it cannot sign for.</summary>
internal static class DatabaseKey
{
    private const string Name = "root_key";

    /// <summary>Makes the key where database and key are new; what the database keeps of it is public.</summary>
    /// <exception cref="KeyFileException">There is no key although the database has one, or it is another one.</exception>
    public static async Task CheckAsync(ICursorStore cursors, string path)
    {
        var known = await cursors.GetAsync<string>(Name);
        if (known is not null && !File.Exists(path))
        {
            throw new KeyFileException($"'{path}' does not exist, and the database was made with a key: every process needs that one");
        }

        using var root = KeyFile.LoadOrCreate(path);
        using var keys = new CoordinatorKeys(root);
        var own = keys.Nostr.PublicKey.ToString();
        if (known is null)
        {
            await cursors.SetAsync(Name, own);
        }
        else if (known != own)
        {
            throw new KeyFileException($"'{path}' is not the key that the database was made with: every process needs that one");
        }
    }
}
