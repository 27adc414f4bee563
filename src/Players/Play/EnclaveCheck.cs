using System.Globalization;
using System.Text.Json;
using Coordinator.Bitcoin;
using Coordinator.Keymeld;
using Coordinator.Players.Records;
using Coordinator.Players.Wire;

namespace Coordinator.Players.Play;

/// <summary>Before the entry's key leaves this process: is the ticket's enclave key the one that the gateway itself announces, and the pinned one?</summary>
internal static class EnclaveCheck
{
    /// <summary>Encrypts the entry's key to the ticket's enclave; null where the ticket names none, because players sign themselves.</summary>
    /// <exception cref="PlayerException">The ticket's values do not read, or the key is another than the gateway's or the pinned one.</exception>
    public static async Task<KeymeldSeat?> PrepareAsync(PlayerContext player, JsonElement ticket, CancellationToken cancellation)
    {
        if (Text(ticket, "keymeld_session_id") is not { } sessionText)
        {
            return null;
        }

        if (!Guid.TryParseExact(sessionText, "D", out var session) || Text(ticket, "keymeld_gateway_url") is not { } gateway
            || PublicKey.TryParse(Text(ticket, "keymeld_enclave_public_key") ?? string.Empty) is not { } key
            || !ticket.TryGetProperty("keymeld_enclave_id", out var number) || !number.TryGetInt32(out var enclave)
            || Text(ticket, "keymeld_user_id") != Text(ticket, "ticket_id"))
        {
            throw new PlayerException("the ticket's Keymeld values do not read");
        }

        var announced = await player.Keymeld.EnclaveAsync(gateway, enclave, cancellation);
        if (!announced.Key.Equals(key))
        {
            throw new PlayerException($"the ticket's key for enclave {Number(enclave)} is not the one that the gateway announces: nothing is encrypted to it");
        }

        if (!player.Options.Enclaves.IsEmpty && !key.Equals(player.Options.Enclaves.GetValueOrDefault(enclave)))
        {
            throw new PlayerException($"the key of enclave {Number(enclave)} is not the pinned one: nothing is encrypted to it");
        }

        var (encrypted, auth) = SeatKeys.Prepare(player.Keys.Entry, session, key);
        player.Say(
            "enclave_checked", ("enclave", enclave), ("session_id", sessionText), ("pinned", !player.Options.Enclaves.IsEmpty));
        return new KeymeldSeat(gateway, session, enclave, key.ToHex(), announced.Epoch, encrypted, auth);
    }

    private static string? Text(JsonElement json, string name)
        => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
