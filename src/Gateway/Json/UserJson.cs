using System.Text.Json;
using Coordinator.Bitcoin;
using Coordinator.Grains;
using Coordinator.Nostr;

namespace Coordinator.Gateway.Json;

/// <summary>Accounts (http-api §6). The old API's <c>password_hash</c> and <c>encrypted_nsec</c> are never written (S10).</summary>
internal static class UserJson
{
    internal static void Write(Utf8JsonWriter json, UserView view)
    {
        json.WriteStartObject();
        json.WriteString("nostr_pubkey", Npub(view.Pubkey));
        json.WriteString("encrypted_bitcoin_private_key", view.EncryptedBitcoinPrivateKey);
        json.WriteString("network", view.Network);
        json.WriteString("username", view.Username);
        json.WriteTime("created_at", view.CreatedAt);
        json.WriteTime("updated_at", view.UpdatedAt);
        json.WriteEndObject();
    }

    internal static void WriteRegistered(Utf8JsonWriter json, string pubkey, string username)
    {
        json.WriteStartObject();
        json.WriteString("nostr_pubkey", Npub(pubkey));
        json.WriteString("username", username);
        json.WriteEndObject();
    }

    internal static void WriteLogin(Utf8JsonWriter json, UsernameLoginView view)
    {
        json.WriteStartObject();
        json.WriteString("encrypted_nsec", view.EncryptedNsec);
        json.WriteString("encrypted_bitcoin_private_key", view.EncryptedBitcoinPrivateKey);
        json.WriteString("network", view.Network);
        json.WriteString("nostr_pubkey", Npub(view.Pubkey));
        json.WriteEndObject();
    }

    internal static void WriteChallenge(Utf8JsonWriter json, ChallengeView view)
    {
        json.WriteStartObject();
        json.WriteString("challenge", view.Challenge);
        json.WriteString("nostr_pubkey", Npub(view.Pubkey));
        json.WriteEndObject();
    }

    /// <summary>A key as bech32.</summary>
    /// <param name="pubkey">64 hex digits of a valid x-only key.</param>
    internal static string Npub(string pubkey) => Nip19.EncodePublicKey(XOnlyPublicKey.Parse(pubkey));
}
