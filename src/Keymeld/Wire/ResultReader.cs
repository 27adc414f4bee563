using System.Collections.Immutable;
using System.Text.Json;

namespace Coordinator.Keymeld.Wire;

/// <summary>Reads a signing's status and decrypts its results. What is wrong with one result is said of that one.</summary>
internal static class ResultReader
{
    internal static SigningStatus Signing(SigningStatusAnswer body, Guid signing, Guid keygen, SessionSecret secret)
    {
        AnswerReader.Same(body.SigningSessionId, signing, "signing");
        AnswerReader.Same(body.KeygenSessionId, keygen, "session");
        var state = StateOf(body.Status);
        var results = new Dictionary<Guid, RemoteSignature>();
        foreach (var result in Given(body.BatchResults))
        {
            if (!results.TryAdd(result.BatchItemId, ResultOf(result, secret)))
            {
                throw new JsonException("an item has two results");
            }
        }

        return new SigningStatus(
            state,
            body.ExpectedParticipants,
            body.ParticipantsRegistered,
            Given(body.ParticipantsRequiringApproval),
            Given(body.ApprovedParticipants),
            results);
    }

    /// <summary>A plain signature is told wherever there is one, also beside an adaptor signature: it spends.</summary>
    private static RemoteSignature ResultOf(BatchResultBody result, SessionSecret secret)
    {
        if (result.Signature is { } plain)
        {
            return SymmetricEnvelope.TryDecrypt(secret, EnvelopeContext.Signature, plain) is { Length: 64 } signature
                ? new RemoteSignature.Plain(signature)
                : new RemoteSignature.Failed("not an envelope of 64 bytes under this session's secret");
        }

        return result.AdaptorSignatures is { } adaptors ? AdaptorOf(result.BatchItemId, adaptors, secret)
            : new RemoteSignature.Failed(result.Error is { } error ? ErrorText.Line(error) : "neither a signature nor an error");
    }

    private static RemoteSignature AdaptorOf(Guid item, string envelope, SessionSecret secret)
    {
        if (SymmetricEnvelope.TryDecrypt(secret, EnvelopeContext.AdaptorSignatures, envelope) is not { } json)
        {
            return new RemoteSignature.Failed("not an envelope of adaptor signatures under this session's secret");
        }

        try
        {
            var results = JsonSerializer.Deserialize(json, KeymeldJson.Default.AdaptorResults) ?? [];
            return results.Count == 1 && results.GetValueOrDefault(item) is { } result && result.AdaptorId == item
                && result.AdaptorType == AdaptorConfigText.Single && result.SignatureScalar.Length == 65
                ? new RemoteSignature.Adaptor(result.SignatureScalar)
                : new RemoteSignature.Failed("not exactly the one adaptor signature that was asked for");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            return new RemoteSignature.Failed("the adaptor signatures cannot be read");
        }
    }

    private static SigningState StateOf(string status) => status switch
    {
        "collecting_participants" => SigningState.CollectingParticipants,
        "initializing_session" => SigningState.InitializingSession,
        "distributing_nonces" => SigningState.DistributingNonces,
        "finalizing_signature" => SigningState.FinalizingSignature,
        "completed" => SigningState.Completed,
        "failed" => SigningState.Failed,
        _ => throw new JsonException("an unknown status of signing"),
    };

    private static ImmutableArray<T> Given<T>(ImmutableArray<T>? items) => items is { } given ? AnswerReader.Given(given) : [];
}
