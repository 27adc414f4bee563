using System.Text.Json;
using System.Text.Json.Nodes;
using Coordinator.Bitcoin;
using Coordinator.Nostr;

namespace Coordinator.Players.Wire;

/// <summary>The coordinator's public listener, as one player reaches it: every request that names somebody is signed (NIP-98).</summary>
internal sealed class CoordinatorApi(PatientHttp http, Uri address, SecretKey identity)
{
    private const string JsonType = "application/json";

    public async Task<JsonElement> CompetitionAsync(Guid id, CancellationToken cancellation)
        => (await http.SendAsync(HttpMethod.Get, At($"competitions/{id}"), null, JsonType, null, cancellation)).Json("the competition");

    public Task<ApiAnswer> LoginAsync(CancellationToken cancellation) => PostAsync("users/login", new JsonObject(), cancellation);

    public Task<ApiAnswer> RegisterAsync(JsonObject account, CancellationToken cancellation) => PostAsync("users/register", account, cancellation);

    public Task<ApiAnswer> TicketAsync(Guid competition, PublicKey key, CancellationToken cancellation)
        => PostAsync($"competitions/{competition}/ticket", new JsonObject { ["btc_pubkey"] = key.ToHex() }, cancellation);

    public Task<ApiAnswer> TicketStatusAsync(Guid competition, Guid ticket, CancellationToken cancellation)
        => GetAsync($"competitions/{competition}/tickets/{ticket}/status", cancellation);

    public Task<ApiAnswer> EnterAsync(JsonObject entry, CancellationToken cancellation) => PostAsync("entries", entry, cancellation);

    /// <summary>The caller's entry, or null where the coordinator knows none.</summary>
    public async Task<JsonElement?> EntryAsync(Guid competition, Guid entry, CancellationToken cancellation)
    {
        var entries = (await GetAsync($"entries?event_id={competition}", cancellation)).Json("the list of entries");
        foreach (var item in entries.EnumerateArray())
        {
            if (item.GetProperty("id").GetGuid() == entry)
            {
                return item;
            }
        }

        return null;
    }

    public Task<ApiAnswer> ContractAsync(Guid competition, CancellationToken cancellation) => GetAsync($"competitions/{competition}/contract", cancellation);

    public Task<ApiAnswer> AggregateNoncesAsync(Guid competition, CancellationToken cancellation)
        => GetAsync($"competitions/{competition}/aggregate_nonces", cancellation);

    public Task<ApiAnswer> SendNoncesAsync(Guid competition, Guid entry, string round, byte[] nonces, CancellationToken cancellation)
        => SignedAsync(HttpMethod.Post, $"competitions/{competition}/entries/{entry}/public_nonces?round={round}", nonces, cancellation);

    public Task<ApiAnswer> SendSignaturesAsync(Guid competition, Guid entry, string round, string psbt, byte[] partials, CancellationToken cancellation)
        => SignedAsync(
            HttpMethod.Post, $"competitions/{competition}/entries/{entry}/final_signatures?round={round}", SignaturesBody(psbt, partials), cancellation);

    public Task<ApiAnswer> EscrowAsync(Guid competition, Guid ticket, CancellationToken cancellation)
        => GetAsync($"competitions/{competition}/tickets/{ticket}/escrow", cancellation);

    public Task<ApiAnswer> SignEscrowAsync(Guid competition, Guid entry, string psbt, CancellationToken cancellation)
        => PostAsync($"competitions/{competition}/entries/{entry}/escrow_signature", new JsonObject { ["funding_psbt_base64"] = psbt }, cancellation);

    public Task<ApiAnswer> RefundEscrowAsync(Guid competition, Guid ticket, string transaction, CancellationToken cancellation)
        => PostAsync($"competitions/{competition}/tickets/{ticket}/escrow_refund", new JsonObject { ["transaction"] = transaction }, cancellation);

    public Task<ApiAnswer> PayoutAsync(Guid competition, Guid entry, JsonObject body, CancellationToken cancellation)
        => PostAsync($"competitions/{competition}/entries/{entry}/payout", body, cancellation);

    private static byte[] SignaturesBody(string psbt, byte[] partials)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("funding_psbt_base64", psbt);
            json.WritePropertyName("partial_signatures");
            json.WriteRawValue(partials);
            json.WriteEndObject();
        }

        return body.ToArray();
    }

    private Task<ApiAnswer> GetAsync(string path, CancellationToken cancellation) => SignedAsync(HttpMethod.Get, path, null, cancellation);

    private Task<ApiAnswer> PostAsync(string path, JsonObject body, CancellationToken cancellation)
        => SignedAsync(HttpMethod.Post, path, JsonSerializer.SerializeToUtf8Bytes(body), cancellation);

    private Task<ApiAnswer> SignedAsync(HttpMethod method, string path, byte[]? body, CancellationToken cancellation)
    {
        var target = At(path);
        return http.SendAsync(
            method, target, body, JsonType,
            () => Nip98Header.Create(identity, target.AbsoluteUri, method.Method, body, http.Clock.GetUtcNow()), cancellation);
    }

    private Uri At(string path) => new(address, $"/api/v1/{path}");
}
