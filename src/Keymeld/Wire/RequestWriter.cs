using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Coordinator.Bitcoin;

namespace Coordinator.Keymeld.Wire;

/// <summary>Turns what is asked for into bodies, encrypting on the way.</summary>
internal static class RequestWriter
{
    internal static ReserveRequest Reserve(KeygenPlan plan, SessionSecret secret)
        => new(
            plan.Session,
            plan.CoordinatorUser,
            plan.Participants,
            Seconds(plan.Timeout),
            plan.MaximumSigningSessions,
            SymmetricEnvelope.Encrypt(secret, EnvelopeContext.TaprootTweak, NoTweak()),
            [.. plan.Subsets.Select(subset => new SubsetBody(subset.Id, subset.Members))]);

    internal static InitializeRequest Initialize(KeygenReservation reservation, SecretKey coordinatorKey, SessionSecret secret)
    {
        var enclave = reservation.Coordinator;
        var key = coordinatorKey.ToBytes();
        var seed = secret.ToBytes();
        var encryptedKey = EnclaveBox.Encrypt(enclave.Key, key);
        var sessionData = JsonSerializer.SerializeToUtf8Bytes(
            new KeygenSessionText(coordinatorKey.PublicKey.ToBytes()), KeymeldJson.Default.KeygenSessionText);
        var enclaveData = JsonSerializer.SerializeToUtf8Bytes(
            new EnclaveDataText(encryptedKey, secret.ToHex()), KeymeldJson.Default.EnclaveDataText);
        try
        {
            return new InitializeRequest(
                coordinatorKey.PublicKey.ToBytes(),
                encryptedKey,
                secret.PublicKey.ToBytes(),
                EnclaveBox.Encrypt(enclave.Key, seed),
                SymmetricEnvelope.Encrypt(secret, EnvelopeContext.KeygenSession, sessionData),
                EnclaveBox.Encrypt(enclave.Key, enclaveData),
                enclave.Epoch);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
            CryptographicOperations.ZeroMemory(seed);
            CryptographicOperations.ZeroMemory(enclaveData);
        }
    }

    internal static RegisterRequest Register(SeatRegistration seat, SessionSecret secret)
    {
        var text = new ParticipantSessionText(new Dictionary<Guid, byte[]> { [seat.User] = seat.PublicKey.ToBytes() });
        var sessionData = JsonSerializer.SerializeToUtf8Bytes(text, KeymeldJson.Default.ParticipantSessionText);
        return new RegisterRequest(
            seat.Session,
            seat.User,
            seat.EncryptedPrivateKey,
            seat.PublicKey.ToBytes(),
            SymmetricEnvelope.Encrypt(secret, EnvelopeContext.KeygenParticipantSession, sessionData),
            seat.Enclave.Key.ToHex(),
            seat.Enclave.Epoch,
            seat.RequireApproval,
            seat.AuthPublicKey.ToBytes());
    }

    internal static SigningRequest Signing(SigningOrder order, SessionSecret secret)
        => new(order.Signing, order.Keygen, Seconds(order.Timeout), [.. order.Items.Select(item => Item(item, secret))]);

    /// <summary>The one configuration of an adaptor item: one point, named by the item's own id.</summary>
    internal static AdaptorConfigText Config(Guid item, PublicKey point) => new(item, AdaptorConfigText.Single, [point.ToHex()]);

    private static BatchItemBody Item(RemoteItem item, SessionSecret secret)
    {
        var message = SymmetricEnvelope.Encrypt(
            secret, EnvelopeContext.SessionData, Encoding.ASCII.GetBytes(Hex.Encode(item.Message32)));
        var mode = item.Adaptor is { } point
            ? new SigningModeBody(SigningModeBody.Adaptor, message, SymmetricEnvelope.Encrypt(
                secret, EnvelopeContext.AdaptorConfigs,
                JsonSerializer.SerializeToUtf8Bytes([Config(item.Id, point)], KeymeldJson.Default.AdaptorConfigTextArray)))
            : new SigningModeBody(SigningModeBody.Regular, message);
        return new BatchItemBody(
            item.Id, item.Message32, mode, SymmetricEnvelope.Encrypt(secret, EnvelopeContext.SessionData, NoTweak()), item.Subset);
    }

    private static byte[] NoTweak() => JsonSerializer.SerializeToUtf8Bytes(TaprootTweakText.None, KeymeldJson.Default.TaprootTweakText);

    private static long Seconds(TimeSpan time) => time.Ticks / TimeSpan.TicksPerSecond;
}
