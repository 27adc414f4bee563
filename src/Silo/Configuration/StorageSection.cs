namespace Coordinator.Silo;

/// <summary>Where all state is: in files of this machine, or in a PostgreSQL database that several processes share, one of which is active.</summary>
public sealed class StorageSection
{
    private const int MostBytes = 4_096;

    /// <summary>sqlite: three databases in the data folder. postgres: everything in one PostgreSQL database. Default sqlite.</summary>
    public string Kind { get; set; } = "sqlite";

    /// <summary>With postgres: a file with the connection string, as Npgsql reads it. Default none.</summary>
    public string? ConnectionStringFile { get; set; }

    internal bool IsPostgres => Kind == "postgres";

    /// <summary>The secret itself; it goes into no message.</summary>
    /// <exception cref="SiloConfigurationException">The file is empty, too long or cannot be read.</exception>
    internal string ConnectionString
    {
        get
        {
            try
            {
                var text = new FileInfo(ConnectionStringFile!).Length <= MostBytes ? File.ReadAllText(ConnectionStringFile!).Trim() : string.Empty;
                return text.Length > 0 && !text.Contains('\n', StringComparison.Ordinal) ? text
                    : throw new SiloConfigurationException([$"Storage:ConnectionStringFile is '{ConnectionStringFile}'; it must hold one line of at most {MostBytes} bytes"]);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                throw new SiloConfigurationException([$"Storage:ConnectionStringFile is '{ConnectionStringFile}'; it cannot be read: {failure.Message}"]);
            }
        }
    }

    /// <summary>Everything that is wrong, one sentence each, naming key and value.</summary>
    /// <param name="data">With postgres every process needs the same key, which no process may make for itself.</param>
    internal IEnumerable<string> Complaints(DataSection data)
    {
        if (Kind is not ("sqlite" or "postgres"))
        {
            yield return $"Storage:Kind is '{Kind}'; it must be sqlite or postgres";
        }
        else if (IsPostgres != (ConnectionStringFile is { Length: > 0 }))
        {
            yield return $"Storage:ConnectionStringFile is '{ConnectionStringFile}' and Storage:Kind is '{Kind}'; postgres needs it, and only postgres";
        }

        if (IsPostgres && data.KeyFile is null)
        {
            yield return "Data:KeyFile is missing; with Storage:Kind postgres whichever process is active needs the same key, so its file has to be named";
        }
    }

    /// <summary>What is wrong with the file that is named; who may read it is looked at with the other secrets.</summary>
    internal IEnumerable<string> FileComplaints() => IsPostgres && ConnectionStringFile is { Length: > 0 } file && !File.Exists(file)
        ? [$"Storage:ConnectionStringFile is '{file}'; there is no such file"]
        : [];
}
