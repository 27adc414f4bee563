using System.Collections.Immutable;
using Coordinator.Bitcoin;
using Coordinator.Dlc;

namespace Coordinator.Keymeld.Tests;

/// <summary>Contracts spread over signing sessions, and what comes back.</summary>
public sealed class ContractBatchTests
{
    private static readonly Lazy<(Contracts Contract, ContractSignatures Signatures)> Small = new(() =>
    {
        var contract = new Contracts(5, 2);
        return (contract, contract.Sign());
    });

    [Theory]
    [InlineData(20, 2, 190, 12)]
    [InlineData(10, 3, 120, 30)]
    [InlineData(3, 1, 3, 1)]
    public void A_contract_is_planned_signed_read_and_put_together(int players, int places, int subsets, int sessions)
    {
        var contract = new Contracts(players, places);
        var (plan, batches) = (contract.Plan(), contract.Batches());
        Assert.Empty(plan.Complaints());
        Assert.Equal((subsets, sessions), (plan.Subsets.Length, batches.Length));
        Assert.Equal(sessions, ContractBatches.Count(players, places));
        CheckPlan(contract, plan, batches);

        var signatures = contract.Sign();
        var packed = batches.Select(batch => Assert.IsType<BatchResult.Complete>(
            ContractBatches.Read(batch, Contracts.Status(batch, signatures), Cores.All)).Packed).ToArray();
        var assembled = ContractBatches.Assemble(contract.Items, packed);
        Assert.Equal(signatures.ToJsonBytes(), assembled.ToJsonBytes());
        if (players < 10)
        {
            Assert.Empty(SignatureCheck.Verify(contract.Items.MarketMaker, assembled));
        }
    }

    [Fact]
    public void Planning_twice_gives_the_same_and_another_session_other_ids()
    {
        var contract = Small.Value.Contract;
        var ids = Ids(contract.Batches());
        Assert.Equal(ids, Ids(contract.Batches()));
        Assert.Equal(ids.Length, ids.Distinct().Count());
        var other = Ids(ContractBatches.Plan(contract.Items, contract.Seats, Contracts.Coordinator, KeyAnswers.SigningSession));
        Assert.Empty(ids.Intersect(other));
        var order = contract.Batches()[0].Order(KeyAnswers.SigningSession, TimeSpan.FromSeconds(300));
        Assert.Equal((Contracts.Session, KeyAnswers.SigningSession), (order.Keygen, order.Signing));
        Assert.Empty(order.Complaints());
    }

    [Fact]
    public void Seats_that_do_not_fit_are_refused()
    {
        var contract = Small.Value.Contract;
        Assert.Throws<ArgumentException>(() => ContractBatches.Plan(contract.Items, contract.Seats[1..], Contracts.Coordinator, Contracts.Session));
        Assert.Throws<ArgumentException>(() => ContractBatches.Plan(contract.Items, contract.Seats, contract.Seats[0], Contracts.Session));
        Assert.Throws<ArgumentException>(
            () => ContractBatches.Plan(contract.Items, contract.Seats.SetItem(1, contract.Seats[0]), Contracts.Coordinator, Contracts.Session));
    }

    [Fact]
    public void An_attested_outcome_without_adaptor_is_never_asked_for()
    {
        var items = Small.Value.Contract.Items;
        var expiry = items.Shape.IndexOf(Outcome.Expiry);
        Assert.Throws<InvalidOperationException>(() => ContractBatches.Remote(items, expiry, null, Guid.Empty, isAttested: true));
        Assert.Throws<InvalidOperationException>(() => ContractBatches.Remote(items, 0, null, Guid.Empty, isAttested: false));
        Assert.NotNull(ContractBatches.Remote(items, 0, null, Guid.Empty, isAttested: true).Adaptor);
    }

    [Fact]
    public void A_batch_that_is_not_finished_is_pending_and_one_given_up_is_bad()
    {
        var batch = Small.Value.Contract.Batches()[0];
        var status = Contracts.Status(batch, Small.Value.Signatures) with { Results = ImmutableDictionary<Guid, RemoteSignature>.Empty };
        foreach (var state in Enum.GetValues<SigningState>())
        {
            var result = ContractBatches.Read(batch, status with { State = state });
            if (state is SigningState.Completed or SigningState.Failed)
            {
                var problems = Assert.IsType<BatchResult.Bad>(result).Problems;
                Assert.Equal(state == SigningState.Failed ? 1 : batch.Items.Length, problems.Length);
            }
            else
            {
                Assert.Equal(new BatchResult.Pending(state), result);
            }
        }
    }

    [Fact]
    public void Every_spoiled_signature_is_named_and_no_other()
    {
        var (contract, signatures) = Small.Value;
        var batch = contract.Batches()[0];
        var good = Contracts.Status(batch, signatures);
        var shape = contract.Items.Shape;
        int[] some = [0, 1, 2, 60, 61, batch.Items.IndexOf(shape.IndexOf(Outcome.Expiry)), batch.Items.Length - 1];
        foreach (var i in some)
        {
            var (id, key) = (batch.Remote[i].Id, shape.KeyAt(batch.Items[i]));
            foreach (var spoiled in Spoiled(good.Results[id]))
            {
                var bad = Assert.IsType<BatchResult.Bad>(ContractBatches.Read(batch, With(good, id, spoiled)));
                Assert.Equal(key, Assert.Single(bad.Problems).Item);
            }
        }
    }

    [Fact]
    public void Signatures_of_two_items_changed_places_are_both_named()
    {
        var (contract, signatures) = Small.Value;
        var batch = contract.Batches()[0];
        var good = Contracts.Status(batch, signatures);
        var wins = batch.Remote.Where(item => item.Subset is not null).Select(item => item.Id).Take(2).ToArray();
        var swapped = With(With(good, wins[0], good.Results[wins[1]]), wins[1], good.Results[wins[0]]);
        Assert.Equal(2, Assert.IsType<BatchResult.Bad>(ContractBatches.Read(batch, swapped)).Problems.Length);
    }

    [Theory]
    [InlineData(SigningState.Completed)]
    [InlineData(SigningState.DistributingNonces)]
    [InlineData(SigningState.Failed)]
    public void A_plain_signature_for_an_attested_outcome_is_suspicious_in_every_state(SigningState state)
    {
        var (contract, signatures) = Small.Value;
        var batch = contract.Batches()[0];
        var good = Contracts.Status(batch, signatures) with { State = state };
        var suspicious = Assert.IsType<BatchResult.Suspicious>(
            ContractBatches.Read(batch, With(good, batch.Remote[0].Id, new RemoteSignature.Plain(new byte[64]))));
        Assert.Equal("att0", Assert.Single(suspicious.Problems).Item);
        Assert.Contains("choose the outcome", suspicious.Problems[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_result_that_nobody_asked_for_is_suspicious()
    {
        var (contract, signatures) = Small.Value;
        var batch = contract.Batches()[0];
        var strange = With(Contracts.Status(batch, signatures), KeyAnswers.User, new RemoteSignature.Failed("x"));
        Assert.IsType<BatchResult.Suspicious>(ContractBatches.Read(batch, strange));
    }

    [Fact]
    public void Results_of_other_batches_or_lengths_are_not_put_together()
    {
        var (contract, signatures) = Small.Value;
        var packed = contract.Batches().Select(
            batch => Assert.IsType<BatchResult.Complete>(ContractBatches.Read(batch, Contracts.Status(batch, signatures))).Packed).ToArray();
        Assert.Throws<ArgumentException>(() => ContractBatches.Assemble(contract.Items, packed[1..]));
        byte[][] shorter = [packed[0][1..], .. packed[1..]];
        Assert.Throws<ArgumentException>(() => ContractBatches.Assemble(contract.Items, shorter));
        byte[][] nonsense = [[.. Enumerable.Repeat((byte)0xff, packed[0].Length)], .. packed[1..]];
        Assert.Throws<ArgumentException>(() => ContractBatches.Assemble(contract.Items, nonsense));
    }

    [Fact]
    public void Aggregates_are_compared_with_our_own()
    {
        var contract = Small.Value.Contract;
        var (plan, keys) = (contract.Plan(), contract.Keys());
        var subsets = plan.Subsets.ToDictionary(subset => subset.Id, subset => KeyAggregate.OfSorted(subset.Members.Select(user => keys[user])).Key);
        var good = new KeygenStatus(KeygenState.Completed, 6, 6, contract.Items.FundingKey.Key, subsets);
        Assert.Empty(AggregateCheck.Problems(plan, keys, good, Cores.All));
        Assert.Contains("aggregate key", Problem(good with { Aggregate = keys[Contracts.Coordinator] }), StringComparison.Ordinal);
        Assert.Contains("aggregate key", Problem(good with { Aggregate = null }), StringComparison.Ordinal);
        var first = plan.Subsets[0].Id;
        Assert.Contains("missing", Problem(good with { Subsets = subsets.Where(pair => pair.Key != first).ToDictionary() }), StringComparison.Ordinal);
        Assert.Contains("its members", Problem(good with { Subsets = new Dictionary<Guid, PublicKey>(subsets) { [first] = keys[Contracts.Coordinator] } }), StringComparison.Ordinal);
        Assert.Contains("not ours", Problem(good with { Subsets = new Dictionary<Guid, PublicKey>(subsets) { [Guid.Empty] = keys[Contracts.Coordinator] } }), StringComparison.Ordinal);
        Assert.Contains("5 of 6", Problem(good with { Registered = 5 }), StringComparison.Ordinal);
        Assert.Contains("7 of 7", Problem(good with { Expected = 7, Registered = 7 }), StringComparison.Ordinal);
        Assert.Contains("CollectingParticipants", Problem(good with { State = KeygenState.CollectingParticipants }), StringComparison.Ordinal);
        keys[contract.Seats[0]] = keys[contract.Seats[1]];
        Assert.Contains("the same key", Problem(good), StringComparison.Ordinal);
        keys.Remove(contract.Seats[0]);
        Assert.Contains("no key", Problem(good), StringComparison.Ordinal);
        string Problem(KeygenStatus status) => Assert.Single(AggregateCheck.Problems(plan, keys, status));
    }

    private static void CheckPlan(Contracts contract, KeygenPlan plan, ImmutableArray<ContractBatch> batches)
    {
        var subsets = plan.Subsets.ToDictionary(subset => subset.Id, subset => subset.Members);
        var keys = contract.Keys();
        Assert.Equal(Enumerable.Range(0, contract.Items.Count), batches.SelectMany(batch => batch.Items).Order());
        foreach (var batch in batches)
        {
            Assert.InRange(batch.Items.Length, 1, SigningOrder.MostItems);
            Assert.Contains(batch.Remote, item => item.Subset is null);
            for (var i = 0; i < batch.Items.Length; i++)
            {
                var (item, remote) = (batch.Items[i], batch.Remote[i]);
                Assert.Equal(contract.Items.Message(item).ToArray(), remote.Message32);
                Assert.Equal(contract.Items.Adaptor(item), remote.Adaptor);
                var members = remote.Subset is { } subset ? subsets[subset] : plan.Participants;
                Assert.Equal(contract.Items.Keys(item).Keys, members.Select(user => keys[user]).Order());
            }
        }
    }

    private static Guid[] Ids(ImmutableArray<ContractBatch> batches) => [.. batches.SelectMany(batch => batch.Remote).Select(item => item.Id)];

    private static SigningStatus With(SigningStatus status, Guid id, RemoteSignature signature)
        => status with { Results = new Dictionary<Guid, RemoteSignature>(status.Results) { [id] = signature } };

    private static IEnumerable<RemoteSignature> Spoiled(RemoteSignature good)
    {
        yield return new RemoteSignature.Failed("the enclave said so");
        switch (good)
        {
            case RemoteSignature.Plain { Signature64: var plain }:
                yield return new RemoteSignature.Plain([.. plain[..63], (byte)(plain[63] ^ 1)]);
                yield return new RemoteSignature.Plain([.. Enumerable.Repeat((byte)0xff, 64)]);
                yield return new RemoteSignature.Plain(new byte[63]);
                yield return new RemoteSignature.Adaptor([2, .. plain]);
                break;
            case RemoteSignature.Adaptor { Signature65: var adaptor }:
                yield return new RemoteSignature.Adaptor([(byte)(adaptor[0] ^ 1), .. adaptor[1..]]);
                yield return new RemoteSignature.Adaptor(new byte[70]);
                yield return new RemoteSignature.Adaptor([]);
                break;
            default:
                break;
        }
    }
}
