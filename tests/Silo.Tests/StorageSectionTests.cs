namespace Coordinator.Silo.Tests;

/// <summary>Where state is: every wrong key is named, and the secret is in no message.</summary>
public sealed class StorageSectionTests : IDisposable
{
    private const string Secret = "Host=db;Username=coordinator;Password=hunter2;Database=coordinator";
    private readonly string _folder = Directory.CreateTempSubdirectory("coordinator-storage-").FullName;
    private readonly DataSection _data = new() { KeyFile = "key.pem" };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Files_of_the_data_folder_need_no_key_of_this_section()
    {
        Assert.Empty(new StorageSection().Complaints(new DataSection()));
        Assert.False(new StorageSection().IsPostgres);
    }

    [Fact]
    public void A_database_needs_its_connection_string_and_the_key_that_all_processes_share()
    {
        var section = new StorageSection { Kind = "postgres", ConnectionStringFile = Write(Secret) };
        Assert.Empty(section.Complaints(_data));
        Assert.Empty(section.FileComplaints());
        Assert.Equal(Secret, section.ConnectionString);
        Assert.StartsWith("Data:KeyFile is missing", Assert.Single(section.Complaints(new DataSection())), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mysql", null, "Storage:Kind is 'mysql'")]
    [InlineData("Postgres", null, "Storage:Kind is 'Postgres'")]
    [InlineData("postgres", null, "Storage:ConnectionStringFile is ''")]
    [InlineData("postgres", "", "Storage:ConnectionStringFile is ''")]
    [InlineData("sqlite", "file", "Storage:ConnectionStringFile is 'file'")]
    public void What_does_not_fit_is_named(string kind, string? file, string complaint)
        => Assert.StartsWith(complaint, Assert.Single(new StorageSection { Kind = kind, ConnectionStringFile = file }.Complaints(_data)), StringComparison.Ordinal);

    [Fact]
    public void A_file_that_is_not_there_or_holds_no_single_line_is_named_and_never_quoted()
    {
        var missing = new StorageSection { Kind = "postgres", ConnectionStringFile = Path.Combine(_folder, "none") };
        Assert.Contains("there is no such file", Assert.Single(missing.FileComplaints()), StringComparison.Ordinal);
        Assert.Contains("cannot be read", Assert.Throws<SiloConfigurationException>(() => missing.ConnectionString).Message, StringComparison.Ordinal);
        Assert.All(["", " \n", $"{Secret}\n{Secret}", Secret + new string(' ', 5_000)], text =>
        {
            var section = new StorageSection { Kind = "postgres", ConnectionStringFile = Write(text) };
            var message = Assert.Throws<SiloConfigurationException>(() => section.ConnectionString).Message;
            Assert.Contains("one line", message, StringComparison.Ordinal);
            Assert.DoesNotContain("hunter2", message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void A_file_that_others_may_read_is_complained_about_like_every_secret()
    {
        var file = Write(Secret);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        var options = new SiloOptions { Storage = new StorageSection { Kind = "postgres", ConnectionStringFile = file } };
        Assert.Contains("Storage:ConnectionStringFile", Assert.Single(ConfigurationKeys.SecretComplaints(options)), StringComparison.Ordinal);
    }

    private string Write(string text)
    {
        var file = Path.Combine(_folder, "connection-string");
        File.WriteAllText(file, text);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }
}
