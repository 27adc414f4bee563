using System.Collections.Immutable;
using System.Security.Cryptography;
using Coordinator.Bitcoin;
using Coordinator.Dlc;

namespace Coordinator.Keymeld;

/// <summary>
/// Spreads the items of a contract over as many signing sessions as they need, and reads, verifies and puts together what comes back.
/// Pure: the same contract and session give the same batches with the same ids, so nothing but results needs storing.
/// </summary>
public static class ContractBatches
{
    /// <summary>Bytes of one result in a packed batch.</summary>
    public const int PackedSize = 65;

    private const string DoesNotVerify = "the signature does not verify";
    private const string PlainForAttested = "a plain signature for an attested outcome: whoever has it can choose the outcome";

    /// <summary>The batches, in order. Outcomes follow each other as in the contract and are never torn apart; each holds a transaction
    /// that everybody signs, so that every participant takes part in every session.</summary>
    /// <param name="items">What the contract has to sign.</param>
    /// <param name="seats">The keygen session's user ids by player index.</param>
    /// <param name="coordinatorUser">The market maker's user id.</param>
    /// <param name="session">The keygen session, reserved with <see cref="WinnerSets.Subsets"/> of the same seats.</param>
    /// <exception cref="ArgumentException">Other seats than players, an id twice, or an outcome too large for a session.</exception>
    /// <exception cref="InvalidOperationException">An attested outcome has no adaptor point: a plain signature would let anybody choose
    /// it.</exception>
    public static ImmutableArray<ContractBatch> Plan(SigningItems items, IReadOnlyList<Guid> seats, Guid coordinatorUser, Guid session)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(seats);
        if (seats.Count != items.PlayerKeys.Length || seats.Append(coordinatorUser).Distinct().Count() != seats.Count + 1)
        {
            throw new ArgumentException(
                $"{items.PlayerKeys.Length} players need as many seats, all different and none the coordinator's", nameof(seats));
        }

        var groups = Groups(items.Shape);
        var subsets = groups.Select(group => SubsetOf(items, group, seats, coordinatorUser, session)).ToArray();
        var contract = Identity(items);
        var batches = ImmutableArray.CreateBuilder<ContractBatch>();
        foreach (var (first, count) in Split([.. groups.Select(group => group.Length)]))
        {
            var numbers = groups.AsSpan(first, count).ToArray().SelectMany(group => group).ToImmutableArray();
            var remote = Enumerable.Range(first, count).SelectMany(
                at => groups[at].Select(item => Remote(items, item, subsets[at], DerivedIds.Item(session, contract, item))));
            batches.Add(new ContractBatch(items, session, batches.Count, numbers, [.. remote]));
        }

        return batches.DrainToImmutable();
    }

    /// <summary>How many signing sessions a competition's contract needs, retries not counted.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The shape is not allowed.</exception>
    public static int Count(int entries, int places)
    {
        var rankings = OutcomeRanking.Of(entries, places).Rankings;
        return Split([.. Enumerable.Repeat(1 + places, rankings), 1 + entries, 1 + entries]).Count;
    }

    /// <summary>Reads a signing's status: every signature is verified under the contract's own keys, messages and adaptor points.</summary>
    /// <param name="batch">What was asked for.</param>
    /// <param name="status">What came back.</param>
    /// <param name="runner">Who runs the work; the calling thread where null.</param>
    public static BatchResult Read(ContractBatch batch, SigningStatus status, RangeRunner? runner = null)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(status);
        if (Suspicions(batch, status) is { IsEmpty: false } suspicions)
        {
            return new BatchResult.Suspicious(suspicions);
        }

        if (status.State != SigningState.Completed)
        {
            return status.State == SigningState.Failed
                ? new BatchResult.Bad([new BatchProblem($"batch {batch.Number}", "the gateway gave up on this signing session")])
                : new BatchResult.Pending(status.State);
        }

        var packed = new byte[batch.Items.Length * PackedSize];
        var problems = new BatchProblem?[batch.Items.Length];
        (runner ?? RangeRunners.Sequential)(batch.Items.Length, (from, to) =>
        {
            for (var i = from; i < to; i++)
            {
                var result = status.Results.GetValueOrDefault(batch.Remote[i].Id);
                if (Problem(batch.Contract, batch.Items[i], result, packed.AsSpan(i * PackedSize, PackedSize)) is { } what)
                {
                    problems[i] = new BatchProblem(batch.Contract.Shape.KeyAt(batch.Items[i]), what);
                }
            }
        });
        ImmutableArray<BatchProblem> found = [.. problems.OfType<BatchProblem>()];
        return found.IsEmpty ? new BatchResult.Complete(packed) : new BatchResult.Bad(found);
    }

    /// <summary>Puts the packed results of all batches, in the order of <see cref="Plan"/>, together. They were verified when they were
    /// read; <see cref="SignatureCheck"/> verifies them again.</summary>
    /// <exception cref="ArgumentException">Other batches than the contract has, of other lengths, or bytes that are no signatures.</exception>
    public static ContractSignatures Assemble(SigningItems items, IReadOnlyList<byte[]> packedByBatch)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(packedByBatch);
        var groups = Groups(items.Shape);
        var batches = Split([.. groups.Select(group => group.Length)]);
        if (batches.Count != packedByBatch.Count)
        {
            throw new ArgumentException(
                $"the contract has {batches.Count} batches, {packedByBatch.Count} were given", nameof(packedByBatch));
        }

        var finished = new byte[items.Count * PackedSize];
        for (var batch = 0; batch < batches.Count; batch++)
        {
            var (first, count) = batches[batch];
            int[] numbers = [.. groups.AsSpan(first, count).ToArray().SelectMany(group => group)];
            if (packedByBatch[batch].Length != numbers.Length * PackedSize)
            {
                throw new ArgumentException(
                    $"batch {batch} has {numbers.Length} items of {PackedSize} bytes", nameof(packedByBatch));
            }

            for (var i = 0; i < numbers.Length; i++)
            {
                packedByBatch[batch].AsSpan(i * PackedSize, PackedSize).CopyTo(finished.AsSpan(numbers[i] * PackedSize));
            }
        }

        return ContractSignatures.FromPacked(items.Shape, finished);
    }

    /// <summary>One item as it is asked for.</summary>
    /// <exception cref="InvalidOperationException">An attested outcome without adaptor point.</exception>
    internal static RemoteItem Remote(ISigningBatch items, int item, Guid? subset, Guid id, bool isAttested)
    {
        var adaptor = items.Adaptor(item);
        return isAttested == adaptor is not null
            ? new RemoteItem(id, items.Message(item).ToArray(), adaptor, subset)
            : throw new InvalidOperationException(
                $"item {item} is {(isAttested ? "attested and has no" : "not attested and has an")} adaptor point");
    }

    private static RemoteItem Remote(SigningItems items, int item, Guid? subset, Guid id)
        => Remote(items, item, IsOutcome(items, item) ? null : subset, id, IsAttested(items, item));

    private static bool IsOutcome(SigningItems items, int item) => item < items.Shape.Outcomes.Length;

    private static bool IsAttested(SigningItems items, int item) => IsOutcome(items, item) && !items.Shape.Outcomes[item].IsExpiry;

    /// <summary>Item numbers by outcome: its transaction first, then its win conditions.</summary>
    private static int[][] Groups(SigMapShape shape)
    {
        var groups = new int[shape.Outcomes.Length][];
        var win = 0;
        for (var outcome = 0; outcome < groups.Length; outcome++)
        {
            var first = win;
            while (win < shape.WinConditions.Length && shape.WinConditions[win].Outcome == shape.Outcomes[outcome])
            {
                win++;
            }

            groups[outcome] = [outcome, .. Enumerable.Range(shape.Outcomes.Length + first, win - first)];
        }

        return groups;
    }

    /// <summary>The runs of groups that fill sessions, greedily: first group and number of groups.</summary>
    private static List<(int First, int Count)> Split(ReadOnlySpan<int> sizes)
    {
        var runs = new List<(int First, int Count)>();
        var (first, filled) = (0, 0);
        for (var i = 0; i < sizes.Length; i++)
        {
            if (sizes[i] > SigningOrder.MostItems)
            {
                throw new ArgumentException(
                    $"an outcome has {sizes[i]} items and a signing session holds {SigningOrder.MostItems}", nameof(sizes));
            }

            if (filled + sizes[i] > SigningOrder.MostItems)
            {
                runs.Add((first, i - first));
                (first, filled) = (i, 0);
            }

            filled += sizes[i];
        }

        if (first < sizes.Length)
        {
            runs.Add((first, sizes.Length - first));
        }

        return runs;
    }

    /// <summary>The subset that signs an outcome's win conditions; null where everybody wins.</summary>
    private static Guid? SubsetOf(SigningItems items, int[] group, IReadOnlyList<Guid> seats, Guid coordinatorUser, Guid session)
    {
        var winners = group.Skip(1).Select(item => items.Shape.WinConditions[item - items.Shape.Outcomes.Length].PlayerIndex).ToArray();
        return winners.Length == seats.Count ? null : WinnerSets.Subset(session, coordinatorUser, seats, winners).Id;
    }

    private static byte[] Identity(SigningItems items)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var item = 0; item < items.Count; item++)
        {
            hash.AppendData(items.Message(item));
        }

        return hash.GetHashAndReset();
    }

    private static ImmutableArray<BatchProblem> Suspicions(ContractBatch batch, SigningStatus status)
    {
        var found = ImmutableArray.CreateBuilder<BatchProblem>();
        for (var i = 0; i < batch.Items.Length; i++)
        {
            var item = batch.Items[i];
            if (IsAttested(batch.Contract, item) && status.Results.GetValueOrDefault(batch.Remote[i].Id) is RemoteSignature.Plain)
            {
                found.Add(new(batch.Contract.Shape.KeyAt(item), PlainForAttested));
            }
        }

        var ours = batch.Remote.Select(item => item.Id).ToHashSet();
        found.AddRange(status.Results.Keys.Where(id => !ours.Contains(id)).Order(UuidText.Order)
            .Select(id => new BatchProblem(UuidText.Of(id), "a result for an item that was not asked for")));
        return found.DrainToImmutable();
    }

    /// <summary>What is wrong with a result; null where it verifies, and then it is in <paramref name="packed65"/>.</summary>
    private static string? Problem(SigningItems items, int item, RemoteSignature? result, Span<byte> packed65)
    {
        var (keys, adaptor) = (items.Keys(item), items.Adaptor(item));
        var message = items.Message(item);
        switch (result)
        {
            case RemoteSignature.Failed failed:
                return failed.Detail;
            case RemoteSignature.Adaptor { Signature65: var bytes } when adaptor is not null:
                bytes.AsSpan(0, Math.Min(bytes.Length, PackedSize)).CopyTo(packed65);
                return AdaptorSignature.TryFrom(bytes)?.Verify(keys.Key, message, adaptor) == true ? null : DoesNotVerify;
            case RemoteSignature.Plain { Signature64: var bytes } when adaptor is null:
                packed65[0] = 2;
                bytes.AsSpan(0, Math.Min(bytes.Length, PackedSize - 1)).CopyTo(packed65[1..]);
                return CompactSignature.TryFrom(bytes)?.Verify(keys.XOnly, message) == true ? null : DoesNotVerify;
            default:
                return result is null ? "the signature is missing" : "a signature of the other kind";
        }
    }
}
