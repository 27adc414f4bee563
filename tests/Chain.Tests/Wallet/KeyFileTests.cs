using Coordinator.Bitcoin;
using Coordinator.Wallet;

namespace Coordinator.Chain.Tests;

/// <summary>The root key on disk.</summary>
public sealed class KeyFileTests : IDisposable
{
    private const string Known = "-----BEGIN EC PRIVATE KEY-----\n/Qz1qc+PbJHOel4Ygt3th7XaxdUGy7rOvzGPMGJ/Pow=\n-----END EC PRIVATE KEY-----\n";
    private readonly string _folder = Directory.CreateTempSubdirectory("coordinator-keys-").FullName;

    private string Path => System.IO.Path.Combine(_folder, "key.pem");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void Reads_the_raw_thirty_two_bytes(string lineEnd)
    {
        Write(Known.Replace("\n", lineEnd, StringComparison.Ordinal));
        using var key = KeyFile.Load(Path);
        Assert.Equal("fd0cf5a9cf8f6c91ce7a5e1882dded87b5dac5d506cbbacebf318f30627f3e8c", Hex.Encode(key.ToBytes()));
    }

    [Fact]
    public void Writes_the_same_form_for_its_owner_only()
    {
        using var key = SecretKey.From(Hex.Decode("fd0cf5a9cf8f6c91ce7a5e1882dded87b5dac5d506cbbacebf318f30627f3e8c"));
        KeyFile.Create(Path, key);
        Assert.Equal(Known, File.ReadAllText(Path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
        Assert.Throws<KeyFileException>(() => KeyFile.Create(Path, key));
    }

    [Fact]
    public void Makes_a_key_once_and_keeps_it()
    {
        var path = System.IO.Path.Combine(_folder, "new", "key.pem");
        using var first = KeyFile.LoadOrCreate(path);
        using var second = KeyFile.LoadOrCreate(path);
        Assert.Equal(first.ToBytes(), second.ToBytes());
        Assert.Equal(["key.pem"], Directory.GetFiles(System.IO.Path.GetDirectoryName(path)!).Select(System.IO.Path.GetFileName));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void Refuses_wider_permissions(UnixFileMode wider)
    {
        Write(Known);
        File.SetUnixFileMode(Path, File.GetUnixFileMode(Path) | wider);
        Assert.Contains("chmod 600", Assert.Throws<KeyFileException>(() => KeyFile.Load(Path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no pem")]
    [InlineData("-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n")]
    [InlineData("-----BEGIN PRIVATE KEY-----\n/Qz1qc+PbJHOel4Ygt3th7XaxdUGy7rOvzGPMGJ/Pow=\n-----END PRIVATE KEY-----\n")]
    [InlineData("-----BEGIN EC PRIVATE KEY-----\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n-----END EC PRIVATE KEY-----\n")]
    [InlineData("-----BEGIN EC PRIVATE KEY-----\n/Qz1qc+PbJHOel4Ygt3th7XaxdUGy7rOvzGPMGJ/Poz9DPWpz49skc56XhiC3e2HtdrF1QbLus6/MY8wYn8+jP0M9anPj2yRznpeGILd7Q==\n-----END EC PRIVATE KEY-----\n")]
    public void Refuses_what_is_no_key_file(string content)
    {
        Write(content);
        Assert.DoesNotContain("AAAA", Assert.Throws<KeyFileException>(() => KeyFile.Load(Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_a_missing_file()
        => Assert.Contains("key.pem", Assert.Throws<KeyFileException>(() => KeyFile.Load(Path)).Message, StringComparison.Ordinal);

    private void Write(string content)
    {
        File.WriteAllText(Path, content);
        File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
