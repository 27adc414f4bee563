using System.Collections.Immutable;

namespace Coordinator.Grains;

/// <summary>What the actors of this process are doing, for the operator. The host supplies one; it is no grain.</summary>
public interface IGrainReport
{
    /// <summary>Looks. Cheap enough for a page that asks every few seconds.</summary>
    Task<GrainReport> LookAsync(CancellationToken cancellation);
}

/// <param name="Silos">Every silo of the cluster.</param>
/// <param name="Activations">How many live in the cluster.</param>
/// <param name="Since">From when on this process counts calls.</param>
/// <param name="Types">In order of name.</param>
public sealed record GrainReport(ImmutableArray<SiloLine> Silos, int Activations, DateTimeOffset Since, ImmutableArray<GrainTypeLine> Types);

/// <param name="Name">Address and generation.</param>
/// <param name="Status">Active, Joining, ShuttingDown, Stopping, Dead or Created.</param>
public sealed record SiloLine(string Name, string Status);

/// <summary>The grains of one type.</summary>
/// <param name="Activations">In the whole cluster.</param>
/// <param name="Reminders">Rows of the reminder table.</param>
/// <param name="Methods">Calls into this process since its start, in order of name.</param>
public sealed record GrainTypeLine(string Type, int Activations, int Reminders, ImmutableArray<GrainMethodLine> Methods)
{
    public long Calls => Methods.Sum(method => method.Calls);

    public long Errors => Methods.Sum(method => method.Errors);
}

/// <param name="Method">The interface's method.</param>
/// <param name="Errors">Calls that ended in an exception; a refusal is an answer, not an error.</param>
/// <param name="Mean">Of all calls, waiting in the grain's queue not included.</param>
/// <param name="P95">At most this for 95 of 100 of the newest calls.</param>
/// <param name="Longest">Of all calls.</param>
/// <param name="LastError">Type of the newest exception; null where there was none.</param>
public sealed record GrainMethodLine(
    string Method, long Calls, long Errors, TimeSpan Mean, TimeSpan P95, TimeSpan Longest, string? LastError, DateTimeOffset? LastErrorAt);
