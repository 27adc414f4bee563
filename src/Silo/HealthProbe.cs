using System.Net;
using System.Net.Sockets;

namespace Coordinator.Silo;

/// <summary>Asks the service of the same configuration whether it is well, for a container's health check: <c>health [--config FILE]</c>.</summary>
public static class HealthProbe
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    /// <summary>Asks once, over the public listener.</summary>
    /// <param name="args">What follows <c>health</c>.</param>
    /// <returns>0 where the service says it is well, or that it stands by; 1 where it says otherwise or nothing, with one sentence on standard error; 2 for a wrong question.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        if (args is not ([] or ["--config", _]))
        {
            await Console.Error.WriteLineAsync("health takes --config FILE and nothing else");
            return 2;
        }

        try
        {
            var gateway = SiloConfiguration.Read(args is [_, var file] ? file : null, new Dictionary<string, string?>()).Gateway;
            if (gateway.PublicPort == 0)
            {
                await Console.Error.WriteLineAsync("Gateway:PublicPort is 0, so nobody knows which port the service took: name one");
                return 2;
            }

            var address = new UriBuilder(Uri.UriSchemeHttp, OwnAddress(gateway.PublicAddress), gateway.PublicPort, "/api/v1/health_check", $"?{StandBy.Alive}").Uri;
            using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false };
            using var http = new HttpClient(handler, disposeHandler: false) { Timeout = Patience };
            using var answer = await http.GetAsync(address);
            return answer.StatusCode == HttpStatusCode.OK ? 0 : await SayAsync($"the service answers {(int)answer.StatusCode}");
        }
        catch (SiloConfigurationException failure)
        {
            await Console.Error.WriteLineAsync(failure.Message);
            return 2;
        }
        catch (Exception failure) when (failure is HttpRequestException or SocketException or TaskCanceledException or UriFormatException)
        {
            return await SayAsync(failure is TaskCanceledException ? "the service does not answer in time" : $"the service does not answer: {failure.Message}");
        }
    }

    /// <summary>Where a listener on every address is reached from beside it.</summary>
    private static string OwnAddress(string address) => IPAddress.TryParse(address, out var given) switch
    {
        true when given.Equals(IPAddress.Any) => "127.0.0.1",
        true when given!.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 => $"[{(given.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : given)}]",
        _ => address,
    };

    private static async Task<int> SayAsync(string why)
    {
        await Console.Error.WriteLineAsync(why);
        return 1;
    }
}
