using Coordinator.Bitcoin;

namespace Coordinator.Dlc.Tests;

public sealed class SigningRoundTests
{
    private static SigningVector Contract => SigningVector.Load("dlctix02/bound_anchor", "b");

    public static TheoryData<int> Degrees => new(1, 2);

    [Theory]
    [MemberData(nameof(Degrees))]
    public void A_round_with_fresh_nonces_gives_signatures_that_everybody_verifies(int degree)
    {
        var vector = Contract;
        var (coordinator, players) = OpenFresh(vector, Cores.UpTo(degree), roundId: 1);
        var aggregates = coordinator.Aggregate();
        for (var i = 0; i < players.Length; i++)
        {
            var waiting = Assert.IsType<RoundResult.Waiting>(coordinator.TryComplete());
            Assert.Equal(Enumerable.Range(i, players.Length - i), waiting.Players.ToArray());
            Assert.Null(coordinator.SubmitPartials(i, players[i].Sign(aggregates)));
        }

        var signatures = Assert.IsType<RoundResult.Completed>(coordinator.TryComplete()).Signatures;
        Assert.Empty(SignatureCheck.Verify(vector.Items.MarketMaker, signatures, Cores.UpTo(degree)));
        for (var i = 0; i < players.Length; i++)
        {
            Assert.Empty(SignatureCheck.Verify(vector.Items.Player(i), signatures.PrunedFor(vector.Items.Player(i))));
        }
    }

    [Fact]
    public void A_liar_is_named_with_exactly_the_items_lied_about_and_may_correct_itself()
    {
        var vector = Contract;
        var (coordinator, players) = vector.OpenRound();
        var aggregates = coordinator.Aggregate();
        var honest = players.Select(player => player.Sign(aggregates)).ToArray();
        Assert.Null(coordinator.SubmitPartials(0, Bent(honest[0], 0)));
        Assert.Null(coordinator.SubmitPartials(1, honest[1]));
        Assert.Null(coordinator.SubmitPartials(2, Bent(honest[2], 0, 3, honest[2].Count - 1)));

        var spoiled = Assert.IsType<RoundResult.Spoiled>(coordinator.TryComplete());
        Assert.Equal([0, 2], spoiled.Liars.Select(blame => blame.Signer).ToArray());
        Assert.Equal(["att0"], spoiled.Liars[0].Items.ToArray());
        Assert.Equal(["att0", "att3", honest[2].Shape.KeyAt(honest[2].Count - 1)], spoiled.Liars[1].Items.ToArray());
        Assert.Equal([0, 2], coordinator.WithoutPartials.ToArray());

        Assert.Null(coordinator.SubmitPartials(0, honest[0]));
        Assert.Null(coordinator.SubmitPartials(2, Bent(honest[2], 3)));
        spoiled = Assert.IsType<RoundResult.Spoiled>(coordinator.TryComplete());
        Assert.Equal([2], spoiled.Liars.Select(blame => blame.Signer).ToArray());
        Assert.Equal(["att3"], Assert.Single(spoiled.Liars).Items.ToArray());

        Assert.Null(coordinator.SubmitPartials(2, honest[2]));
        var signatures = Assert.IsType<RoundResult.Completed>(coordinator.TryComplete()).Signatures;
        Assert.Equal(vector.Text("contract_signatures_serde_json"), SigningVector.Json(signatures.ToJsonBytes()));
    }

    [Fact]
    public void Two_liars_whose_lies_cancel_out_spoil_nothing()
    {
        var vector = Contract;
        var (coordinator, players) = vector.OpenRound();
        var aggregates = coordinator.Aggregate();
        var honest = players.Select(player => player.Sign(aggregates)).ToArray();
        var (first, second) = (honest[0].Packed.ToArray(), honest[1].Packed.ToArray());
        (var one, var other) = (first[..32], second[..32]);
        other.CopyTo(first, 0);
        one.CopyTo(second, 0);
        Assert.Null(coordinator.SubmitPartials(0, SigMap<PartialSignature>.FromPacked(honest[0].Shape, first)));
        Assert.Null(coordinator.SubmitPartials(1, SigMap<PartialSignature>.FromPacked(honest[1].Shape, second)));
        Assert.Null(coordinator.SubmitPartials(2, honest[2]));
        Assert.IsType<RoundResult.Completed>(coordinator.TryComplete());
    }

    [Fact]
    public void A_signer_answers_one_aggregate_and_only_that_one()
    {
        var vector = Contract;
        var (coordinator, players) = vector.OpenRound();
        var aggregates = coordinator.Aggregate();
        var answer = players[0].Sign(aggregates);
        Assert.Equal(answer.Packed, players[0].Sign(aggregates.For(players[0].Items)).Packed);

        var other = aggregates.Packed.ToArray();
        aggregates.BytesAt(1).CopyTo(other);
        Assert.Throws<SigningException>(() => players[0].Sign(SigMap<AggregateNonce>.FromPacked(aggregates.Shape, other)));
        Assert.Equal(answer.Packed, players[0].Sign(aggregates).Packed);
    }

    [Fact]
    public void A_round_that_was_thrown_away_signs_nothing()
    {
        var vector = Contract;
        var (coordinator, players) = vector.OpenRound();
        var aggregates = coordinator.Aggregate();
        players[0].Dispose();
        Assert.Throws<SigningException>(() => players[0].Sign(aggregates));
        Assert.Throws<SigningException>(() => players[0].Sign(aggregates));
        coordinator.Dispose();
        Assert.Throws<SigningException>(() => coordinator.SignOwn());
    }

    [Fact]
    public void Nonces_may_be_replaced_until_they_are_published()
    {
        var vector = Contract;
        var (coordinator, _) = OpenFresh(vector, null, roundId: 1);
        using var again = PlayerRound.Open(vector.Items, vector.KeyOf("p0"), Binding(vector, 1));
        Assert.Null(coordinator.SubmitNonces(0, again.Nonces));
        Assert.Equal(SubmissionRefusalKind.NoncesOpen, coordinator.SubmitPartials(0, Empty<PartialSignature>(vector.Items.Player(0)))?.Kind);

        var aggregates = coordinator.Aggregate();
        Assert.Same(aggregates, coordinator.Aggregate());
        Assert.Null(coordinator.SubmitNonces(0, again.Nonces));
        using var late = PlayerRound.Open(vector.Items, vector.KeyOf("p0"), Binding(vector, 1));
        Assert.Equal(SubmissionRefusalKind.NoncesClosed, coordinator.SubmitNonces(0, late.Nonces)?.Kind);
    }

    [Fact]
    public void Submissions_of_the_wrong_shape_or_with_a_bad_entry_are_refused_by_name()
    {
        var vector = Contract;
        using var coordinator = CoordinatorRound.Open(vector.Items, vector.KeyOf("mm"), Binding(vector, 1));
        using var player = PlayerRound.Open(vector.Items, vector.KeyOf("p0"), Binding(vector, 1));
        Assert.Equal(SubmissionRefusalKind.UnknownPlayer, coordinator.SubmitNonces(9, player.Nonces)?.Kind);
        Assert.Equal(SubmissionRefusalKind.UnknownPlayer, coordinator.SubmitNonces(-1, player.Nonces)?.Kind);
        Assert.Equal(SubmissionRefusalKind.WrongShape, coordinator.SubmitNonces(1, player.Nonces)?.Kind);
        Assert.Equal(SubmissionRefusalKind.WrongShape, coordinator.SubmitNonces(0, coordinator.OwnNonces)?.Kind);
        var refusal = coordinator.SubmitNonces(0, Bent(player.Nonces, 2, 3));
        Assert.Equal(SubmissionRefusalKind.InvalidValue, refusal?.Kind);
        Assert.Contains("att2", refusal!.Message, StringComparison.Ordinal);
        Assert.Equal([0, 1, 2], coordinator.WithoutNonces.ToArray());
        Assert.Throws<SigningException>(() => coordinator.Aggregate());
    }

    [Fact]
    public void A_scalar_that_is_not_below_the_order_is_refused_by_name()
    {
        var vector = Contract;
        var (coordinator, players) = vector.OpenRound();
        var partials = players[1].Sign(coordinator.Aggregate());
        var packed = partials.Packed.ToArray();
        packed.AsSpan(32, 32).Fill(0xff);
        var refusal = coordinator.SubmitPartials(1, SigMap<PartialSignature>.FromPacked(partials.Shape, packed));
        Assert.Equal(SubmissionRefusalKind.InvalidValue, refusal?.Kind);
        Assert.Contains("att1", refusal!.Message, StringComparison.Ordinal);
        Assert.Contains(1, coordinator.WithoutPartials);
    }

    [Fact]
    public void Strangers_sign_nothing_and_only_the_market_maker_opens_a_round()
    {
        var vector = Contract;
        using var stranger = SecretKey.Generate();
        Assert.Throws<SigningException>(() => PlayerRound.Open(vector.Items, stranger, Binding(vector, 1)));
        Assert.Throws<SigningException>(() => CoordinatorRound.Open(vector.Items, vector.KeyOf("p0"), Binding(vector, 1)));
        Assert.Null(vector.Items.Find(stranger.PublicKey));
    }

    [Fact]
    public void A_binding_tells_rounds_and_contracts_apart()
    {
        var (one, other) = (Contract, SigningVector.Load("dlctix02/bound", "b"));
        Assert.Equal(Binding(one, 1), Binding(one, 1));
        Assert.NotEqual(Binding(one, 1), Binding(one, 2));
        Assert.NotEqual(Binding(one, 1), Binding(other, 1));
        Assert.Throws<ArgumentException>(() => RoundBinding.Of(one.Dlc, new byte[15]));
        Assert.True(Binding(one, 1).IsFor(Contract.Dlc));
        Assert.Throws<SigningException>(() => PlayerRound.Open(one.Items, one.KeyOf("p0"), Binding(other, 1)));
        Assert.Throws<SigningException>(() => CoordinatorRound.Open(one.Items, one.KeyOf("mm"), Binding(other, 1)));
        Assert.Same(one.Items, SigningItems.Of(one.Dlc));
    }

    private static RoundBinding Binding(SigningVector vector, byte roundId)
        => RoundBinding.Of(vector.Dlc, Enumerable.Repeat(roundId, RoundBinding.RoundIdSize).ToArray());

    private static (CoordinatorRound Coordinator, PlayerRound[] Players) OpenFresh(SigningVector vector, RangeRunner? runner, byte roundId)
    {
        var coordinator = CoordinatorRound.Open(vector.Items, vector.KeyOf("mm"), Binding(vector, roundId), runner);
        var players = Enumerable.Range(0, vector.Items.PlayerKeys.Length)
            .Select(i => PlayerRound.Open(vector.Items, vector.KeyOf($"p{i}"), Binding(vector, roundId), runner)).ToArray();
        for (var i = 0; i < players.Length; i++)
        {
            Assert.Null(coordinator.SubmitNonces(i, players[i].Nonces));
        }

        return (coordinator, players);
    }

    private static SigMap<T> Empty<T>(SignerItems signer)
        where T : class, IWireBytes<T>
        => SigMap<T>.FromPacked(signer.Shape, new byte[signer.Count * T.Size]);

    /// <summary>The map with the first byte of some entries changed, so that scalars stay below the order.</summary>
    private static SigMap<T> Bent<T>(SigMap<T> map, params int[] positions)
        where T : class, IWireBytes<T>
    {
        var packed = map.Packed.ToArray();
        foreach (var position in positions)
        {
            packed[position * T.Size] ^= 0x40;
        }

        return SigMap<T>.FromPacked(map.Shape, packed);
    }
}
