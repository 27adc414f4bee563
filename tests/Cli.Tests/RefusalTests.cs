using Coordinator.Cli.Operator;
using Coordinator.Cli.Processes;

namespace Coordinator.Cli.Tests;

/// <summary>Exit codes and words for what the service, a file or the caller got wrong.</summary>
public sealed class RefusalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("coordinator-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(400, 2, false)]
    [InlineData(401, 2, false)]
    [InlineData(404, 2, false)]
    [InlineData(409, 2, false)]
    [InlineData(422, 2, false)]
    [InlineData(408, 1, true)]
    [InlineData(429, 1, true)]
    [InlineData(500, 1, true)]
    [InlineData(503, 1, true)]
    public void A_refusal_is_2_and_an_unclear_answer_is_1(int status, int code, bool isUnclear)
    {
        var answer = new ServiceAnswer(status, """{"detail":"why\u001b[31m"}""", null);
        var failure = Assert.Throws<CommandFailedException>(() => answer.OrRefuse());
        Assert.Equal((code, isUnclear), (failure.ExitCode, failure.IsUnclear));
        Assert.Equal($"refused ({status}): why [31m", failure.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("{\"detail\":7}")]
    public void A_refusal_without_words_still_has_its_status(string body)
        => Assert.StartsWith("refused (404)", Assert.Throws<CommandFailedException>(() => new ServiceAnswer(404, body, null).OrRefuse()).Message, StringComparison.Ordinal);

    [Fact]
    public void Another_server_is_not_taken_for_the_service()
        => Assert.True(Assert.Throws<CommandFailedException>(() => new ServiceAnswer(200, "<html>", null).OrRefuse()).IsUnclear);

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("/only/a/path")]
    [InlineData("ftp://127.0.0.1")]
    public void What_is_no_address_is_refused(string text)
        => Assert.Equal(2, Assert.Throws<CommandFailedException>(() => ServiceHttp.Address("--operator", text)).ExitCode);

    [Theory]
    [InlineData("0", "no competition id")]
    [InlineData("019b7a0000007000800000000000001", "no competition id")]
    [InlineData("{019b7a00-0000-7000-8000-000000000001}", "no competition id")]
    [InlineData("../../health", "no competition id")]
    public void What_is_no_id_never_becomes_part_of_a_path(string text, string what)
    {
        var refused = Assert.Throws<CommandFailedException>(() => CompetitionsCommand.Id(text));
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains(what, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite, true)]
    [InlineData(UnixFileMode.UserRead, true)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.GroupRead, false)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.OtherRead, false)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.GroupWrite, false)]
    public async Task A_token_that_others_may_read_is_refused(UnixFileMode mode, bool isTaken)
    {
        var file = Path.Combine(_folder, "token");
        await File.WriteAllTextAsync(file, "secret-of-the-operator\n");
        File.SetUnixFileMode(file, mode);
        if (isTaken)
        {
            Assert.Equal("secret-of-the-operator", OptionSecret.Read("--token-file", file));
            return;
        }

        var refused = Assert.Throws<CommandFailedException>(() => OptionSecret.Read("--token-file", file));
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("chmod 600", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-of", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_or_empty_token_is_refused()
    {
        Assert.Contains("does not exist", Assert.Throws<CommandFailedException>(() => OptionSecret.Read("--token-file", Path.Combine(_folder, "none"))).Message, StringComparison.Ordinal);
        var empty = Path.Combine(_folder, "empty");
        File.WriteAllText(empty, "\n");
        File.SetUnixFileMode(empty, UnixFileMode.UserRead);
        Assert.Contains("is empty", Assert.Throws<CommandFailedException>(() => OptionSecret.Read("--token-file", empty)).Message, StringComparison.Ordinal);
    }
}
