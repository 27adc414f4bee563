namespace Coordinator.Storage.Sqlite.Tests;

public sealed class GenerationMarkTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Reads_what_was_written_last()
    {
        var mark = new GenerationMark(_folder.File("outside/generation"));
        Assert.Null(mark.Read());
        foreach (var generation in new[] { 0, 1, 41, long.MaxValue })
        {
            mark.Write(generation);
            Assert.Equal(generation, new GenerationMark(_folder.File("outside/generation")).Read());
        }
        Assert.Equal([_folder.File("outside/generation")], Directory.GetFiles(_folder.File("outside")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1\n")]
    [InlineData("seven")]
    [InlineData("99999999999999999999\n")]
    [InlineData("1\n2\n")]
    public void Refuses_a_file_that_is_not_one_number(string content)
    {
        File.WriteAllText(_folder.File("generation"), content);
        var error = Assert.Throws<StorageException>(() => new GenerationMark(_folder.File("generation")).Read());
        Assert.Equal(StorageFault.Corrupt, error.Fault);
    }

    [Fact]
    public void Refuses_a_negative_mark() => Assert.Throws<ArgumentOutOfRangeException>(
        () => new GenerationMark(_folder.File("generation")).Write(-1));
}
