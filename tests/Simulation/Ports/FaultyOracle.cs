using System.Collections.Immutable;
using Coordinator.Bitcoin;
using Coordinator.Oracle;

namespace Coordinator.Simulation;

/// <summary>The oracle as the service reaches it.</summary>
/// <param name="refuses">Events that this oracle never takes.</param>
internal sealed class FaultyOracle(IOracle inner, PortCalls calls, Func<Guid, bool> refuses) : IOracle
{
    public Task<OracleAnswer<PublicKey>> GetPublicKeyAsync(CancellationToken cancellation)
        => CallAsync("GetPublicKey", "", () => inner.GetPublicKeyAsync(CancellationToken.None), cancellation);

    public Task<OracleAnswer<OracleEvent>> CreateEventAsync(OracleEventTerms terms, CancellationToken cancellation)
        => CallAsync("CreateEvent", Short(terms.Id), () => refuses(terms.Id)
            ? Task.FromResult<OracleAnswer<OracleEvent>>(new OracleAnswer<OracleEvent>.Refused(400, "this oracle does not take it"))
            : inner.CreateEventAsync(terms, CancellationToken.None), cancellation);

    public Task<OracleAnswer<OracleEvent>> GetEventAsync(Guid eventId, CancellationToken cancellation)
        => CallAsync("GetEvent", Short(eventId), () => inner.GetEventAsync(eventId, CancellationToken.None), cancellation);

    public Task<OracleAnswer<Acknowledged>> AddEntriesAsync(Guid eventId, ImmutableArray<OracleEntry> entries, CancellationToken cancellation)
        => CallAsync("AddEntries", $"{Short(eventId)} ({entries.Length})", () => inner.AddEntriesAsync(eventId, entries, CancellationToken.None), cancellation);

    private static string Short(Guid id) => id.ToString()[^8..];

    private Task<OracleAnswer<T>> CallAsync<T>(string method, string about, Func<Task<OracleAnswer<T>>> act, CancellationToken cancellation)
        => calls.CallAsync<OracleAnswer<T>>(
            method, about, act,
            failure => failure switch
            {
                CallFailure.Cancelled => throw new OperationCanceledException(cancellation),
                CallFailure.NotReached => new OracleAnswer<T>.TryLater("simulated: not reached"),
                _ => new OracleAnswer<T>.Unclear("simulated: no answer"),
            },
            answer => answer.Describe(), cancellation);
}
