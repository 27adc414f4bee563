using System.Collections.Immutable;
using Coordinator.Bitcoin;
using Coordinator.Keymeld;
using Coordinator.Keymeld.Wire;

namespace Coordinator.Simulators.Keymeld;

/// <summary>Keygen sessions (keymeld.md §7).</summary>
public sealed partial class KeymeldModel
{
    internal const string Collecting = "collecting_participants";

    /// <exception cref="KeymeldRefusedException">400; 503 where the coordinator enclave is down.</exception>
    public ReserveAnswer Reserve(ReserveRequest body, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(body);
        return Change(document =>
        {
            if (document.Keygens.ContainsKey(body.KeygenSessionId))
            {
                throw KeymeldRefusedException.Bad("Keygen session already exists");
            }

            var keygen = ReserveRules.Check(body, document.Behaviour.Leniency, document.Enclaves.Length, At(now));
            var enclave = RequireUp(document, keygen.CoordinatorEnclave);
            var answer = new ReserveAnswer(
                keygen.Id, enclave.Id, enclave.AnnouncedKey.ToHex(), enclave.Epoch, keygen.Expected.Length, keygen.ExpiresAt);
            return (Put(document, keygen), answer);
        });
    }

    /// <exception cref="KeymeldRefusedException">400, 404, 503.</exception>
    public InitializeAnswer Initialize(Guid session, InitializeRequest body, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(body);
        return Change(document =>
        {
            var keygen = RequireKeygen(document, session, At(now));
            ReserveRules.Require(keygen.Stage == KeygenStage.Reserved, "Session is not in reserved state");
            var enclave = RequireUp(document, keygen.CoordinatorEnclave);
            var initialized = RegistrationRules.Initialize(keygen, body, enclave, encrypted => PassOn(enclave, encrypted),
                document.Behaviour.Leniency);
            var answer = new InitializeAnswer(session, Collecting, body.EncryptedSessionSecret, body.SessionPublicKey);
            return (Put(document, initialized), answer);
        });
    }

    /// <exception cref="KeymeldRefusedException">400, 404.</exception>
    public SlotsAnswer Slots(Guid session, DateTimeOffset now)
    {
        var keygen = RequireKeygen(Export(), session, At(now));
        RequireCollecting(keygen, lets: false);
        ImmutableArray<SlotBody> free =
        [
            .. keygen.Expected.Select((user, index) => new SlotBody(user, keygen.Assignment[user], index, Claimed: false))
                .Where(slot => !keygen.Registrations.ContainsKey(slot.UserId)),
        ];
        return new SlotsAnswer(session, free, keygen.Expected.Length, keygen.Registrations.Count);
    }

    /// <param name="header">As it was sent; not empty.</param>
    /// <exception cref="KeymeldRefusedException">400, 404, 503.</exception>
    public RegisterAnswer Register(Guid session, RegisterRequest body, string header, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(body);
        return Change(document =>
        {
            var keygen = RequireKeygen(document, session, At(now));
            var leniency = document.Behaviour.Leniency;
            ReserveRules.Require(keygen.Stage != KeygenStage.Reserved, "Session is reserved but not yet initialized");
            CheckSessionHeader(keygen, header, leniency, now);
            RequireCollecting(keygen, leniency.ReplacesRegistrations);
            ReserveRules.Require(body.KeygenSessionId == session, "keygen_session_id is not the session of the path");
            var enclave = RequireUp(document, keygen.Assignment.GetValueOrDefault(body.UserId, keygen.CoordinatorEnclave));
            var seat = RegistrationRules.Register(keygen, body, enclave, encrypted => PassOn(enclave, encrypted),
                KeygenSecrets.OpenSecret(document, keygen), leniency);
            RegistrationRules.CheckReplacement(keygen, seat, enclave, leniency);
            var after = keygen with { Registrations = keygen.Registrations.SetItem(seat.User, seat) };
            var count = after.Registrations.Count; // the reference's answer is one too high
            var answer = new RegisterAnswer(
                session, seat.User, Collecting, count + 1, keygen.Expected.Length, count, enclave.Id, seat.RequireApproval);
            var isRepeat = keygen.Registrations.TryGetValue(seat.User, out var before) && before == seat;
            return (isRepeat ? document : Put(document, after), answer);
        });
    }

    /// <param name="header">As it was sent; not empty.</param>
    /// <exception cref="KeymeldRefusedException">400, 404.</exception>
    public KeygenStatusAnswer KeygenStatus(Guid session, string header, DateTimeOffset now) => Change(document =>
    {
        var keygen = RequireKeygen(document, session, At(now));
        ReserveRules.Require(keygen.Stage != KeygenStage.Reserved, "Session is reserved but not yet initialized");
        CheckSessionHeader(keygen, header, document.Behaviour.Leniency, now);
        var isCompleted = keygen.Stage == KeygenStage.Completed;
        return (document, new KeygenStatusAnswer(
            session, isCompleted ? "completed" : Collecting, keygen.Expected.Length, keygen.Registrations.Count,
            ShownAggregate(document, keygen), isCompleted ? 0 : keygen.ExpiresAt,
            keygen.EncryptedSubsetAggregates.ToDictionary(subset => subset.Key, subset => subset.Value)));
    });

    /// <summary>What the gateway keeps is the truth; a lying one makes up another key when it is asked.</summary>
    private string? ShownAggregate(KeymeldDocument document, KeygenRecord keygen)
    {
        if (!document.Behaviour.WrongAggregate || keygen.Stage != KeygenStage.Completed
            || KeygenSecrets.OpenSecret(document, keygen) is not { } secret)
        {
            return keygen.EncryptedAggregate;
        }

        using var other = SecretKey.From(Hex.Decode(NewSecret(_random)));
        return SymmetricEnvelope.Encrypt(secret, EnvelopeContext.AggregatePublicKey, other.PublicKey.Bytes);
    }

    private static EnclaveRecord RequireUp(KeymeldDocument document, int enclave)
        => document.Enclaves[enclave] is { Down: false } record ? record : throw KeymeldRefusedException.Unavailable();

    private static void RequireCollecting(KeygenRecord keygen, bool lets)
    {
        ReserveRules.Require(keygen.Stage != KeygenStage.Reserved, "Session is reserved but not yet initialized");
        ReserveRules.Require(lets || keygen.Stage == KeygenStage.Collecting, "Keygen session is not accepting new participants");
    }

    private void CheckSessionHeader(KeygenRecord keygen, string header, KeymeldLeniency leniency, DateTimeOffset now)
    {
        var key = PublicKey.TryParse(keygen.SessionPublicKey);
        var parts = key is null ? null : SessionHeader.Verify(key, keygen.Id, header);
        ReserveRules.Require(parts is not null, "Invalid session signature");
        if (leniency.ReplaysSessionHeaders)
        {
            return;
        }

        var name = $"session:{keygen.Id:D}:{parts!.Nonce}";
        ReserveRules.Require(!_nonces.Contains(name, now), "Nonce already used");
        _nonces.Add(name, now);
    }

    /// <summary>What a gateway that swapped the enclave's key does with a ciphertext for its own: opens it, and encrypts it to the enclave
    /// so that nobody notices.</summary>
    private string PassOn(EnclaveRecord enclave, string encrypted)
    {
        if (enclave.OpenSwapped(encrypted, bytes => EnclaveBox.Encrypt(enclave.PublicKey, bytes)) is not { } passedOn)
        {
            return encrypted;
        }

        StolenSecrets++;
        return passedOn;
    }
}
