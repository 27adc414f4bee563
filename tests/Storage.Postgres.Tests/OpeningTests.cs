using Coordinator.Testing;

namespace Coordinator.Storage.Postgres.Tests;

/// <summary>What an operator is told where the database does not fit; never a password.</summary>
public sealed class OpeningTests(PostgresFixture fixture) : PostgresTest(fixture)
{
    [Theory]
    [InlineData("", "no PostgreSQL connection string is configured")]
    [InlineData("Host=127.0.0.1;Username=x", "names no Host or no Database")]
    [InlineData("Host=127.0.0.1;Database=x;Pasword=never-to-be-seen-in-a-log", "the PostgreSQL connection string cannot be read")]
    [InlineData("Host=127.0.0.1;Database=x;Port=never-to-be-seen-in-a-log", "the PostgreSQL connection string cannot be read")]
    [InlineData("never-to-be-seen-in-a-log", "the PostgreSQL connection string cannot be read")]
    [InlineData("Host=127.0.0.1;Port=1;Database=x;Username=u;Password=never-to-be-seen-in-a-log", "the database x on 127.0.0.1 cannot be reached")]
    public async Task A_connection_string_that_does_not_fit_is_told_and_not_quoted(string connection, string sentence)
        => Assert.Contains(sentence, (await RefusalAsync(connection)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_wrong_password_and_a_missing_database_are_told()
    {
        Assert.Contains("refuses the user or its password", (await RefusalAsync(Connection.Replace("Password=", "Password=not-", StringComparison.Ordinal))).Message, StringComparison.Ordinal);
        Assert.Contains("create the database first", (await RefusalAsync(Connection + "_none")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_without_rights_is_told_what_is_missing_and_an_owner_needs_no_more()
    {
        await SqlAsync("CREATE ROLE plain LOGIN PASSWORD 'never-to-be-seen-in-a-log'");
        var plain = Connection.Replace("Username=postgres", "Username=plain", StringComparison.Ordinal);
        var refusal = await RefusalAsync(plain);
        Assert.Equal(StorageFault.ReadOnly, refusal.Fault);
        Assert.Contains("grant it CREATE", refusal.Message, StringComparison.Ordinal);
        await (await OpenAsync()).DisposeAsync();
        Assert.Equal(StorageFault.ReadOnly, (await RefusalAsync(plain)).Fault); // the schema is another's

        var own = await Server.CreateDatabaseAsync();
        await SqlAsync($"ALTER DATABASE {NameOf(own)} OWNER TO plain");
        await using var stores = await OpenAsync(own.Replace("Username=postgres", "Username=plain", StringComparison.Ordinal));
        await stores.Lineage.WriteAsync(3);
        Assert.Equal(3, await stores.Lineage.ReadAsync());
        await stores.Ports.Documents.WriteStateAsync("s", Grain, new GrainState<List<int>>([1]));
    }

    [Fact]
    public async Task A_newer_schema_or_one_of_somebody_else_is_refused()
    {
        await (await OpenAsync()).DisposeAsync();
        await SqlAsync("UPDATE coordinator.schema_version SET version = 99");
        Assert.Contains("has schema 99 and this program knows only 1: run the newer program", (await RefusalAsync(Connection)).Message, StringComparison.Ordinal);
        var other = await Server.CreateDatabaseAsync();
        await Server.QueryAsync("CREATE SCHEMA coordinator; CREATE TABLE coordinator.theirs(n int)", NameOf(other));
        Assert.Contains("that is not the coordinator's", (await RefusalAsync(other)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("synchronous_commit", "off", "synchronous_commit off")]
    public async Task A_session_whose_answered_writes_a_power_cut_can_take_is_refused(string setting, string value, string sentence)
    {
        await SqlAsync($"ALTER DATABASE {Database} SET {setting} = {value}");
        Assert.Contains(sentence, (await RefusalAsync(Connection)).Message, StringComparison.Ordinal);
        await SqlAsync($"ALTER DATABASE {Database} RESET {setting}");
        await (await OpenAsync()).DisposeAsync();
    }

    [Fact]
    public async Task A_database_of_another_encoding_is_refused_and_another_isolation_level_is_overruled()
    {
        await SqlAsync("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' LOCALE_PROVIDER libc TEMPLATE template0");
        Assert.Contains("has the encoding LATIN1", (await RefusalAsync(Server.ConnectionString("latin"))).Message, StringComparison.Ordinal);
        await SqlAsync($"ALTER DATABASE {Database} SET default_transaction_isolation = serializable");
        await using var stores = await OpenAsync();
        await stores.Ports.Cursors.SetNumberAsync("blocks", 1);
    }

    [Fact]
    public async Task A_server_that_does_not_sync_is_refused()
    {
        await using var server = await PostgresProcess.StartAsync("fsync=off");
        Assert.Contains("fsync off", (await RefusalAsync(await server.CreateDatabaseAsync())).Message, StringComparison.Ordinal);
    }
}
