using System.Text.Json;

namespace Coordinator.EndToEnd.Tests;

/// <summary>The operator's commands against a running service.</summary>
public sealed class OperatorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("coordinator-operator-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Holds_are_listed_and_settle_only_outlives_the_process()
    {
        using var first = CommandLine.Start("up", "--ports", "auto", "--data", _folder, "--json");
        var ready = await UpProcess.ReadyAsync(first);
        Assert.Equal("no holds", (await AskAsync(ready, "holds", "list")).Trim());
        Assert.Equal("[]", (await AskAsync(ready, "holds", "list", "--json")).Trim());
        var unknown = await RunAsync(ready, "holds", "release", "wallet/foreign_coin_spend/none");
        Assert.Equal(2, unknown.ExitCode);
        Assert.Contains("has no hold", unknown.Errors, StringComparison.Ordinal);

        Assert.Contains("settle-only off", await AskAsync(ready, "settle-only", "status"), StringComparison.Ordinal);
        Assert.Contains("settle-only on (by alice", await AskAsync(ready, "settle-only", "on", "--by", "alice", "--note", "maintenance"), StringComparison.Ordinal);
        Assert.Equal(0, await UpProcess.StopAsync(first));

        using var again = CommandLine.Start("up", "--ports", "auto", "--data", _folder, "--json");
        ready = await UpProcess.ReadyAsync(again);
        var status = JsonDocument.Parse(await AskAsync(ready, "settle-only", "status", "--json")).RootElement;
        Assert.True(status.GetProperty("settle_only").GetBoolean());
        Assert.False(status.GetProperty("restoring").GetBoolean());
        Assert.Contains("settle-only off", await AskAsync(ready, "settle-only", "off"), StringComparison.Ordinal);
        Assert.Equal(0, await UpProcess.StopAsync(again));
    }

    [Fact]
    public async Task A_token_file_that_is_missing_and_a_service_that_is_down_are_told_in_one_line()
    {
        var missing = await CommandLine.RunAsync("", "holds", "list", "--token-file", Path.Combine(_folder, "none"));
        Assert.Equal(2, missing.ExitCode);
        Assert.Single(missing.Errors.Trim().Split('\n'));
        var token = Path.Combine(_folder, "token");
        await File.WriteAllTextAsync(token, new string('x', 32));
        File.SetUnixFileMode(token, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var down = await CommandLine.RunAsync("", "settle-only", "status", "--token-file", token, "--operator", "http://127.0.0.1:1");
        Assert.Equal(1, down.ExitCode);
        Assert.Contains("does not answer", down.Errors, StringComparison.Ordinal);
    }

    private static async Task<string> AskAsync(JsonElement ready, params string[] command)
    {
        var result = await RunAsync(ready, command);
        Assert.True(result.ExitCode == 0, result.Errors);
        return string.Join('\n', result.Output);
    }

    private static Task<CommandResult> RunAsync(JsonElement ready, params string[] command) => CommandLine.RunAsync(
        "",
        [
            .. command, "--operator", ready.GetProperty("operator").GetString()!, "--token-file", ready.GetProperty("operator_token_file").GetString()!,
        ]);
}
