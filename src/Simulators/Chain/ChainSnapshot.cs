using System.Text.Json;
using System.Text.Json.Serialization;

namespace Coordinator.Simulators.Chain;

/// <summary>A block on disk: everything else follows from the order.</summary>
internal sealed record StoredBlock(long Time, IReadOnlyList<string> Transactions);

/// <summary>The model on disk.</summary>
internal sealed record ChainSnapshot(
    IReadOnlyList<StoredBlock> Blocks,
    IReadOnlyList<string> Mempool,
    IReadOnlyList<string> Held,
    IReadOnlyDictionary<int, double> FeeEstimates,
    long Extra,
    long MinimumRate = 0,
    long MempoolMinimum = 0)
{
    private const string FileName = "chain.json";

    /// <summary>Writes the file whole under another name, then moves it into place.</summary>
    public void Save(string folder)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, FileName);
        var next = path + ".next";
        using (var file = new FileStream(next, FileMode.Create, FileAccess.Write))
        {
            JsonSerializer.Serialize(file, this, ChainSnapshotJson.Default.ChainSnapshot);
        }

        File.Move(next, path, overwrite: true);
    }

    /// <summary>The stored state, or null where the folder has none.</summary>
    /// <exception cref="InvalidDataException">The file is not one of ours.</exception>
    public static ChainSnapshot? Load(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            using var file = File.OpenRead(path);
            return JsonSerializer.Deserialize(file, ChainSnapshotJson.Default.ChainSnapshot) is { Blocks.Count: > ChainModel.InitialBlocks } snapshot
                ? snapshot
                : throw new InvalidDataException($"'{path}' holds no chain");
        }
        catch (JsonException malformed)
        {
            throw new InvalidDataException($"'{path}' is not a stored chain", malformed);
        }
    }
}

/// <summary>The JSON of the stored chain.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ChainSnapshot))]
internal sealed partial class ChainSnapshotJson : JsonSerializerContext;
