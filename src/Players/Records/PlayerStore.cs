using System.Security.Cryptography;
using System.Text.Json;

namespace Coordinator.Players.Records;

/// <summary>One player's file: replaced as a whole, so that a kill leaves the old or the new one; readable by its owner only.</summary>
internal sealed class PlayerStore
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };
    private readonly string _path;

    /// <summary>Goes on from the file, or begins with a fresh payout preimage.</summary>
    /// <exception cref="InvalidDataException">The file is something else.</exception>
    public PlayerStore(string folder, int player)
    {
        Directory.CreateDirectory(folder);
        _path = Path.Combine(folder, $"player-{player:D2}.json");
        Record = File.Exists(_path) ? Load() : new PlayerRecord { PayoutPreimage = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)) };
        Save(Record);
    }

    public PlayerRecord Record { get; private set; }

    /// <summary>On disk when this returns.</summary>
    public void Save(PlayerRecord record)
    {
        var temporary = _path + ".new";
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = OperatingSystem.IsWindows() ? null : UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using (var file = new FileStream(temporary, options))
        {
            JsonSerializer.Serialize(file, record, Json);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, _path, overwrite: true);
        Record = record;
    }

    private PlayerRecord Load()
    {
        try
        {
            using var file = File.OpenRead(_path);
            return JsonSerializer.Deserialize<PlayerRecord>(file, Json) ?? throw new InvalidDataException($"{_path} is empty");
        }
        catch (JsonException malformed)
        {
            throw new InvalidDataException($"{_path} is no player's file: {malformed.Message}", malformed);
        }
    }
}
