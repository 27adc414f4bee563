using System.Collections.Concurrent;
using Coordinator.Keymeld;

namespace Coordinator.Players.Wire;

/// <summary>What a player asks the Keymeld gateway itself, once that speaks a known version. Waits a while for one that is away; what it says is never believed, only compared.</summary>
internal sealed class KeymeldReader(HttpClient http, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentDictionary<string, KeymeldConnection> _known = new(StringComparer.Ordinal);

    /// <exception cref="PlayerException">No such enclave, or no answer.</exception>
    public async Task<EnclaveKey> EnclaveAsync(string gateway, int enclave, CancellationToken cancellation)
        => await AskAsync(() => Of(gateway).GetEnclaveAsync(enclave, cancellation), "the enclave's key", cancellation)
            ?? throw new PlayerException("the gateway does not tell the key of the ticket's enclave");

    /// <summary>The session, read with its secret; null where the gateway does not keep it any more, or does not answer.</summary>
    /// <exception cref="PlayerException">It refuses, above all because the secret is not the session's.</exception>
    public Task<KeygenStatus?> KeygenAsync(string gateway, Guid session, SessionSecret secret, CancellationToken cancellation)
        => AskAsync(() => Of(gateway).GetKeygenAsync(session, secret, cancellation), "key generation", cancellation);

    /// <summary>A signing session, read as one of its signers; null where the gateway does not keep it any more, or does not answer.</summary>
    /// <exception cref="PlayerException">It refuses.</exception>
    public Task<SigningStatus?> SigningAsync(string gateway, Guid signing, KeymeldParticipant me, SessionSecret secret, CancellationToken cancellation)
        => AskAsync(() => Of(gateway).GetSigningAsync(signing, me, secret, cancellation), "a signing session", cancellation);

    private KeymeldConnection Of(string gateway)
    {
        if (!Uri.TryCreate(gateway, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            throw new PlayerException("the Keymeld gateway's address does not read");
        }

        return _known.GetOrAdd(gateway, _ => new KeymeldConnection(http, new KeymeldOptions { BaseAddress = address }, clock));
    }

    private async Task<T?> AskAsync<T>(Func<Task<KeymeldAnswer<T>>> ask, string what, CancellationToken cancellation)
        where T : class
    {
        var start = clock.GetTimestamp();
        while (true)
        {
            var answer = await ask();
            switch (answer)
            {
                case KeymeldAnswer<T>.Done done:
                    return done.Value;
                case KeymeldAnswer<T>.Refused { IsNotFound: true }:
                    return null;
                case KeymeldAnswer<T>.Refused:
                    throw new PlayerException($"the gateway does not tell this player of {what}: {answer.Describe()}");
                default:
                    break;
            }

            if (clock.GetElapsedTime(start) > Patience)
            {
                return null;
            }

            await Task.Delay(Pause, clock, cancellation);
        }
    }
}
