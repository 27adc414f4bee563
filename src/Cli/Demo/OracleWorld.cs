using System.Text.Json.Nodes;

namespace Coordinator.Cli.Demo;

/// <summary>Moves the oracle's clock past the signing date.</summary>
internal sealed class OracleWorld(WorldHttp http, Uri control)
{
    /// <summary>The oracle scores the weather and attests.</summary>
    public Task AttestAsync(Guid id, CancellationToken cancellation)
        => http.JsonAsync(HttpMethod.Post, new Uri(control, $"/control/events/{id}/sign"), new JsonObject(), null, cancellation);

    /// <summary>The oracle attests this outcome now, whatever the time and the weather; the same again changes nothing.</summary>
    public Task AttestAsync(Guid id, int outcome, CancellationToken cancellation)
        => http.JsonAsync(HttpMethod.Post, new Uri(control, $"/control/events/{id}/attest"), new JsonObject { ["outcome"] = outcome }, null, cancellation);

    /// <summary>All scores are zero: the oracle attests to the refund of everybody.</summary>
    public async Task RefundAsync(Guid id, CancellationToken cancellation)
    {
        await http.JsonAsync(HttpMethod.Put, new Uri(control, "/control/behaviour"), new JsonObject { ["all_zero"] = true }, null, cancellation);
        await AttestAsync(id, cancellation);
    }
}
