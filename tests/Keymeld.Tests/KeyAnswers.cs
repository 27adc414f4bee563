using System.Text.Json;
using Coordinator.Bitcoin;
using Coordinator.Testing;

namespace Coordinator.Keymeld.Tests;

/// <summary>The inputs that every known answer of the specification starts from.</summary>
internal static class KeyAnswers
{
    internal static JsonElement Keys { get; } = Read("keys.json");

    internal static JsonElement Envelopes { get; } = Read("envelopes.json");

    internal static JsonElement MuSig { get; } = Read("musig.json");

    internal static byte[] HeaderNonce => Hex.Decode(Input("header_nonce"));

    internal static byte[] GcmNonce => Hex.Decode(Input("gcm_nonce"));

    internal static Guid KeygenSession => Guid.Parse(Input("keygen_session_id"));

    internal static Guid SigningSession => Guid.Parse(Input("signing_session_id"));

    internal static Guid User => Guid.Parse(Input("user_id"));

    internal static Guid CoordinatorUser => Guid.Parse(Input("coordinator_user_id"));

    internal static string Input(string name) => Keys.GetProperty("inputs").Text(name);

    internal static SessionSecret Secret() => SessionSecret.From(Hex.Decode(Input("seed")));

    internal static SecretKey UserKey() => SecretKey.From(Hex.Decode(Input("user_private_key")));

    internal static SecretKey Key(byte value) => SecretKey.From([.. Enumerable.Repeat(value, 32)]);

    internal static string Text(this JsonElement element, string name)
        => element.GetProperty(name).GetString() ?? throw new InvalidDataException($"{name} is null");

    internal static byte[] Bytes(this JsonElement element, string name) => Hex.Decode(element.Text(name));

    private static JsonElement Read(string name)
    {
        using var document = VectorFiles.ReadJson("keymeld", name);
        return document.RootElement.Clone();
    }
}
