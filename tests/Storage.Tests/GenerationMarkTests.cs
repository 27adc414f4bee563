using Coordinator.Testing;

namespace Coordinator.Storage.Tests;

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
    public void A_check_makes_the_folder_and_leaves_the_mark_as_it_is()
    {
        var mark = new GenerationMark(_folder.File("outside/generation"));
        mark.Check();
        Assert.Null(mark.Read());
        mark.Write(7);
        mark.Check();
        Assert.Equal(7, mark.Read());
        Assert.Equal([_folder.File("outside/generation")], Directory.GetFiles(_folder.File("outside")));
    }

    [Fact]
    public void A_mark_that_cannot_be_written_is_told_before_anything_depends_on_it()
    {
        File.WriteAllText(_folder.File("outside"), "a file where the folder should be");
        var error = Assert.Throws<StorageException>(() => new GenerationMark(_folder.File("outside/generation")).Check());
        Assert.Contains("outside/generation", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_negative_mark() => Assert.Throws<ArgumentOutOfRangeException>(
        () => new GenerationMark(_folder.File("generation")).Write(-1));
}
