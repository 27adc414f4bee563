using System.Security.Cryptography;
using Coordinator.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;

namespace Coordinator.Storage.Sqlite.Tests;

public sealed class SqliteStoresTests : IDisposable
{
    private static readonly GrainId Grain = GrainId.Create("competition", "a");
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_second_coordinator_on_the_same_data_is_refused()
    {
        using var first = Open();
        Assert.Equal($"the data in {_folder.Path} is in use by another coordinator", Assert.Throws<StorageException>(Open).Message);
    }

    [Fact]
    public void Stopping_leaves_three_files_and_the_lock_file()
    {
        Open().Dispose();
        Assert.Equal(
            ["bitcoin.db", "competitions.db", DataFolderLock.FileName, "users.db"],
            Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void An_opening_that_fails_leaves_nothing_open_or_locked()
    {
        File.WriteAllText(_folder.File("bitcoin.db"), new string('!', 5_000));
        Assert.Equal(StorageFault.Corrupt, Assert.Throws<StorageException>(Open).Fault);
        File.Delete(_folder.File("bitcoin.db"));
        Open().Dispose();
    }

    [Theory]
    [InlineData("competitions")]
    [InlineData("users")]
    [InlineData("bitcoin")]
    public async Task A_folder_of_which_a_part_is_gone_is_refused_and_nothing_is_made(string gone)
    {
        await using (var stores = Open())
        {
            await stores.Ports.Documents.WriteStateAsync("s", Grain, new GrainState<List<int>>([1]));
            await stores.Ports.UserDocuments.WriteStateAsync("s", Grain, new GrainState<List<int>>([1]));
        }

        File.Delete(_folder.File($"{gone}.db"));
        var refusal = Assert.Throws<StorageException>(Open);
        Assert.Contains($"no {gone}.db: restore all three from one backup", refusal.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File($"{gone}.db")));
    }

    [Fact]
    public void A_first_start_that_was_cut_short_goes_on()
    {
        Open().Dispose();
        File.Delete(_folder.File("bitcoin.db"));
        Open().Dispose();
        Assert.True(File.Exists(_folder.File("bitcoin.db")));
    }

    [Fact]
    public void A_new_file_that_a_shipper_saw_first_is_the_coordinators_all_the_same()
    {
        using (var connection = new SqliteConnection($"Data Source={_folder.File("users.db")};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "CREATE TABLE _litestream_seq(id INTEGER PRIMARY KEY, seq INTEGER); CREATE TABLE _litestream_lock(id INTEGER)";
            command.ExecuteNonQuery();
        }

        Open().Dispose();
        Assert.Empty(DataFolderCheck.Complaints(_folder.Path));
    }

    [Fact]
    public void A_folder_is_checked_file_by_file()
    {
        Assert.Equal(3, DataFolderCheck.Complaints(_folder.File("none")).Count);
        Open().Dispose();
        Assert.Empty(DataFolderCheck.Complaints(_folder.Path));
        File.Copy(_folder.File("users.db"), _folder.File("bitcoin.db"), overwrite: true);
        File.WriteAllText(_folder.File("competitions.db"), new string('!', 5_000));
        File.Delete(_folder.File("users.db"));
        var complaints = DataFolderCheck.Complaints(_folder.Path);
        Assert.Equal(3, complaints.Count);
        Assert.Contains("is no database of the coordinator", complaints[0], StringComparison.Ordinal);
        Assert.Contains("is missing", complaints[1], StringComparison.Ordinal);
        Assert.Contains("is the database 'users', not 'bitcoin'", complaints[2], StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("users.db")));
    }

    [Fact]
    public async Task A_folder_with_a_damaged_page_or_of_a_newer_program_is_told()
    {
        await using (var stores = Open())
        {
            for (var i = 0; i < 50; i++)
            {
                await stores.Ports.Documents.WriteStateAsync("s", GrainId.Create("competition", $"{i}"), new GrainState<List<int>>([.. Enumerable.Range(0, 400)]));
            }

            await stores.Users.ExecuteAsync("UPDATE schema_version SET version = 99");
        }

        var bytes = await File.ReadAllBytesAsync(_folder.File("competitions.db"));
        Array.Fill(bytes, (byte)0xa5, bytes.Length - 4_096, 4_096);
        await File.WriteAllBytesAsync(_folder.File("competitions.db"), bytes);
        var complaints = DataFolderCheck.Complaints(_folder.Path);
        Assert.Equal(2, complaints.Count);
        Assert.Contains("competitions.db is damaged", complaints[0], StringComparison.Ordinal);
        Assert.Contains("users.db has schema 99", complaints[1], StringComparison.Ordinal);
    }

    [Fact]
    public void No_data_directory_is_a_clear_error()
        => Assert.Equal("no data directory is configured", Assert.Throws<StorageException>(() => SqliteStores.Open(new())).Message);

    [Fact]
    public async Task A_document_whose_bytes_rotted_is_refused()
    {
        await using var stores = Open();
        await stores.Ports.Documents.WriteStateAsync("s", Grain, new GrainState<List<int>>([1, 2, 3]));
        await stores.Competitions.ExecuteAsync("UPDATE grain_state SET data = '[1,2,4]'");
        var error = await Assert.ThrowsAsync<StorageException>(
            () => stores.Ports.Documents.ReadStateAsync("s", Grain, new GrainState<List<int>>()));
        Assert.Equal(StorageFault.Corrupt, error.Fault);
        Assert.Contains("document s of competition/a", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_artefact_whose_bytes_rotted_is_refused()
    {
        await using var stores = Open();
        var hash = SHA256.HashData([1, 2, 3]);
        await stores.Ports.Artefacts.PutAsync("c1", hash, [1, 2, 3]);
        await stores.Competitions.ExecuteAsync("UPDATE artefact SET data = x'010204'");
        Assert.Equal(StorageFault.Corrupt, (await Assert.ThrowsAsync<StorageException>(() => stores.Ports.Artefacts.GetAsync(hash))).Fault);
    }

    [Fact]
    public async Task Stored_json_has_the_configured_names_and_no_type_names()
    {
        await using var stores = Open();
        await stores.Ports.Documents.WriteStateAsync("s", Grain, new GrainState<Ticket>(new Ticket { PayoutKey = "k" }));
        var data = await stores.Competitions.ReadAsync(statements => statements.QueryFirst("SELECT data FROM grain_state", row => row.GetString(0)));
        Assert.Equal("""{"payout_key":"k"}""", data);
    }

    [Fact]
    public async Task A_silo_gets_three_providers_the_reminder_table_and_the_ports()
    {
        await using var stores = Open();
        var silo = new Silo();
        silo.AddStorage(stores.Ports);
        await using var services = silo.Services.BuildServiceProvider();
        Assert.Same(stores.Ports.Documents, services.GetRequiredKeyedService<IGrainStorage>("Default"));
        Assert.Same(stores.Ports.UserDocuments, services.GetRequiredKeyedService<IGrainStorage>("users"));
        Assert.Same(stores.Ports.BitcoinDocuments, services.GetRequiredKeyedService<IGrainStorage>("bitcoin"));
        Assert.Same(stores.Ports.Reminders, services.GetRequiredService<IReminderTable>());
        Assert.Same(stores.Ports.Artefacts, services.GetRequiredService<IArtefactStore>());
        Assert.Same(stores.Ports.Reservations, services.GetRequiredService<IReservationStore>());
        Assert.Same(stores.Ports.Directory, services.GetRequiredService<IDirectoryIndex>());
        Assert.Same(stores.Ports.Cursors, services.GetRequiredService<ICursorStore>());
        Assert.False(stores.Lost.IsCompleted);
        Assert.Equal(3, stores.Surveys.Count);
    }

    [Fact]
    public async Task Opened_stores_stay_open_when_the_host_s_services_end()
    {
        await using var stores = Open();
        var silo = new Silo();
        silo.AddStorage(stores.Ports);
        await using (var services = silo.Services.BuildServiceProvider())
        {
            Assert.Same(stores.Ports.Documents, services.GetRequiredKeyedService<IGrainStorage>("Default"));
        }
        await stores.Ports.Cursors.SetNumberAsync("blocks", 1);
    }

    private SqliteStores Open() => SqliteStores.Open(new SqliteStorageOptions { DataDirectory = _folder.Path });

    public sealed class Ticket
    {
        public string PayoutKey { get; set; } = "";
    }

    private sealed class Silo : ISiloBuilder
    {
        public IServiceCollection Services { get; } = new ServiceCollection();

        public IConfiguration Configuration { get; } = new ConfigurationBuilder().Build();
    }
}
