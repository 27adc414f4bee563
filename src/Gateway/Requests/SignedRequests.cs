using System.Globalization;
using Coordinator.Gateway.Errors;
using Coordinator.Grains;
using Coordinator.Nostr;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Coordinator.Gateway.Requests;

/// <summary>Finds out who signed a request (NIP-98), once per event.</summary>
internal sealed class SignedRequests(PublicOrigins origins, IGrainFactory grains, TimeProvider time)
{
    /// <summary>Who signed, told before a byte of the body is read.</summary>
    /// <exception cref="RefusedRequestException">Every refusal of NIP-98 but a body that was not signed and replays.</exception>
    internal Nip98Login Identify(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? string.Empty;
        var path = target.StartsWith('/') ? target : " "; // an absolute or authority form names a host of its own choice
        var request = new Nip98Request([.. origins.All.Select(origin => origin + path)], context.Request.Method, BodySha256: null);
        var header = context.Request.Headers.Authorization is { Count: 1 } only ? only[0] : null;
        if (!Nip98.VerifyHead(header, request, time.GetUtcNow(), Nip98.DefaultWindow).TryGet(out var login, out var error))
        {
            throw Refuse(error);
        }

        // A body that cannot have been signed is not read.
        return context.Request.ContentLength > 0 && login.Payload is null && login.CheckBody([0]) is { } unsigned ? throw Refuse(unsigned) : login;
    }

    /// <summary>Takes the event: it is used up, whatever becomes of the request.</summary>
    /// <param name="login">Who signed.</param>
    /// <param name="body">The body exactly as sent.</param>
    /// <exception cref="RefusedRequestException">Another body was signed, the event was used before, or nobody can tell.</exception>
    internal async Task UseUpAsync(Nip98Login login, byte[] body)
    {
        if (login.CheckBody(body) is { } error)
        {
            throw Refuse(error);
        }

        var shard = long.Parse(login.EventId.AsSpan(0, 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        var verdict = await grains.GetGrain<IReplayGuardGrain>(shard).TakeAsync(login.EventId, login.CreatedAt);
        switch (verdict)
        {
            case ReplayVerdict.Fresh:
                return;
            case ReplayVerdict.Replayed:
                throw Refuse(new Nip98Error(Nip98Problem.Replayed, "Event was used before"));
            case ReplayVerdict.TooOld:
                throw Refuse(new Nip98Error(Nip98Problem.ExpiredTimestamp, "Event timestamp expired"));
            default:
                throw Refuse(new Nip98Error(Nip98Problem.Busy, "Too many requests"));
        }
    }

    private static RefusedRequestException Refuse(Nip98Error error) => new(GatewayError.Of(error));
}
