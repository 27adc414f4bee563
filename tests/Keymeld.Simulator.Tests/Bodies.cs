using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Coordinator.Bitcoin;
using Coordinator.Keymeld.Wire;

namespace Coordinator.Keymeld.Simulator.Tests;

/// <summary>Bodies as a good client writes them, for tests that spoil one member.</summary>
internal static class Bodies
{
    internal static ReserveRequest Reserve(Party party) => new(
        party.Session, party.Users[0], party.Users, 3_600, null, Tweak(party.Secret, EnvelopeContext.TaprootTweak),
        [.. party.Plan.Subsets.Select(subset => new SubsetBody(subset.Id, subset.Members))]);

    internal static InitializeRequest Initialize(Party party, ReserveAnswer reserved)
    {
        var enclave = PublicKey.Parse(reserved.CoordinatorPublicKey);
        return new(
            party.Keys[0].PublicKey.ToBytes(), EnclaveBox.Encrypt(enclave, party.Keys[0].ToBytes()), party.Secret.PublicKey.ToBytes(),
            EnclaveBox.Encrypt(enclave, party.Secret.ToBytes()),
            SymmetricEnvelope.Encrypt(party.Secret, EnvelopeContext.KeygenSession, "{}"u8), EnclaveBox.Encrypt(enclave, "{}"u8),
            reserved.CoordinatorKeyEpoch);
    }

    /// <param name="key">Another key than the seat's.</param>
    internal static RegisterRequest Register(Party party, int seat, EnclaveKey enclave, SecretKey? key = null, bool approval = false)
    {
        var own = key ?? party.Keys[seat];
        using var auth = ParticipantAuth.Derive(own, party.Session);
        return new(
            party.Session, party.Users[seat], EnclaveBox.Encrypt(enclave.Key, own.ToBytes()), own.PublicKey.ToBytes(),
            SymmetricEnvelope.Encrypt(party.Secret, EnvelopeContext.KeygenParticipantSession, "{}"u8), enclave.Key.ToHex(), enclave.Epoch,
            approval, auth.PublicKey.ToBytes());
    }

    internal static SigningRequest Signing(Party party, int number, params ImmutableArray<BatchItemBody> items)
        => new(Party.Id(0x77, number), party.Session, 300, items);

    internal static BatchItemBody Item(Party party, int number, Guid? subset = null) => new(
        Party.Id(7, number), Party.Message($"plain {number}"), new SigningModeBody(SigningModeBody.Regular, Message(party, number)),
        Tweak(party.Secret, EnvelopeContext.SessionData), subset);

    internal static BatchItemBody Locked(Party party, int number, params AdaptorConfigText[] adaptors) => Item(party, number) with
    {
        SigningMode = new SigningModeBody(
            SigningModeBody.Adaptor, Message(party, number), SymmetricEnvelope.Encrypt(
                party.Secret, EnvelopeContext.AdaptorConfigs,
                JsonSerializer.SerializeToUtf8Bytes(adaptors, KeymeldJson.Default.AdaptorConfigTextArray))),
    };

    internal static string Message(Party party, int number) => SymmetricEnvelope.Encrypt(
        party.Secret, EnvelopeContext.SessionData, Encoding.ASCII.GetBytes(Hex.Encode(Party.Message($"plain {number}"))));

    internal static string Tweak(SessionSecret secret, string context, string json = "{\"type\":\"none\"}")
        => SymmetricEnvelope.Encrypt(secret, context, Encoding.UTF8.GetBytes(json));

    /// <summary>The last bit flipped.</summary>
    internal static string Tampered(string hex)
    {
        var bytes = Hex.Decode(hex);
        bytes[^1] ^= 1;
        return Hex.Encode(bytes);
    }

    internal static string SessionHeaderOf(Party party) => SessionHeader.Create(party.Secret, party.Session);

    internal static string KeygenPath(Party party, string rest) => $"/keygen/{UuidText.Of(party.Session)}/{rest}";

    internal static string SigningPath(SigningOrder order, string what, Guid user)
        => $"/signing/{UuidText.Of(order.Signing)}/{what}/{UuidText.Of(user)}";
}
