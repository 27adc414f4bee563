using System.Text;
using Coordinator.Bitcoin;
using Coordinator.Dlc;
using Coordinator.Simulators.Oracle;
using Coordinator.Wallet;

namespace Coordinator.Node.Tests;

/// <summary>What a contract of the tests is made of.</summary>
/// <param name="Players">2 or more.</param>
/// <param name="Places">Fewer than players.</param>
internal sealed record ContractShape(int Players, int Places)
{
    /// <summary>Blocks.</summary>
    public ushort Delta { get; init; } = 17;

    /// <summary>1 sat/vB and more.</summary>
    public ulong FeeRateSatPerKwu { get; init; } = 500;

    /// <summary>Unix seconds; far ahead of the node's clock where left out.</summary>
    public uint Expiry { get; init; } = 2_000_000_000;
}

/// <summary>A contract between keys of the test, funded by the coordinator's wallet and signed in a real round by everybody.</summary>
internal sealed class PlayedContract
{
    private readonly SecretKey _oracle;
    private readonly SecretKey _nonce;
    private readonly int _number;

    private PlayedContract(ContractShape shape, int number)
    {
        (Shape, _number, Ranking) = (shape, number, OutcomeRanking.Of(shape.Players, shape.Places));
        (_oracle, _nonce, MarketMaker) = (Key("oracle"), Key("nonce"), Key("market maker"));
        Players = [.. Enumerable.Range(0, shape.Players).Select(player => Key($"player/{player}"))];
        Parameters = ParametersOf();
    }

    public ContractShape Shape { get; }

    public OutcomeRanking Ranking { get; }

    public SecretKey MarketMaker { get; }

    public SecretKey[] Players { get; }

    public SecretKey[] Everybody => [MarketMaker, .. Players];

    public ContractParameters Parameters { get; }

    public Transaction Funding { get; private set; } = null!;

    public TicketedDlc Dlc { get; private set; } = null!;

    public SignedContract Signed { get; private set; } = null!;

    public int Delta => Shape.Delta;

    /// <summary>A ranking, and another one.</summary>
    public (Outcome First, Outcome Second) Rankings => (Outcome.Attestation(1), Outcome.Attestation(Ranking.Rankings - 1));

    /// <summary>A contract whose funding is prepared and signed, as is the contract; nothing is sent.</summary>
    /// <param name="fixture">Where.</param>
    /// <param name="shape">What.</param>
    /// <param name="foreign">Inputs of others beside the wallet's.</param>
    /// <param name="complete">Makes those final.</param>
    public static async Task<PlayedContract> PrepareAsync(
        NodeFixture fixture, ContractShape shape, IReadOnlyList<ForeignInput>? foreign = null, Action<Psbt>? complete = null)
    {
        var contract = new PlayedContract(shape, fixture.NextContract());
        var order = new SpendOrder
        {
            Owner = $"funding/{contract._number}",
            Outputs = [FundingOutput.Of(contract.Parameters)],
            FeeRate = FeeRate.FromSatPerVbyte(2),
            LeastConfirmations = 6,
            Foreign = foreign ?? [],
        };
        var prepared = NodeFixture.Done(await fixture.Wallet.PrepareAsync(order, default));
        contract.Sign(prepared.Unsigned.OutPoint(0));
        var psbt = fixture.Wallet.ToPsbt(prepared);
        complete?.Invoke(psbt);
        contract.Funding = NodeFixture.Done(await fixture.Wallet.FinalizeAsync(order.Owner, psbt, default));
        return contract;
    }

    /// <summary>A contract that is signed and whose funding has a confirmation.</summary>
    public static async Task<PlayedContract> FundAsync(NodeFixture fixture, ContractShape shape)
    {
        var contract = await PrepareAsync(fixture, shape);
        await fixture.Node.ConfirmAsync(contract.Funding, "funding");
        return contract;
    }

    /// <summary>A contract on an output that somebody else makes, signed; for outpoints of no transaction yet, too.</summary>
    public static PlayedContract On(OutPoint funding, ContractShape shape, int number)
    {
        var contract = new PlayedContract(shape, number);
        contract.Sign(funding);
        return contract;
    }

    /// <summary>The transaction that holds the funding output, complete.</summary>
    public void Fund(Transaction funding)
    {
        Assert.Equal(Dlc.FundingOutpoint, funding.OutPoint(0));
        Funding = funding;
    }

    /// <summary>What the oracle reveals for an outcome.</summary>
    public byte[] Attestation(Outcome outcome) => AttestationScalar.Of(_oracle, _nonce, Ranking.MessageOf(outcome.AttestationIndex));

    public byte[] TicketPreimage(int player) => Secret($"ticket/{player}");

    public byte[] PayoutPreimage(int player) => Secret($"payout/{player}");

    public Transaction OutcomeOf(Outcome outcome) => outcome.IsExpiry ? Signed.ExpiryTransaction() : Signed.OutcomeTransaction(outcome, Attestation(outcome));

    public Transaction SplitBy(WinCondition win) => Signed.SplitTransaction(win, TicketPreimage(win.PlayerIndex));

    /// <summary>The wins of an outcome.</summary>
    public WinCondition[] WinsOf(Outcome outcome)
        => [.. Dlc.Outcomes[Dlc.PositionOf(outcome)].Weights.Winners.Select(winner => new WinCondition(outcome, winner.PlayerIndex))];

    /// <summary>The key that stands behind an aggregate of keys of this contract.</summary>
    public SecretKey GroupSecret(KeyAggregate aggregate)
        => aggregate.GroupSecret([.. aggregate.Keys.Select(key => Everybody.Single(secret => secret.PublicKey.Equals(key)))]);

    private void Sign(OutPoint funding)
    {
        Dlc = TicketedDlc.Create(Parameters, funding);
        var items = Dlc.SigningItems();
        var binding = RoundBinding.Of(Dlc, Secret("round").AsSpan(0, RoundBinding.RoundIdSize));
        using var coordinator = CoordinatorRound.Open(items, MarketMaker, binding);
        var rounds = Players.Select(key => PlayerRound.Open(items, key, binding)).ToArray();
        for (var player = 0; player < rounds.Length; player++)
        {
            Assert.Null(coordinator.SubmitNonces(player, rounds[player].Nonces));
        }

        var aggregates = coordinator.Aggregate();
        for (var player = 0; player < rounds.Length; player++)
        {
            Assert.Null(coordinator.SubmitPartials(player, rounds[player].Sign(aggregates)));
            rounds[player].Dispose();
        }

        var signatures = Assert.IsType<RoundResult.Completed>(coordinator.TryComplete()).Signatures;
        Assert.True(ContractEnforcement.TryVerify(Dlc, signatures, MarketMaker.PublicKey, out var signed, out _));
        Signed = signed;
    }

    private ContractParameters ParametersOf() => new()
    {
        MarketMaker = new MarketMaker(MarketMaker.PublicKey),
        Players = [.. Players.Select((key, player) => new Player(
            key.PublicKey, Hashlock.OfPreimage(TicketPreimage(player)), Hashlock.OfPreimage(PayoutPreimage(player))))],
        Event = new EventLockingConditions(
            [.. Enumerable.Range(0, Ranking.AttestationCount).Select(index => Attestations.LockingPoint(_oracle.XOnly, _nonce.XOnly, Ranking.MessageOf(index)))],
            Shape.Expiry),
        OutcomePayouts = Ranking.Payouts([.. Enumerable.Range(0, Shape.Players).Reverse()]),
        FeeRateSatPerKwu = Shape.FeeRateSatPerKwu,
        FundingSatoshis = (ulong)(100_000 * Shape.Players),
        RelativeLocktimeBlockDelta = Shape.Delta,
        AnchorSatoshis = 240,
        OutcomeBoundSplits = true,
    };

    private SecretKey Key(string label) => SecretKey.From(Secret(label));

    private byte[] Secret(string label) => Hashes.Sha256(Encoding.UTF8.GetBytes($"contract/{_number}/{label}"));
}
