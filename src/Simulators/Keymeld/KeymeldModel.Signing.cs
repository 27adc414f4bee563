using System.Collections.Immutable;
using Coordinator.Bitcoin;
using Coordinator.Keymeld;
using Coordinator.Keymeld.Wire;

namespace Coordinator.Simulators.Keymeld;

/// <summary>Signing sessions (keymeld.md §9).</summary>
public sealed partial class KeymeldModel
{
    private const int MostItems = 100;

    /// <param name="header">As it was sent; not empty.</param>
    /// <exception cref="KeymeldRefusedException">400, 404.</exception>
    public SigningAnswer CreateSigning(SigningRequest body, string header, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(body);
        return Change(document =>
        {
            var keygen = RequireKeygen(document, body.KeygenSessionId, At(now));
            ReserveRules.Require(keygen.Stage != KeygenStage.Reserved, "Session is reserved but not yet initialized");
            CheckSessionHeader(keygen, header, document.Behaviour.Leniency, now);
            ReserveRules.Require(keygen.Stage == KeygenStage.Completed, "Keygen session is not completed");
            ReserveRules.Require(!document.Signings.ContainsKey(body.SigningSessionId), "Signing session already exists");
            ReserveRules.Require(body.TimeoutSecs is >= 1 and <= ReserveRules.MostSeconds, "timeout_secs must be 1 to 86400");
            ReserveRules.Require(body.BatchItems.Length is >= 1 and <= MostItems, "batch_items must have 1 to 100 items");
            ReserveRules.Require(
                document.Signings.Values.Count(signing => signing.KeygenId == keygen.Id) < keygen.MaximumSigningSessions,
                $"Quota exceeded: maximum {keygen.MaximumSigningSessions} signing sessions allowed per keygen session");
            var signing = new SigningRecord
            {
                Id = body.SigningSessionId,
                KeygenId = keygen.Id,
                ExpiresAt = At(now).ToUnixTimeSeconds() + body.TimeoutSecs,
                Items = [.. body.BatchItems.Select(ReadItem)],
            };
            ReserveRules.Require(
                signing.Items.Select(item => item.Id).Distinct().Count() == signing.Items.Length, "A batch_item_id is used twice");
            CheckBatch(document, keygen, signing);
            var answer = new SigningAnswer(signing.Id, keygen.Id, Collecting, keygen.Registrations.Count, signing.ExpiresAt);
            return (Put(document, signing), answer);
        });
    }

    /// <param name="header">As it was sent; not empty.</param>
    /// <exception cref="KeymeldRefusedException">400, 404; 500 for an unknown user where it is lenient.</exception>
    public SigningStatusAnswer SigningStatus(Guid session, Guid user, string header, DateTimeOffset now) => Change(document =>
    {
        var (keygen, signing) = CheckUser(document, session, user, header, now);
        var isCollecting = signing is { Results: null, Failure: null } && PhaseOf(session) == SigningPhase.Collecting;
        return (document, new SigningStatusAnswer(
            session, keygen.Id, StatusOf(signing), keygen.Registrations.Count, keygen.Expected.Length, signing.ExpiresAt,
            isCollecting ? [.. keygen.Registrations.Values.Where(member => member.RequireApproval).Select(member => member.User)] : [],
            isCollecting ? [.. signing.Approved] : [],
            ResultsOf(signing)));
    });

    /// <summary>Takes the user's approval. An approval that nobody asked for is accepted and ignored.</summary>
    /// <param name="header">As it was sent; not empty.</param>
    /// <exception cref="KeymeldRefusedException">400, 404.</exception>
    public void Approve(Guid session, Guid user, string header, DateTimeOffset now) => Change(document =>
    {
        var (keygen, signing) = CheckUser(document, session, user, header, now);
        return keygen.Registrations[user].RequireApproval && !signing.Approved.Contains(user)
            ? Put(document, signing with { Approved = signing.Approved.Add(user) })
            : document;
    });

    private SigningPhase PhaseOf(Guid session)
        => _progress.TryGetValue(session, out var progress) ? progress.Phase : SigningPhase.Collecting;

    private string StatusOf(SigningRecord signing) => signing switch
    {
        { Results: not null } => "completed",
        { Failure: not null } => "failed",
        _ => PhaseOf(signing.Id) switch
        {
            SigningPhase.Collecting => Collecting,
            SigningPhase.Initializing => "initializing_session",
            SigningPhase.Distributing => "distributing_nonces",
            _ => "finalizing_signature",
        },
    };

    private static ImmutableArray<BatchResultBody> ResultsOf(SigningRecord signing) => signing switch
    {
        { Results: { } results } =>
            [.. results.Select(result => new BatchResultBody(result.Id, result.Signature, result.AdaptorSignatures, Error: null))],
        { Failure: { } failure } => [.. signing.Items.Select(item => new BatchResultBody(item.Id, null, null, failure))],
        _ => [],
    };

    private static ItemRecord ReadItem(BatchItemBody item)
    {
        var name = $"Batch item {UuidText.Of(item.BatchItemId)}";
        var mode = item.SigningMode;
        ReserveRules.Require(item.MessageHash.Length == 32, $"{name}: message_hash must be 32 bytes");
        ReserveRules.Require(mode.EncryptedMessage.Length > 0, $"{name}: encrypted_message must not be empty");
        ReserveRules.Require(
            mode is { Type: SigningModeBody.Regular } or { Type: SigningModeBody.Adaptor, EncryptedAdaptorConfigs.Length: > 0 },
            $"{name}: signing_mode must be regular, or adaptor with encrypted_adaptor_configs");
        return new ItemRecord(
            item.BatchItemId, Hex.Encode(item.MessageHash), mode.EncryptedMessage,
            mode.Type == SigningModeBody.Adaptor ? mode.EncryptedAdaptorConfigs : null, item.EncryptedTaprootTweak, item.SubsetId);
    }

    /// <summary>A strict gateway has its enclaves look into the batch before it takes it.</summary>
    private void CheckBatch(KeymeldDocument document, KeygenRecord keygen, SigningRecord signing)
    {
        if (document.Behaviour.Leniency.SignsAnything)
        {
            return;
        }

        try
        {
            var work = BatchWork.Open(Opened(document, keygen), document.Behaviour, signing.Items);
            ReserveRules.Require(!work.Idle().Any(), "A participant takes part in no item of the batch");
            ReserveRules.Require(
                work.Entries.All(entry => entry.Set.Users.Contains(keygen.Coordinator)),
                "An item's subset does not contain the coordinator");
        }
        catch (EnclaveStuckException stuck)
        {
            throw KeymeldRefusedException.Bad(stuck.Message);
        }
    }

    private (KeygenRecord Keygen, SigningRecord Signing) CheckUser(
        KeymeldDocument document, Guid session, Guid user, string header, DateTimeOffset now)
    {
        var signing = RequireSigning(document, session, At(now));
        var keygen = RequireKeygen(document, signing.KeygenId, At(now));
        var leniency = document.Behaviour.Leniency;
        if (!keygen.Registrations.TryGetValue(user, out var seat))
        {
            throw leniency.UnknownUserIsServerError
                ? KeymeldRefusedException.Database() : KeymeldRefusedException.NotFound("Participant not found");
        }

        var nonce = $"{session:D}:{header[..Math.Max(header.IndexOf(':'), 0)]}";
        var isUsed = _nonces.Contains(nonce, now);
        if (leniency.BurnsNonces)
        {
            ReserveRules.Require(!isUsed, "Nonce already used");
            _nonces.Add(nonce, now);
        }

        var isValid = PublicKey.TryParse(seat.AuthKey) is { } key
            && ParticipantAuth.Verify(key, UuidText.Of(session), UuidText.Of(user), header) is not null;
        ReserveRules.Require(isValid, "Invalid user signature");
        ReserveRules.Require(leniency.BurnsNonces || !isUsed, "Nonce already used");
        _nonces.Add(nonce, now);
        return (keygen, signing);
    }
}
