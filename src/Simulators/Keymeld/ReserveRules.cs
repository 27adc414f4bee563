using System.Collections.Immutable;
using Coordinator.Keymeld;
using Coordinator.Keymeld.Wire;

namespace Coordinator.Simulators.Keymeld;

/// <summary>What a reservation has to be (keymeld.md §7.1, §8.1).</summary>
internal static class ReserveRules
{
    internal const int DefaultSigningSessions = 100;
    internal const int MostSeconds = 86_400;

    /// <summary>The session as it will be kept.</summary>
    /// <exception cref="KeymeldRefusedException">400.</exception>
    internal static KeygenRecord Check(ReserveRequest body, KeymeldLeniency leniency, int enclaves, DateTimeOffset now)
    {
        var expected = body.ExpectedParticipants;
        Require(expected.Length is >= 2 and <= 1_000, "expected_participants must name 2 to 1000 users");
        Require(expected.Distinct().Count() == expected.Length, "expected_participants names a user twice");
        Require(expected.Contains(body.CoordinatorUserId), "coordinator_user_id must be in expected_participants");
        Require(body.TimeoutSecs is >= 1 and <= MostSeconds, "timeout_secs must be 1 to 86400");
        Require(body.MaxSigningSessions is null or >= 1, "max_signing_sessions must be positive");
        Require(leniency.AnybodyInitializes || !string.IsNullOrEmpty(body.EncryptedTaprootTweak),
            "encrypted_taproot_tweak must not be empty: it binds the session to its secret");
        ImmutableArray<Guid> sorted = [.. expected.OrderDescending(UuidText.Order)];
        var enclave = EnclaveAssignment.CoordinatorEnclave(body.KeygenSessionId, enclaves);
        return new KeygenRecord
        {
            Id = body.KeygenSessionId,
            Coordinator = body.CoordinatorUserId,
            Expected = sorted,
            MaximumSigningSessions = body.MaxSigningSessions ?? DefaultSigningSessions,
            ExpiresAt = now.ToUnixTimeSeconds() + body.TimeoutSecs,
            EncryptedTweak = body.EncryptedTaprootTweak ?? "",
            Subsets = Subsets(body.SubsetDefinitions ?? [], expected.ToHashSet()),
            CoordinatorEnclave = enclave,
            Assignment = EnclaveAssignment.Assign(sorted, body.CoordinatorUserId, enclave, enclaves),
        };
    }

    private static ImmutableArray<SubsetRecord> Subsets(ImmutableArray<SubsetBody> subsets, HashSet<Guid> expected)
    {
        Require(subsets.Length <= 200, "subset_definitions has more than 200 entries");
        Require(subsets.Select(subset => subset.SubsetId).Distinct().Count() == subsets.Length, "a subset_id is used twice");
        foreach (var subset in subsets)
        {
            var name = UuidText.Of(subset.SubsetId);
            Require(subset.Participants.Length >= 2, $"subset {name} needs at least 2 participants");
            Require(subset.Participants.All(expected.Contains), $"subset {name} names a user who is not expected");
            Require(subset.Participants.Distinct().Count() == subset.Participants.Length, $"subset {name} names a user twice");
        }

        return [.. subsets.Select(subset => new SubsetRecord(subset.SubsetId, subset.Participants))];
    }

    internal static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw KeymeldRefusedException.Bad(otherwise);
        }
    }
}
