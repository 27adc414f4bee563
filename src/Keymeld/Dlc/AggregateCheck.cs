using System.Collections.Immutable;
using Coordinator.Bitcoin;

namespace Coordinator.Keymeld;

/// <summary>Compares a completed keygen with the keys that we accepted. Run it before anything is signed, and again before
/// funding.</summary>
public static class AggregateCheck
{
    /// <summary>Every difference, one sentence each; empty where the session holds exactly our keys.</summary>
    /// <param name="plan">What was reserved.</param>
    /// <param name="keys">The accepted key of every participant, the coordinator's included.</param>
    /// <param name="status">What the gateway says.</param>
    /// <param name="runner">Who runs the work; the calling thread where null.</param>
    public static ImmutableArray<string> Problems(
        KeygenPlan plan, IReadOnlyDictionary<Guid, PublicKey> keys, KeygenStatus status, RangeRunner? runner = null)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(status);
        if (plan.Participants.Where(user => !keys.ContainsKey(user)).ToArray() is { Length: > 0 } missing)
        {
            return [.. missing.Select(user => $"no key is known of {UuidText.Of(user)}")];
        }

        if (plan.Participants.Select(user => keys[user]).Distinct().Count() != plan.Participants.Length)
        {
            return ["two participants have the same key"];
        }

        if (status.State != KeygenState.Completed || status.Expected != plan.Participants.Length || status.Registered != status.Expected)
        {
            var counts = $"{status.Registered} of {status.Expected} participants";
            return [$"keygen is {status.State} with {counts}, {plan.Participants.Length} are ours"];
        }

        return Compare(plan, keys, status, runner ?? RangeRunners.Sequential);
    }

    private static ImmutableArray<string> Compare(
        KeygenPlan plan, IReadOnlyDictionary<Guid, PublicKey> keys, KeygenStatus status, RangeRunner runner)
    {
        PublicKey Own(IEnumerable<Guid> members) => KeyAggregate.OfSorted(members.Select(user => keys[user])).Key;
        var problems = new string?[plan.Subsets.Length + 1];
        problems[^1] = Own(plan.Participants).Equals(status.Aggregate) ? null : "the aggregate key is not that of our participants";
        runner(plan.Subsets.Length, (from, to) =>
        {
            for (var i = from; i < to; i++)
            {
                var subset = plan.Subsets[i];
                var name = $"the aggregate of subset {UuidText.Of(subset.Id)}";
                problems[i] = !status.Subsets.TryGetValue(subset.Id, out var shown) ? $"{name} is missing"
                    : Own(subset.Members).Equals(shown) ? null
                    : $"{name} is not that of its members";
            }
        });
        var strange = status.Subsets.Keys.Except(plan.Subsets.Select(subset => subset.Id));
        return [.. problems.OfType<string>(), .. strange.Select(id => $"subset {UuidText.Of(id)} is not ours")];
    }
}
