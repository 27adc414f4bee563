namespace Coordinator.Silo;

/// <summary>Reads the configuration: a JSON file, then environment variables COORDINATOR__Section__Key, then the command line's own overrides.</summary>
public static class SiloConfiguration
{
    /// <exception cref="SiloConfigurationException">A file that is missing, unknown keys, or values that do not fit; every complaint at once.</exception>
    public static SiloOptions Read(string? file, IReadOnlyDictionary<string, string?> overrides)
    {
        if (file is not null && !File.Exists(file))
        {
            throw new SiloConfigurationException([$"the configuration file '{file}' does not exist"]);
        }

        var builder = new ConfigurationBuilder();
        if (file is not null)
        {
            builder.AddJsonFile(Path.GetFullPath(file));
        }

        try
        {
            var configuration = builder.AddEnvironmentVariables("COORDINATOR__").AddInMemoryCollection(overrides).Build();
            var options = new SiloOptions();
            configuration.Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
            return options;
        }
        catch (Exception failure) when (failure is InvalidOperationException or InvalidDataException or FormatException)
        {
            throw new SiloConfigurationException([(failure.InnerException ?? failure).Message]);
        }
    }
}

/// <summary>The service cannot start with this configuration. The message lists every complaint.</summary>
public sealed class SiloConfigurationException(IEnumerable<string> complaints) : Exception(string.Join(Environment.NewLine, complaints));
