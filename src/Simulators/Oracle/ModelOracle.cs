using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using Coordinator.Bitcoin;
using Coordinator.Oracle;
using Coordinator.Oracle.Wire;

namespace Coordinator.Simulators.Oracle;

/// <summary>The port on the model without a wire: for the deterministic simulation and for grain tests. Plays the same scripted faults;
/// there
/// is no quick repeat, so one fault is one answer.</summary>
/// <remarks>Everything happens on the caller's scheduler; time comes from the clocks.</remarks>
/// <param name="model">The oracle.</param>
/// <param name="faults">What goes wrong.</param>
/// <param name="coordinator">Who calls.</param>
/// <param name="time">The world's clock; the model's offset comes on top.</param>
/// <param name="salt">16 bytes or more for each new event's nonce.</param>
public sealed class ModelOracle(
    OracleModel model, OracleFaults faults, XOnlyPublicKey coordinator, TimeProvider time, Func<byte[]> salt) : IOracle
{
    private readonly OracleClock _clock = new(time, model);
    private readonly ConcurrentDictionary<Guid, (byte[] Bytes, OracleEvent Event)> _read = new();

    /// <inheritdoc/>
    public Task<OracleAnswer<PublicKey>> GetPublicKeyAsync(CancellationToken cancellation)
        => CallAsync("GET", "/oracle/pubkey", () => model.PublicKey, cancellation);

    /// <inheritdoc/>
    public Task<OracleAnswer<OracleEvent>> CreateEventAsync(OracleEventTerms terms, CancellationToken cancellation)
        => CallAsync("POST", "/oracle/events", () => Read(model.Create(terms, coordinator, salt(), _clock.Now)), cancellation);

    /// <inheritdoc/>
    public Task<OracleAnswer<OracleEvent>> GetEventAsync(Guid eventId, CancellationToken cancellation)
        => CallAsync("GET", $"/oracle/events/{eventId:D}", () => Read(model.GetEvent(eventId, _clock.Now)), cancellation);

    /// <inheritdoc/>
    public Task<OracleAnswer<Acknowledged>> AddEntriesAsync(
        Guid eventId, ImmutableArray<OracleEntry> entries, CancellationToken cancellation)
        => CallAsync("POST", $"/oracle/events/{eventId:D}/entries", () =>
        {
            ImmutableArray<AddEntryBody> bodies = [.. entries.Select(entry => new AddEntryBody(entry.Id, eventId, entry.Picks))];
            model.AddEntries(new AddEntriesBody(eventId, bodies), coordinator, _clock.Now);
            return default(Acknowledged);
        }, cancellation);

    /// <summary>By way of JSON, so that exactly what the wire would carry is read; the same bytes are not read twice.</summary>
    private OracleEvent Read(EventBody shown)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(shown, OracleJson.Default.EventBody);
        if (_read.TryGetValue(shown.Id, out var known) && known.Bytes.AsSpan().SequenceEqual(bytes))
        {
            return known.Event;
        }

        var read = OracleEvent.Parse(bytes);
        _read[shown.Id] = (bytes, read);
        return read;
    }

    private async Task<OracleAnswer<T>> CallAsync<T>(string method, string path, Func<T> run, CancellationToken cancellation)
    {
        var fault = faults.Take(method, path);
        switch (fault?.Kind)
        {
            case OracleFaultKind.Status:
                return Failed<T>(method, fault.StatusCode, "scripted fault");
            case OracleFaultKind.DropBefore or OracleFaultKind.Endless:
                return new OracleAnswer<T>.Unclear("scripted fault: no answer");
            case OracleFaultKind.Delay:
                await Task.Delay(TimeSpan.FromMilliseconds(fault.DelayMilliseconds), time, cancellation);
                break;
            default:
                break;
        }

        var answer = Run(method, run);
        return fault?.Kind switch
        {
            OracleFaultKind.DropAfter or OracleFaultKind.Garbage => new OracleAnswer<T>.Unclear("scripted fault: the answer is lost"),
            OracleFaultKind.FailAfter => Failed<T>(method, 500, "internal server error"),
            _ => answer,
        };
    }

    private static OracleAnswer<T> Run<T>(string method, Func<T> run)
    {
        try
        {
            return new OracleAnswer<T>.Done(run());
        }
        catch (OracleRefusedException refused)
        {
            return Failed<T>(method, refused.Status, refused.Message);
        }
    }

    /// <summary>The real client's map of statuses.</summary>
    private static OracleAnswer<T> Failed<T>(string method, int status, string text) => status switch
    {
        429 or 502 or 503 or 504 => new OracleAnswer<T>.TryLater(text),
        >= 500 when method == "GET" => new OracleAnswer<T>.TryLater(text),
        >= 500 => new OracleAnswer<T>.Unclear(text),
        _ => new OracleAnswer<T>.Refused(status, text),
    };
}
