using System.Collections.Immutable;
using System.Text.Json;
using Coordinator.Bitcoin;

namespace Coordinator.Players.Wire;

/// <summary>What the oracle itself says of an event. The coordinator's word for it is not needed.</summary>
/// <param name="Key">The oracle's key.</param>
/// <param name="NoncePoint">R.</param>
/// <param name="EntryIds">In the oracle's order.</param>
/// <param name="Attestation">32 bytes, or empty.</param>
internal sealed record OracleWord(
    PublicKey Key, PublicKey NoncePoint, ImmutableArray<Guid> EntryIds, int Entries, int Places, DateTimeOffset SigningDate, ImmutableArray<byte> Attestation);

/// <summary>Asks the oracle over HTTP.</summary>
internal sealed class OracleReader(PatientHttp http, Uri address)
{
    /// <exception cref="PlayerException">The oracle knows no such event, or its answer does not read.</exception>
    public async Task<OracleWord> AskAsync(Guid eventId, CancellationToken cancellation)
    {
        var key = await JsonAsync("/oracle/pubkey", cancellation);
        var word = await JsonAsync($"/oracle/events/{eventId}", cancellation);
        try
        {
            return Read(key, word);
        }
        catch (Exception malformed) when (malformed is FormatException or InvalidOperationException or KeyNotFoundException or BitcoinFormatException)
        {
            throw new PlayerException("the oracle's answer does not read");
        }
    }

    /// <summary>Whether it has attested; false also while it does not know the event.</summary>
    public async Task<bool> HasAttestedAsync(Guid eventId, CancellationToken cancellation)
    {
        var answer = await http.SendAsync(HttpMethod.Get, new Uri(address, $"/oracle/events/{eventId}"), null, "application/json", null, cancellation);
        return answer.Status != 404 && answer.Json("the oracle's event").TryGetProperty("attestation", out var scalar) && scalar.ValueKind == JsonValueKind.String;
    }

    private static OracleWord Read(JsonElement key, JsonElement word)
    {
        var attestation = word.TryGetProperty("attestation", out var scalar) && scalar.GetString() is { } hex ? Hex.Decode(hex) : [];
        return new OracleWord(
            PublicKey.TryParse(Convert.FromBase64String(key.GetProperty("key").GetString()!)) ?? throw new FormatException(),
            PublicKey.Parse(word.GetProperty("nonce_point").GetString()!),
            [.. word.GetProperty("entry_ids").EnumerateArray().Select(id => id.GetGuid())],
            word.GetProperty("total_allowed_entries").GetInt32(),
            word.GetProperty("number_of_places_win").GetInt32(),
            word.GetProperty("signing_date").GetDateTimeOffset(),
            [.. attestation]);
    }

    private async Task<JsonElement> JsonAsync(string path, CancellationToken cancellation)
        => (await http.SendAsync(HttpMethod.Get, new Uri(address, path), null, "application/json", null, cancellation)).Json($"the oracle's {path}");
}
