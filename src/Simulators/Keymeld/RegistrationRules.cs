using Coordinator.Bitcoin;
using Coordinator.Keymeld;
using Coordinator.Keymeld.Wire;

namespace Coordinator.Simulators.Keymeld;

/// <summary>What initializing and registering has to be (keymeld.md §7.2, §7.4, §19).</summary>
internal static class RegistrationRules
{
    /// <summary>The initialized session as it will be kept.</summary>
    /// <param name="passOn">Gives the ciphertext that reaches the enclave.</param>
    /// <exception cref="KeymeldRefusedException">400.</exception>
    internal static KeygenRecord Initialize(
        KeygenRecord keygen, InitializeRequest body, EnclaveRecord enclave, Func<string, string> passOn, KeymeldLeniency leniency)
    {
        ReserveRules.Require(
            PublicKey.TryParse(body.CoordinatorPubkey) is not null && PublicKey.TryParse(body.SessionPublicKey) is not null,
            "coordinator_pubkey and session_public_key must be compressed points");
        ReserveRules.Require(
            body is
            {
                CoordinatorEncryptedPrivateKey.Length: > 0, EncryptedSessionSecret.Length: > 0, EncryptedSessionData.Length: > 0,
                EncryptedEnclaveData.Length: > 0,
            },
            "Ciphertexts must not be empty");
        ReserveRules.Require(body.EnclaveKeyEpoch == enclave.Epoch, Outdated(enclave));
        var encryptedSecret = passOn(body.EncryptedSessionSecret);
        using var secret = enclave.Open(encryptedSecret, SessionSecret.TryFrom);
        using var coordinator = enclave.Open(passOn(body.CoordinatorEncryptedPrivateKey), SecretKey.TryFrom);
        if (!leniency.AnybodyInitializes)
        {
            ReserveRules.Require(secret is not null, "encrypted_session_secret is not 32 bytes for the coordinator enclave");
            CheckInitializer(keygen, body, secret!, coordinator);
        }

        return keygen with
        {
            Stage = KeygenStage.Collecting,
            SessionPublicKey = Hex.Encode(body.SessionPublicKey),
            CoordinatorPublicKey = Hex.Encode(body.CoordinatorPubkey),
            EncryptedSecret = encryptedSecret,
        };
    }

    /// <summary>The session belongs to whoever knows the secret that its tweak was encrypted with when it was reserved.</summary>
    private static void CheckInitializer(KeygenRecord keygen, InitializeRequest body, SessionSecret secret, SecretKey? coordinator)
    {
        ReserveRules.Require(
            body.SessionPublicKey.AsSpan().SequenceEqual(secret.PublicKey.Bytes), "session_public_key is not the secret's");
        ReserveRules.Require(
            Tweaks.TryOpen(secret, EnvelopeContext.TaprootTweak, keygen.EncryptedTweak) is not null,
            "The session was not reserved with this session secret");
        ReserveRules.Require(
            SymmetricEnvelope.TryDecrypt(secret, EnvelopeContext.KeygenSession, body.EncryptedSessionData) is not null,
            "encrypted_session_data cannot be opened");
        ReserveRules.Require(
            coordinator is not null && body.CoordinatorPubkey.AsSpan().SequenceEqual(coordinator.PublicKey.Bytes),
            "coordinator_encrypted_private_key is not the key of coordinator_pubkey");
    }

    /// <summary>The registration as it will be kept.</summary>
    /// <exception cref="KeymeldRefusedException">400.</exception>
    internal static RegistrationRecord Register(
        KeygenRecord keygen, RegisterRequest body, EnclaveRecord enclave, Func<string, string> passOn, SessionSecret? secret,
        KeymeldLeniency leniency)
    {
        ReserveRules.Require(
            leniency.AcceptsForeignUsers || keygen.Assignment.ContainsKey(body.UserId), "User is not an expected participant");
        ReserveRules.Require(
            body is { EncryptedPrivateKey.Length: > 0, EncryptedSessionData.Length: > 0 }, "Ciphertexts must not be empty");
        ReserveRules.Require(body.EnclavePublicKey == enclave.AnnouncedKey.ToHex(), Outdated(enclave));
        ReserveRules.Require(
            body.EnclaveKeyEpoch == enclave.Epoch || (body.EnclaveKeyEpoch == 0 && leniency.SkipsKeyChecks), Outdated(enclave));
        ReserveRules.Require(Hex.TryDecode(body.EncryptedPrivateKey, out _), "encrypted_private_key is not hexadecimal");
        var encrypted = passOn(body.EncryptedPrivateKey);
        if (!leniency.SkipsKeyChecks)
        {
            CheckKeys(keygen, body, enclave, encrypted);
            ReserveRules.Require(
                secret is not null
                && SymmetricEnvelope.TryDecrypt(secret, EnvelopeContext.KeygenParticipantSession, body.EncryptedSessionData) is not null,
                "encrypted_session_data cannot be opened");
        }

        return new RegistrationRecord
        {
            User = body.UserId,
            Enclave = enclave.Id,
            EncryptedKey = encrypted,
            PublicKey = Hex.Encode(body.PublicKey),
            AuthKey = Hex.Encode(body.AuthPubkey),
            RequireApproval = body.RequireSigningApproval,
            Epoch = body.EnclaveKeyEpoch,
        };
    }

    /// <summary>A user registers once. Again it may only where nothing differs, or where the enclave has restarted since: then with the
    /// same keys and the same approval.</summary>
    /// <exception cref="KeymeldRefusedException">400.</exception>
    internal static void CheckReplacement(KeygenRecord keygen, RegistrationRecord seat, EnclaveRecord enclave, KeymeldLeniency leniency)
    {
        if (leniency.ReplacesRegistrations || !keygen.Registrations.TryGetValue(seat.User, out var before) || before == seat)
        {
            return;
        }

        ReserveRules.Require(
            before.Epoch != enclave.Epoch && before.PublicKey == seat.PublicKey && before.AuthKey == seat.AuthKey
            && before.RequireApproval == seat.RequireApproval,
            "User is already registered with other data");
    }

    private static void CheckKeys(KeygenRecord keygen, RegisterRequest body, EnclaveRecord enclave, string encrypted)
    {
        using var key = enclave.Open(encrypted, SecretKey.TryFrom);
        ReserveRules.Require(key is not null, "encrypted_private_key is not a key for the user's enclave");
        ReserveRules.Require(
            body.PublicKey.AsSpan().SequenceEqual(key!.PublicKey.Bytes), "public_key is not the key that is encrypted");
        using var auth = ParticipantAuth.Derive(key, keygen.Id);
        ReserveRules.Require(
            body.AuthPubkey.AsSpan().SequenceEqual(auth.PublicKey.Bytes), "auth_pubkey is not derived from the key that is encrypted");
        var hex = key.PublicKey.ToHex();
        ReserveRules.Require(
            keygen.Registrations.Values.All(other => other.User == body.UserId || other.PublicKey != hex),
            "public_key is already registered by another user");
        ReserveRules.Require(
            body.UserId != keygen.Coordinator || keygen.CoordinatorPublicKey == hex,
            "The coordinator registers with another key than it initialized with");
    }

    private static string Outdated(EnclaveRecord enclave)
        => $"Key or epoch of enclave {enclave.Id} is outdated: fetch its public key again";
}
