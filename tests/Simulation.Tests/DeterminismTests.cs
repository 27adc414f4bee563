using System.Diagnostics;

namespace Coordinator.Simulation.Tests;

/// <summary>One seed gives one trace, whatever the process.</summary>
public sealed class DeterminismTests
{
    [Fact]
    public async Task Seeds_give_the_same_traces_in_two_processes()
    {
        var (first, second) = (await TracesAsync(), await TracesAsync());
        Assert.Equal(first, second);
    }

    [Fact]
    public async Task A_failing_or_unknown_order_is_refused_with_the_usage()
    {
        var (code, _, errors) = await RunAsync("--seeds", "9..1");
        Assert.Equal(2, code);
        Assert.Contains("usage: simulate", errors, StringComparison.Ordinal);
    }

    private static async Task<string> TracesAsync()
    {
        var (code, text, errors) = await RunAsync("--seeds", "1..12");
        Assert.True(code == 0, $"{text}{errors}");
        return text[text.IndexOf("traces ", StringComparison.Ordinal)..].Trim();
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Dotnet) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Coordinator.Simulation.dll"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5), TimeProvider.System);
        using var process = Process.Start(start)!;
        var (text, errors) = (process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{string.Join(' ', arguments)} did not end");
        }

        return (process.ExitCode, await text, await errors);
    }

    private static string Dotnet => Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet"
        ? path
        : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : "dotnet";
}
