using System.Collections.Immutable;
using System.Net.Sockets;
using System.Text.Json;
using Coordinator.Web;

namespace Coordinator.Silo;

/// <summary>The oracle's list of stations, kept for a while. It helps to fill in a form, so it never makes one wait for long, and never fails it.</summary>
internal sealed class OracleStations(HttpClient http, Uri oracle, TimeProvider clock) : IStationList
{
    private const int Most = 1_000;
    private const int MostBytes = 1 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    private ImmutableArray<Station> _known = [];
    private DateTimeOffset _until;

    public async Task<ImmutableArray<Station>> LookAsync(CancellationToken cancellation)
    {
        if (clock.GetUtcNow() < _until)
        {
            return _known;
        }

        using var limit = new CancellationTokenSource(Patience, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            var found = await AskAsync(both.Token);
            (_known, _until) = (found, clock.GetUtcNow() + Kept);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or SocketException or JsonException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            // The form takes stations as text too.
        }

        return _known;
    }

    private async Task<ImmutableArray<Station>> AskAsync(CancellationToken cancellation)
    {
        using var answer = await http.GetAsync(new Uri(oracle, "stations"), HttpCompletionOption.ResponseHeadersRead, cancellation);
        answer.EnsureSuccessStatusCode();
        await answer.Content.LoadIntoBufferAsync(MostBytes, cancellation);
        using var document = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(cancellation));
        if (document.RootElement.ValueKind != JsonValueKind.Array)
        {
            return [];
        }

        return
        [
            .. document.RootElement.EnumerateArray().Where(one => one.ValueKind == JsonValueKind.Object)
                .Select(one => new Station(Text(one, "station_id"), Text(one, "station_name")))
                .Where(station => station.Id.Length is > 0 and <= 16)
                .DistinctBy(station => station.Id, StringComparer.Ordinal)
                .OrderBy(station => station.Id, StringComparer.Ordinal)
                .Take(Most),
        ];
    }

    private static string Text(JsonElement station, string name)
        => station.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : string.Empty;
}
