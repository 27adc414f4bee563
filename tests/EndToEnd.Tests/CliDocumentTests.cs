using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Coordinator.Testing;

namespace Coordinator.EndToEnd.Tests;

/// <summary><c>docs/cli.md</c>, command by command as it is written, in one shell beside <c>up</c>.</summary>
public sealed class CliDocumentTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Every_command_of_the_page_does_what_it_says()
    {
        var commands = Commands();
        Assert.InRange(commands.Count(command => command.StartsWith("./coordinator cli ", StringComparison.Ordinal)), 15, 60);
        var home = Directory.CreateTempSubdirectory("coordinator-page-").FullName;
        try
        {
            using var up = CommandLine.Start("up", "--ports", "auto", "--data", Path.Combine(home, ".data", "up"), "--json");
            _ = up.StandardError.ReadToEndAsync();
            var ready = await UpProcess.ReadyAsync(up);
            var (code, told) = await ShellAsync(home, Script(home, commands), ready);
            Assert.True(code == 0, told);
            foreach (var what in new[] { "everything is well", "no problems", "TICKET, POOL and OWED in sat", "waits for", "is deleted", "nothing is owed", "no holds", "healthy" })
            {
                Assert.Contains(what, told, StringComparison.Ordinal);
            }

            Assert.Equal(0, await UpProcess.StopAsync(up));
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    private static string Page => Path.GetFullPath(Path.Combine(VectorFiles.Path(), "..", "..", "docs", "cli.md"));

    /// <summary>The lines of every block that a reader would run.</summary>
    private static List<string> Commands()
        => [.. File.ReadAllText(Page).Split("```sh\n").Skip(1).SelectMany(block => block.Split("```")[0].Split('\n', StringSplitOptions.RemoveEmptyEntries))];

    /// <summary>One shell; <c>./coordinator cli</c> runs what is built. It stops at the first command that fails.</summary>
    private static string Script(string home, List<string> commands)
    {
        var script = new StringBuilder("set -eu\n");
        File.WriteAllText(
            Path.Combine(home, "coordinator"),
            $"#!/usr/bin/env bash\nshift\nexec {Quote(CommandLine.Dotnet)} {Quote(CommandLine.Program("Cli"))} \"$@\"\n");
        File.SetUnixFileMode(Path.Combine(home, "coordinator"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var command in commands)
        {
            script.Append("echo \"\\$ \"").Append(Quote(command)).Append('\n').Append(command).Append('\n');
        }

        return script.ToString();
    }

    private static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static async Task<(int Code, string Told)> ShellAsync(string home, string script, JsonElement ready)
    {
        var page = Path.Combine(home, "page.sh");
        await File.WriteAllTextAsync(page, script);
        var start = new ProcessStartInfo("bash", [page]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = home };
        var simulators = ready.GetProperty("simulators");
        start.Environment["COORDINATOR_OPERATOR"] = ready.GetProperty("operator").GetString();
        start.Environment["COORDINATOR_PUBLIC"] = ready.GetProperty("public").GetString();
        foreach (var (name, member) in new[]
        {
            ("LND", "lnd"), ("LND_CONTROL", "lnd_control"), ("CHAIN", "chain"), ("ORACLE", "oracle"), ("ORACLE_CONTROL", "oracle_control"),
        })
        {
            start.Environment[name] = simulators.GetProperty(member).GetString();
        }

        start.Environment["LND_FOLDER"] = Path.GetDirectoryName(simulators.GetProperty("lnd_certificate").GetString());
        using var shell = Process.Start(start)!;
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        var (told, errors) = (shell.StandardOutput.ReadToEndAsync(patience.Token), shell.StandardError.ReadToEndAsync(patience.Token));
        shell.StandardInput.Close();
        await shell.WaitForExitAsync(patience.Token);
        return (shell.ExitCode, $"{await told}\n{await errors}");
    }
}
