using System.Diagnostics;

namespace Coordinator.EndToEnd.Tests;

/// <summary><c>config</c> through the command line, and a real start that refuses what it refuses.</summary>
public sealed class ConfigTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("coordinator-config-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_check_says_good_or_every_complaint_and_touches_nothing()
    {
        var file = Write("""{"Data":{"Directory":"DATA"},"Gateway":{"OperatorTokenFile":"none"},"Chain":{"Address":"http://127.0.0.1:3000"},"Lightning":{"Address":"https://127.0.0.1:1","MacaroonPath":"none"},"Oracle":{"Address":"http://127.0.0.1:1"},"Keymeld":{"Address":"http://127.0.0.1:1"}}""");
        var good = await CommandLine.RunAsync("", "config", "check", file);
        Assert.True((good.ExitCode, good.Output.Single(), good.Errors) == (0, $"{file}: good", ""), good.ToString());
        var bad = await CommandLine.RunAsync("", "config", "check", file, "--set", "Oracle:Poll=3", "--set", "Chain:Adress=x", "--files");
        Assert.True(bad.ExitCode == 2 && bad.Output.Count == 0, bad.ToString());
        Assert.All(
            ["there is no key 'Chain:Adress'", "Oracle:Poll is '3'", "Gateway:OperatorTokenFile 'none'", "Lightning:MacaroonPath is 'none'"],
            complaint => Assert.Contains(complaint, bad.Errors, StringComparison.Ordinal));
        Assert.Equal([file], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public async Task A_start_refuses_secrets_that_others_may_read_all_at_once_and_makes_no_data()
    {
        var (token, macaroon) = (Path.Combine(_folder, "token"), Path.Combine(_folder, "macaroon"));
        foreach (var path in new[] { token, macaroon })
        {
            await File.WriteAllTextAsync(path, new string('x', 32));
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        }

        var file = Write($$$"""{"Gateway":{"OperatorTokenFile":"{{{token}}}"},"Chain":{"Address":"http://127.0.0.1:3000"},"Lightning":{"Address":"https://127.0.0.1:1","MacaroonPath":"{{{macaroon}}}"},"Oracle":{"Address":"http://127.0.0.1:1"},"Keymeld":{"Address":"http://127.0.0.1:1"}}""");
        var start = new ProcessStartInfo("dotnet", [CommandLine.Program("Silo"), "--config", file, "--data", Path.Combine(_folder, "data"), "--stop-with-input"])
        {
            RedirectStandardError = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using var service = Process.Start(start)!;
        var errors = await service.StandardError.ReadToEndAsync();
        await service.WaitForExitAsync();
        Assert.True(service.ExitCode == 2, errors);
        Assert.Contains($"Gateway:OperatorTokenFile is '{token}'; others than its owner may use it", errors, StringComparison.Ordinal);
        Assert.Contains($"Lightning:MacaroonPath is '{macaroon}'; others than its owner may use it", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("xxxx", errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_folder, "data")));
    }

    private string Write(string text)
    {
        var file = Path.Combine(_folder, "service.json");
        File.WriteAllText(file, text.Replace("DATA", Path.Combine(_folder, "data"), StringComparison.Ordinal));
        return file;
    }
}
