using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;

namespace Coordinator.Chart.Tests;

/// <summary>The programs as the container file publishes them, run as it runs them: by somebody without rights, who can write the two folders and nothing else.</summary>
public sealed class PublishedTests : IDisposable
{
    private const int User = 10001;

    private readonly string _folder = Directory.CreateTempSubdirectory("coordinator-published-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_published_service_starts_tells_its_health_and_stops()
    {
        Publish();
        var config = Configure();
        using var service = Process.Start(Order([.. Entry(), "--config", config]))!;
        var said = service.StandardError.ReadToEndAsync();
        try
        {
            var ready = await service.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System);
            Assert.True(ready is not null, ready is null ? await said : "");
            Assert.Equal("ready", JsonNode.Parse(ready!)!["event"]!.GetValue<string>());
            Assert.Equal((0, ""), await RunAsync([.. Entry(), "health", "--config", config]));
            Signal(service, "TERM");
            await service.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System);
            Assert.True(service.ExitCode == 0, await said);
        }
        finally
        {
            if (!service.HasExited)
            {
                service.Kill(entireProcessTree: true);
            }
        }

        var (code, complaint) = await RunAsync([.. Entry(), "health", "--config", config]);
        Assert.Equal(1, code);
        Assert.Contains("does not answer", complaint, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync(["dotnet", Published("/app/cli/Coordinator.Cli.dll"), "--help"])).Code);
        Assert.DoesNotContain(Directory.EnumerateFiles(_folder, "packages.*.lock.json", SearchOption.AllDirectories), _ => true);
    }

    /// <summary>By the container file's own commands; what they would build was built with this test.</summary>
    private void Publish()
    {
        var publishes = ContainerFile.Publishes();
        Assert.Equal(["/app/cli", "/app/silo"], publishes.Keys.Order(StringComparer.Ordinal));
        foreach (var words in publishes.Values)
        {
            var (code, output, complaint) = Rendering.Run("dotnet", null, [.. words.Select(word => word.StartsWith("/app/", StringComparison.Ordinal) ? Published(word) : word), "--no-build"]);
            Assert.True(code == 0, output + complaint);
        }

        File.SetUnixFileMode(_folder, (UnixFileMode)0b111_101_101);
    }

    /// <summary>The chart's default configuration on ports of our own, its folders and secrets where this machine may write.</summary>
    private string Configure()
    {
        var config = Path.Combine(_folder, "run");
        Directory.CreateDirectory(config);
        var file = Configuration.Unpack(Configuration.TextOf(Rendering.Of("default"), "coordinator"), config);
        var json = JsonNode.Parse(File.ReadAllText(file))!;
        foreach (var (listener, port) in new[] { "Public", "Operator", "Metrics" }.Zip(FreePorts(3)))
        {
            json["Gateway"]![$"{listener}Address"] = "127.0.0.1";
            json["Gateway"]![$"{listener}Port"] = port;
        }

        foreach (var section in new[] { "Chain", "Oracle", "Keymeld" })
        {
            json[section]!["Address"] = "http://127.0.0.1:1";
        }

        json["Lightning"]!["Address"] = "https://127.0.0.1:1";
        File.WriteAllText(file, json.ToJsonString());
        WriteCertificate(Path.Combine(config, "secrets"));
        if (Environment.IsPrivilegedProcess)
        {
            Assert.Equal(0, Rendering.Run("chown", null, ["-R", $"{User}:{User}", config]).Code);
        }

        return file;
    }

    private static void WriteCertificate(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        foreach (var (name, text) in new[] { ("operator.crt", certificate.ExportCertificatePem()), ("operator.key", key.ExportPkcs8PrivateKeyPem()), ("lnd.cert", certificate.ExportCertificatePem()) })
        {
            var path = Path.Combine(folder, name);
            File.Delete(path);
            File.WriteAllText(path, text);
            File.SetUnixFileMode(path, UnixFileMode.UserRead);
        }
    }

    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0)).ToArray();
        foreach (var listener in listeners)
        {
            listener.Start();
        }

        var ports = listeners.Select(listener => ((System.Net.IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        Array.ForEach(listeners, listener => listener.Dispose());
        return ports;
    }

    private string Published(string path) => _folder + path;

    private string[] Entry() => [.. ContainerFile.Words(ContainerFile.Final("ENTRYPOINT").Single()).Select(word => word.StartsWith("/app/", StringComparison.Ordinal) ? Published(word) : word)];

    /// <summary>Who is root runs it as the image's user; whoever is not has no rights to give away.</summary>
    private static ProcessStartInfo Order(string[] words)
    {
        string[] all = Environment.IsPrivilegedProcess ? ["setpriv", $"--reuid={User}", $"--regid={User}", "--clear-groups", "--no-new-privs", .. words] : words;
        var order = new ProcessStartInfo(all[0], all[1..]) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = "/" };
        order.Environment.Remove("HOME"); // a number has none, unless the image says so
        foreach (var setting in ContainerFile.Final("ENV").SelectMany(line => line.Split(' ')).Select(setting => setting.Split('=', 2)))
        {
            order.Environment[setting[0]] = setting[1];
        }

        order.Environment["TMPDIR"] = "/proc"; // nothing can be written there
        return order;
    }

    private static async Task<(int Code, string Complaint)> RunAsync(string[] words)
    {
        using var process = Process.Start(Order(words))!;
        var (output, complaint) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System);
        _ = await output;
        return (process.ExitCode, await complaint);
    }

    private static void Signal(Process process, string signal) => Assert.Equal(0, Rendering.Run("kill", null, [$"-{signal}", $"{process.Id}"]).Code);
}
