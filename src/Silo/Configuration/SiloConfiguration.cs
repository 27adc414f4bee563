namespace Coordinator.Silo;

/// <summary>Reads the configuration: a JSON file, then environment variables COORDINATOR__Section__Key, then the command line's own overrides.</summary>
public static class SiloConfiguration
{
    private const int MostBytes = 1_048_576;

    /// <exception cref="SiloConfigurationException">A file that is missing, unknown keys, or values that do not fit; every complaint at once.</exception>
    public static SiloOptions Read(string? file, IReadOnlyDictionary<string, string?> overrides)
    {
        var (options, tree) = Bind(file, overrides);
        return tree.Complaints.Count == 0 ? options : throw new SiloConfigurationException(All(options, tree, withFiles: true, Engine.HasClusters));
    }

    /// <summary>Everything that the start would complain about; opens no database and makes nothing.</summary>
    /// <param name="file">The configuration.</param>
    /// <param name="overrides">Keys and values that go before it.</param>
    /// <param name="withFiles">Whether the files that it names are looked at too; elsewhere than on their own machine they cannot be.</param>
    /// <param name="hasClusters">Whether it is for the engine with clusters; null: for the engine of this build.</param>
    public static IReadOnlyList<string> Check(string file, IReadOnlyDictionary<string, string?> overrides, bool withFiles, bool? hasClusters = null)
    {
        try
        {
            var (options, tree) = Bind(file, overrides);
            return All(options, tree, withFiles, hasClusters ?? Engine.HasClusters);
        }
        catch (SiloConfigurationException failure)
        {
            return [failure.Message];
        }
    }

    private static List<string> All(SiloOptions options, ConfigurationTree tree, bool withFiles, bool hasClusters)
        => [.. tree.Complaints, .. options.ValueComplaints(hasClusters).Concat(withFiles ? options.FileComplaints() : []).Where(complaint => !tree.IsTold(complaint))];

    private static (SiloOptions Options, ConfigurationTree Tree) Bind(string? file, IReadOnlyDictionary<string, string?> overrides)
    {
        var builder = new ConfigurationBuilder();
        try
        {
            if (file is not null)
            {
                builder.AddJsonStream(ReadFile(file));
            }

            var tree = ConfigurationTree.Of(builder.AddEnvironmentVariables("COORDINATOR__").AddInMemoryCollection(overrides).Build());
            var options = new SiloOptions();
            new ConfigurationBuilder().AddInMemoryCollection(tree.Good).Build().Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
            return (options, tree);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new SiloConfigurationException([$"the configuration file '{file}' cannot be read: {failure.Message}"]);
        }
        catch (Exception failure) when (failure is InvalidOperationException or FormatException or System.Text.Json.JsonException)
        {
            throw new SiloConfigurationException([$"the configuration file '{file}' is no JSON object of keys and values: {(failure.InnerException ?? failure).Message}"]);
        }
    }

    private static MemoryStream ReadFile(string file)
    {
        if (!File.Exists(file))
        {
            throw new SiloConfigurationException([$"the configuration file '{file}' does not exist"]);
        }

        // It may be a pipe, which has no length.
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        var bytes = new byte[MostBytes + 1];
        var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return length <= MostBytes
            ? new MemoryStream(bytes, 0, length)
            : throw new SiloConfigurationException([$"the configuration file '{file}' has more than {MostBytes} bytes"]);
    }
}

/// <summary>The service cannot start with this configuration. The message lists every complaint.</summary>
public sealed class SiloConfigurationException(IEnumerable<string> complaints) : Exception(string.Join(Environment.NewLine, complaints));
