using Npgsql;

namespace Coordinator.Storage.Postgres;

/// <summary>One database as it may be named in public, and the ways to connect to it.</summary>
internal sealed class PostgresPlace
{
    // A holder that vanished without a word is noticed by the server in about 20 seconds.
    private const string Session = "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 -c tcp_user_timeout=20000 "
        + @"-c default_transaction_isolation=read\ committed";

    private readonly NpgsqlConnectionStringBuilder _builder;

    /// <exception cref="StorageException">It cannot be read, or names no host or database. It is never quoted.</exception>
    public PostgresPlace(PostgresStorageOptions options)
    {
        _builder = Parse(options.ConnectionString);
        if (string.IsNullOrEmpty(_builder.Host) || string.IsNullOrEmpty(_builder.Database))
        {
            throw new StorageException(StorageFault.Other, "the PostgreSQL connection string names no Host or no Database");
        }
        if (options.Connections is < 2 or > 100 || options.CommandTimeout < TimeSpan.FromSeconds(1) || options.LeasePoll <= TimeSpan.Zero)
        {
            throw new ArgumentOutOfRangeException(nameof(options), "2 to 100 connections, a command timeout of at least 1 s, a poll above zero");
        }
        Name = $"the database {_builder.Database} on {_builder.Host}";
        var own = string.IsNullOrEmpty(_builder.Options) ? "" : _builder.Options + " ";
        _builder.Options = own + Session;
        (_builder.PersistSecurityInfo, _builder.IncludeErrorDetail, _builder.Enlist, _builder.Multiplexing) = (false, false, false, false);
        (_builder.TcpKeepAlive, _builder.TcpKeepAliveTime, _builder.TcpKeepAliveInterval) = (true, 5, 5);
        _builder.CommandTimeout = (int)options.CommandTimeout.TotalSeconds;
        (_builder.MinPoolSize, _builder.MaxPoolSize, _builder.MaxAutoPrepare) = (0, options.Connections, 64);
        _builder.ApplicationName ??= "coordinator";
    }

    /// <summary>"the database NAME on HOST".</summary>
    public string Name { get; }

    /// <summary>What the pool connects with. A secret.</summary>
    public string Pooled => With(pooling: true);

    /// <summary>What the holder of the lease connects with. A secret.</summary>
    public string Alone => With(pooling: false);

    private static NpgsqlConnectionStringBuilder Parse(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            throw new StorageException(StorageFault.Other, "no PostgreSQL connection string is configured");
        }
        try
        {
            return new NpgsqlConnectionStringBuilder(text);
        }
        catch (Exception error) when (error is ArgumentException or FormatException or InvalidCastException or OverflowException or KeyNotFoundException)
        {
            // What was not understood may be a part of the password: neither the message nor the cause goes on.
            throw new StorageException(StorageFault.Other, "the PostgreSQL connection string cannot be read: write Host=…;Database=…;Username=…;Password=…");
        }
    }

    private string With(bool pooling) => new NpgsqlConnectionStringBuilder(_builder.ConnectionString) { Pooling = pooling }.ConnectionString;
}
