using System.Collections.Immutable;
using System.Text.Json;

namespace Coordinator.Cli.Demo;

/// <summary>A key generation session as the simulator's gateway keeps it.</summary>
/// <param name="Coordinator">The coordinator's user id.</param>
/// <param name="Expected">How many participants it waits for, the coordinator included.</param>
internal sealed record KeygenFacts(string Id, string Coordinator, int Expected, int Registered, bool IsCompleted);

/// <summary>A signing session as the simulator's gateway keeps it.</summary>
internal sealed record SigningFacts(string Id, string Keygen, int Items, bool IsApproved, bool IsCompleted);

/// <summary>The Keymeld gateway and its enclaves as the world's hand reaches them: what they know, never a key or a secret.</summary>
internal sealed class KeymeldWorld(WorldHttp http, Uri control)
{
    /// <summary>The enclaves' true public keys by number, whatever the gateway announces.</summary>
    public async Task<ImmutableSortedDictionary<int, string>> EnclavesAsync(CancellationToken cancellation)
        => (await StateAsync(cancellation)).GetProperty("enclaves").EnumerateArray()
            .ToImmutableSortedDictionary(enclave => enclave.GetProperty("id").GetInt32(), enclave => enclave.GetProperty("public_key").GetString()!);

    /// <summary>All sessions that the gateway keeps, throwaway ones included.</summary>
    public async Task<(ImmutableArray<KeygenFacts> Keygens, ImmutableArray<SigningFacts> Signings)> SessionsAsync(CancellationToken cancellation)
    {
        var state = await StateAsync(cancellation);
        return ([.. state.GetProperty("keygens").EnumerateArray().Select(Keygen)], [.. state.GetProperty("signings").EnumerateArray().Select(Signing)]);
    }

    private static KeygenFacts Keygen(JsonElement json) => new(
        json.GetProperty("id").GetString()!,
        json.GetProperty("coordinator").GetString()!,
        json.GetProperty("expected").GetInt32(),
        json.GetProperty("registered").GetInt32(),
        json.GetProperty("stage").ValueEquals("Completed"));

    private static SigningFacts Signing(JsonElement json) => new(
        json.GetProperty("id").GetString()!,
        json.GetProperty("keygen_id").GetString()!,
        json.GetProperty("items").GetInt32(),
        json.GetProperty("approved").GetInt32() > 0,
        json.GetProperty("is_completed").GetBoolean());

    private Task<JsonElement> StateAsync(CancellationToken cancellation) => http.JsonAsync(HttpMethod.Get, control, null, null, cancellation);
}
