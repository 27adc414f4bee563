using System.Collections.Immutable;
using System.Text.Json;
using Coordinator.Bitcoin;

namespace Coordinator.Keymeld.Wire;

/// <summary>Turns bodies into what they say, decrypting on the way. Everything that contradicts the question is a
/// <see cref="JsonException"/>.</summary>
internal static class AnswerReader
{
    private static readonly DateTimeOffset Latest = new(9999, 1, 1, 0, 0, 0, TimeSpan.Zero);

    internal static void Same(Guid answered, Guid asked, string what)
    {
        if (answered != asked)
        {
            throw new JsonException($"the answer is about another {what}");
        }
    }

    internal static PublicKey Point(string? hex) => PublicKey.TryParse(hex) ?? throw new JsonException("a public key is not a point");

    /// <summary>An epoch; 0 would mean "do not check" when it is sent back.</summary>
    internal static int Epoch(int epoch) => epoch >= 1 ? epoch : throw new JsonException("a key epoch below 1");

    internal static ImmutableArray<EnclaveKey> Enclaves(EnclavesBody body)
    {
        // An enclave that is down may have no key; nobody can be assigned to it.
        ImmutableArray<EnclaveKey> keys =
        [
            .. Given(body.Enclaves).Where(enclave => enclave.Healthy || !string.IsNullOrEmpty(enclave.PublicKey))
                .Select(enclave => new EnclaveKey(enclave.EnclaveId, Point(enclave.PublicKey), Epoch(enclave.KeyEpoch), enclave.Healthy))
                .OrderBy(enclave => enclave.Id),
        ];
        return keys.Select(enclave => enclave.Id).Distinct().Count() == keys.Length
            ? keys
            : throw new JsonException("an enclave is listed twice");
    }

    internal static KeygenReservation Reservation(ReserveAnswer body, KeygenPlan plan)
    {
        Same(body.KeygenSessionId, plan.Session, "session");
        if (body.ExpectedParticipants != plan.Participants.Length)
        {
            throw new JsonException("the gateway expects another number of participants");
        }

        var (key, epoch) = (Point(body.CoordinatorPublicKey), Epoch(body.CoordinatorKeyEpoch));
        return new KeygenReservation(plan.Session, new(body.CoordinatorEnclaveId, key, epoch, Healthy: true), Time(body.ExpiresAt));
    }

    internal static ImmutableArray<KeygenSlot> Slots(SlotsAnswer body, Guid session)
    {
        Same(body.SessionId, session, "session");
        var slots = Given(body.AvailableSlots);
        return slots.Select(slot => slot.UserId).Distinct().Count() == slots.Length
            ? [.. slots.Select(slot => new KeygenSlot(slot.UserId, slot.EnclaveId, slot.Claimed))]
            : throw new JsonException("a seat is listed twice");
    }

    internal static KeygenStatus Keygen(KeygenStatusAnswer body, Guid session, SessionSecret secret)
    {
        Same(body.KeygenSessionId, session, "session");
        var state = StateOf(body.Status);
        var subsets = new Dictionary<Guid, PublicKey>();
        if (state != KeygenState.Completed)
        {
            return new KeygenStatus(state, body.ExpectedParticipants, body.RegisteredParticipants, null, subsets);
        }

        var aggregate = Decrypt(secret, EnvelopeContext.AggregatePublicKey, body.AggregatePublicKey);
        foreach (var (subset, envelope) in body.EncryptedSubsetAggregates ?? [])
        {
            subsets[subset] = Decrypt(secret, EnvelopeContext.SubsetAggregatePublicKey, envelope);
        }

        return new KeygenStatus(state, body.ExpectedParticipants, body.RegisteredParticipants, aggregate, subsets);
    }

    /// <summary>The list itself; JSON may leave it out or put nulls into it.</summary>
    internal static ImmutableArray<T> Given<T>(ImmutableArray<T> items)
        => items.IsDefault || items.Any(item => item is null)
            ? throw new JsonException("a list is missing, or an entry of it is null")
            : items;

    private static KeygenState StateOf(string status) => status switch
    {
        "reserved" => KeygenState.Reserved,
        "collecting_participants" => KeygenState.CollectingParticipants,
        "completed" => KeygenState.Completed,
        "failed" => KeygenState.Failed,
        _ => throw new JsonException("an unknown status of keygen"),
    };

    private static PublicKey Decrypt(SessionSecret secret, string context, string? envelope)
        => SymmetricEnvelope.TryDecrypt(secret, context, envelope) is { } bytes && PublicKey.TryParse(bytes) is { } key
            ? key
            : throw new JsonException($"{context}: not an envelope of a point under this session's secret");

    private static DateTimeOffset Time(long unixSeconds)
        => unixSeconds > 0 && unixSeconds < Latest.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(unixSeconds)
            : throw new JsonException("a time out of range");
}
