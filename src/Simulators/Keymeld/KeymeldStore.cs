using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Coordinator.Simulators.Keymeld;

/// <summary>The document in a folder: one file for the enclaves, one per session, each replaced as a whole so that a kill leaves the old
/// or the new one; readable by their owner only. Writes only what changed.</summary>
internal sealed class KeymeldStore(string folder)
{
    private readonly Lock _gate = new();
    private KeymeldDocument? _kept;

    private string HeadPath => Path.Combine(folder, "keymeld.json");

    private string KeygenFolder => Path.Combine(folder, "keygen");

    private string SigningFolder => Path.Combine(folder, "signing");

    /// <summary>The stored document, or null in a new folder.</summary>
    /// <exception cref="InvalidDataException">Something in it is damaged.</exception>
    internal KeymeldDocument? Load()
    {
        if (!File.Exists(HeadPath))
        {
            return null;
        }

        var head = Read(HeadPath, KeymeldDocumentJson.Default.KeymeldDocument);
        return _kept = head with
        {
            Keygens = ReadAll(KeygenFolder, KeymeldDocumentJson.Default.KeygenRecord)
                .ToImmutableSortedDictionary(record => record.Id, record => record),
            Signings = ReadAll(SigningFolder, KeymeldDocumentJson.Default.SigningRecord)
                .ToImmutableSortedDictionary(record => record.Id, record => record),
        };
    }

    /// <summary>Keeps what differs from what was kept last.</summary>
    /// <param name="export">Asked once this writer's turn has come, so that the last writer writes the last state.</param>
    internal void Save(Func<KeymeldDocument> export)
    {
        lock (_gate)
        {
            var document = export();
            Directory.CreateDirectory(KeygenFolder);
            Directory.CreateDirectory(SigningFolder);
            SaveAll(KeygenFolder, _kept?.Keygens, document.Keygens, KeymeldDocumentJson.Default.KeygenRecord);
            SaveAll(SigningFolder, _kept?.Signings, document.Signings, KeymeldDocumentJson.Default.SigningRecord);
            var head = Head(document);
            if (_kept is null || Head(_kept) != head)
            {
                OwnerFile.Replace(HeadPath, JsonSerializer.SerializeToUtf8Bytes(head, KeymeldDocumentJson.Default.KeymeldDocument));
            }

            _kept = document;
        }
    }

    private static KeymeldDocument Head(KeymeldDocument document) => document with
    {
        Keygens = ImmutableSortedDictionary<Guid, KeygenRecord>.Empty,
        Signings = ImmutableSortedDictionary<Guid, SigningRecord>.Empty,
    };

    private static string PathOf(string folder, Guid id) => Path.Combine(folder, $"{id:D}.json");

    private static void SaveAll<T>(
        string folder, ImmutableSortedDictionary<Guid, T>? kept, ImmutableSortedDictionary<Guid, T> now, JsonTypeInfo<T> type)
        where T : class
    {
        if (ReferenceEquals(kept, now))
        {
            return;
        }

        foreach (var (id, record) in now)
        {
            if (kept is null || !kept.TryGetValue(id, out var before) || !ReferenceEquals(before, record))
            {
                OwnerFile.Replace(PathOf(folder, id), JsonSerializer.SerializeToUtf8Bytes(record, type));
            }
        }

        foreach (var id in kept?.Keys.Where(id => !now.ContainsKey(id)) ?? [])
        {
            File.Delete(PathOf(folder, id));
        }
    }

    private static IEnumerable<T> ReadAll<T>(string folder, JsonTypeInfo<T> type)
        => Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.json").Select(path => Read(path, type)) : [];

    private static T Read<T>(string path, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), type)
                ?? throw new InvalidDataException($"{Path.GetFileName(path)} is empty");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"the stored gateway is damaged: {Path.GetFileName(path)}", exception);
        }
    }
}
