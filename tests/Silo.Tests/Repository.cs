using Coordinator.Testing;

namespace Coordinator.Silo.Tests;

/// <summary>Files of the repository beside the tests.</summary>
internal static class Repository
{
    public static string Path(params string[] parts) => System.IO.Path.GetFullPath(System.IO.Path.Combine([VectorFiles.Path(), "..", "..", .. parts]));
}
