using System.Text.Json;
using System.Text.Json.Nodes;
using Coordinator.Cli.Operator;
using Coordinator.Cli.Processes;

namespace Coordinator.Cli.Synth;

/// <summary>The deployed service as a synthetic lifecycle reaches it. While it is down, reads answer null.</summary>
internal sealed class SynthService(SynthPlaces places, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>The competition as everybody sees it; null while the service does not answer or does not know it.</summary>
    /// <exception cref="CommandFailedException">It refuses.</exception>
    public async Task<JsonElement?> CompetitionAsync(Guid id, CancellationToken cancellation)
    {
        try
        {
            var answer = await ServiceHttp.SendAsync(places.Public, HttpMethod.Get, $"/api/v1/competitions/{id}", null, null, Patience, cancellation);
            return answer.Status == 404 ? null : answer.OrRefuse();
        }
        catch (CommandFailedException down) when (down.IsUnclear)
        {
            return null;
        }
    }

    /// <summary>Whether the service says that there is no such competition; false also where it does not answer.</summary>
    public async Task<bool> IsUnknownAsync(Guid id, CancellationToken cancellation)
    {
        try
        {
            return (await ServiceHttp.SendAsync(places.Public, HttpMethod.Get, $"/api/v1/competitions/{id}", null, null, Patience, cancellation)).Status == 404;
        }
        catch (CommandFailedException)
        {
            return false;
        }
    }

    /// <summary>Creates the competition. It is repeated while it is unclear whether that was done: the same terms again are the same competition.</summary>
    /// <exception cref="CommandFailedException">It is refused, or still unclear after the patience.</exception>
    public async Task<JsonElement> CreateAsync(JsonObject terms, TimeSpan patience, CancellationToken cancellation)
    {
        var start = clock.GetTimestamp();
        while (true)
        {
            try
            {
                return (await ServiceHttp.SendAsync(
                    places.Operator, HttpMethod.Post, "/api/v1/competitions", terms.DeepClone(), places.Token, Patience, cancellation)).OrRefuse();
            }
            catch (CommandFailedException down) when (down.IsUnclear && clock.GetElapsedTime(start) < patience)
            {
                await Task.Delay(Pause, clock, cancellation);
            }
        }
    }

    /// <summary>Shares of this competition that the service still owes.</summary>
    public async Task<int> OwedAsync(Guid id, CancellationToken cancellation)
        => (await ServiceHttp.SendAsync(places.Operator, HttpMethod.Get, "/api/v1/owed", null, places.Token, Patience, cancellation)).OrRefuse()
            .EnumerateArray().Count(share => share.GetProperty("competition_id").GetGuid() == id);

    /// <summary>Whether the service takes new money and everything essential is up; the reason where not.</summary>
    /// <exception cref="CommandFailedException">It refuses the token, or does not answer.</exception>
    public async Task<string?> ComplaintAsync(CancellationToken cancellation)
    {
        var health = (await ServiceHttp.SendAsync(places.Operator, HttpMethod.Get, "/api/v1/health", null, places.Token, Patience, cancellation)).OrRefuse();
        return health.GetProperty("ok").GetBoolean()
            ? null
            : string.Join("; ", Wording.List(health, "parts").Where(part => !part.GetProperty("ok").GetBoolean() && part.GetProperty("essential").GetBoolean())
                .Select(part => $"{Wording.Text(part, "name")}: {Wording.Text(part, "detail")}"));
    }
}
