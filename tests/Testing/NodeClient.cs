using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Coordinator.Testing;

/// <summary>Runs a script of <c>tests/clients</c> with Node, through the root script, which installs what is missing.</summary>
public static class NodeClient
{
    /// <summary>The first run on a machine installs packages.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    /// <summary>Runs a script and gives back what it printed.</summary>
    /// <param name="script">A file of <c>tests/clients</c>, such as <c>nip44-decrypt.mjs</c>.</param>
    /// <param name="input">Becomes JSON on the script's standard input; null gives it none.</param>
    /// <param name="arguments">Arguments of the script.</param>
    /// <returns>Standard output, unchanged.</returns>
    /// <exception cref="NodeClientException">It failed, with what it said, or took more than four minutes.</exception>
    public static async Task<string> RunAsync(string script, object? input = null, params string[] arguments)
    {
        using var process = Process.Start(Order(script, arguments)) ?? throw new NodeClientException($"{script} could not be started");
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        try
        {
            var (output, complaints) = (process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token));
            await FeedAsync(process, input is null ? string.Empty : JsonSerializer.Serialize(input), patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return process.ExitCode == 0
                ? await output
                : throw new NodeClientException($"{script} ended with {process.ExitCode}: {await complaints}{await output}");
        }
        catch (OperationCanceledException)
        {
            throw new NodeClientException($"{script} did not end within {Patience}");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private static ProcessStartInfo Order(string script, string[] arguments)
    {
        var order = new ProcessStartInfo("bash")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            WorkingDirectory = Path.GetFullPath(Path.Combine(VectorFiles.Path(), "..", "..")),
        };
        foreach (var argument in (string[])["coordinator", "client", script, .. arguments])
        {
            order.ArgumentList.Add(argument);
        }

        return order;
    }

    private static async Task FeedAsync(Process process, string text, CancellationToken cancellation)
    {
        try
        {
            // Node reads UTF-8; the process's own writer would put the locale's encoding, or a byte order mark, before it.
            await process.StandardInput.BaseStream.WriteAsync(Encoding.UTF8.GetBytes(text), cancellation);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading; its exit code says why.
        }
    }
}

/// <summary>A script failed.</summary>
public sealed class NodeClientException(string message) : Exception(message);
