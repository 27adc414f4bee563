using System.Globalization;
using Coordinator.Bitcoin;
using Coordinator.Gateway.Errors;
using Coordinator.Grains;
using Coordinator.Nostr;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Coordinator.Gateway.Requests;

/// <summary>Finds out who signed a request (NIP-98), once per event.</summary>
internal sealed class SignedRequests(PublicOrigins origins, IGrainFactory grains, TimeProvider time)
{
    /// <summary>Refuses what needs no look at the body, before it is read: no header, no event, a stale one, one for another
    /// address.</summary>
    /// <exception cref="RefusedRequestException">Every refusal of NIP-98 but those of payload, content and signature.</exception>
    internal void Precheck(HttpContext context)
    {
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: true })
        {
            return;
        }

        // As if there were no body: where the event names one, this comes as far as the payload and no further.
        if (!Check(context, []).TryGet(out _, out var error) && error.Problem != Nip98Problem.PayloadMismatch)
        {
            throw Refuse(error);
        }
    }

    /// <summary>The caller's x-only key, 64 lower-case hex digits. The event is used up, whatever becomes of the request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="body">Its body exactly as sent.</param>
    /// <exception cref="RefusedRequestException">Every refusal of NIP-98, replays included.</exception>
    internal async Task<string> AdmitAsync(HttpContext context, byte[] body)
    {
        var login = Check(context, body).TryGet(out var signer, out var error) ? signer : throw Refuse(error);
        var shard = long.Parse(login.EventId.AsSpan(0, 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        var verdict = await grains.GetGrain<IReplayGuardGrain>(shard).TakeAsync(login.EventId, login.CreatedAt);
        return verdict switch
        {
            ReplayVerdict.Fresh => login.Key.ToHex(),
            ReplayVerdict.Replayed => throw Refuse(new Nip98Error(Nip98Problem.Replayed, "Event was used before")),
            ReplayVerdict.TooOld => throw Refuse(new Nip98Error(Nip98Problem.ExpiredTimestamp, "Event timestamp expired")),
            ReplayVerdict.Full => throw Refuse(new Nip98Error(Nip98Problem.Busy, "Too many requests")),
        };
    }

    private static string? HeaderOf(HttpContext context)
        => context.Request.Headers.Authorization is { Count: 1 } header ? header[0] : null;

    private static RefusedRequestException Refuse(Nip98Error error) => new(GatewayError.Of(error));

    private Nip98Answer Check(HttpContext context, byte[] body)
    {
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? string.Empty;
        var path = target.StartsWith('/') ? target : " "; // an absolute or authority form names a host of its own choice
        var request = new Nip98Request(
            [.. origins.All.Select(origin => origin + path)], context.Request.Method, body.Length == 0 ? null : Hashes.Sha256(body));
        return Nip98.Verify(HeaderOf(context), request, time.GetUtcNow(), Nip98.DefaultWindow);
    }
}
