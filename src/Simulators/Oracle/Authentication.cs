using Coordinator.Nostr;

namespace Coordinator.Simulators.Oracle;

/// <summary>A request whose signer and body are known.</summary>
internal sealed record SignedBody(Nip98Login Login, byte[] Body);

/// <summary>Reads the bodies of signed requests and checks who signed them (NIP-98), by the world's clock and the simulator's own
/// address.</summary>
internal sealed class Authentication(Func<Uri> origin, TimeProvider time)
{
    internal const int MaximumBodyBytes = 30 * 1_024 * 1_024;

    // Since the epoch: the simulator's own restarts shall not refuse a request of the same second.
    private readonly Nip98ReplayGuard _guard = new(DateTimeOffset.UnixEpoch, Nip98.DefaultWindow, capacity: 10_000);

    internal async Task<(SignedBody? Signed, Nip98Error? Error)> ReadAsync(HttpRequest request)
    {
        using var buffer = new MemoryStream();
        await request.Body.CopyToAsync(buffer, request.HttpContext.RequestAborted);
        var body = buffer.ToArray();
        var url = $"{origin().GetLeftPart(UriPartial.Authority)}{request.Path.ToUriComponent()}{request.QueryString.ToUriComponent()}";
        var headers = request.Headers.Authorization;
        var answer = Nip98.Verify(
            headers.Count == 1 ? headers[0] : null, Nip98Request.Of(url, request.Method, body), time.GetUtcNow(), Nip98.DefaultWindow);
        return !answer.TryGet(out var login, out var error) ? (null, error)
            : _guard.Admit(login, time.GetUtcNow()) is { } replay ? (null, replay)
            : (new SignedBody(login, body), null);
    }
}
