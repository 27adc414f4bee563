using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;

namespace Coordinator.Web;

/// <summary>Knows the operator's token. The gateway supplies it, with the limits that it has for wrong tokens.</summary>
public interface IOperatorDoor
{
    /// <summary>Whether browsers reach the operator's listener by TLS, so that cookies may insist on it.</summary>
    bool IsSecure { get; }

    /// <summary>How long this caller's address has to wait before its next try; zero: it may try.</summary>
    TimeSpan Wait(HttpContext context);

    /// <summary>Whether it is the token; a wrong one counts against the caller's address. Takes the same time for every wrong token.</summary>
    bool IsToken(HttpContext context, string token);
}

/// <summary>A weather station that the oracle knows.</summary>
public sealed record Station(string Id, string Name);

/// <summary>The oracle's stations, for the form that creates a competition. A host may supply it.</summary>
public interface IStationList
{
    /// <summary>In order of id; empty where the oracle does not answer in time.</summary>
    Task<ImmutableArray<Station>> LookAsync(CancellationToken cancellation);
}
