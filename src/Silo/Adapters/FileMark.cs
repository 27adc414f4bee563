using Coordinator.Grains;
using Coordinator.Storage.Sqlite;

namespace Coordinator.Silo;

/// <summary>The generation mark as a file outside the data folder.</summary>
internal sealed class FileMark(string path) : IGenerationMark
{
    private readonly GenerationMark _file = new(path);

    public long? Read() => _file.Read();

    public void Write(long generation) => _file.Write(generation);
}
