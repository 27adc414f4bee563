using System.Collections.Immutable;
using System.Text;
using Coordinator.Bitcoin;
using Coordinator.Dlc;

namespace Coordinator.Keymeld.Tests;

/// <summary>Contracts of any shape with all their keys, and an enclave that signs them in this process.</summary>
internal sealed class Contracts
{
    private static readonly OutPoint Funding = OutPoint.Parse($"{new string('7', 64)}:0");

    private readonly SecretKey _marketMaker = Key("mm");
    private readonly SecretKey[] _players;

    internal Contracts(int players, int places)
    {
        Places = places;
        _players = [.. Enumerable.Range(0, players).Select(i => Key($"player/{i}"))];
        Seats = [.. Enumerable.Range(0, players).Select(i => Guid.Parse($"019baa06-0000-7000-8000-{i:x12}"))];
        Items = SigningItems.Of(TicketedDlc.Create(Parameters(), Funding, Cores.All));
    }

    internal static Guid Coordinator { get; } = Guid.Parse("019baa05-1783-7570-8eee-c049757fcfa6");

    internal static Guid Session { get; } = Guid.Parse("019baa05-190c-7a93-bd97-b4ea88020d88");

    internal int Places { get; }

    internal ImmutableArray<Guid> Seats { get; }

    internal SigningItems Items { get; }

    /// <summary>Everybody's public key by user id.</summary>
    internal Dictionary<Guid, PublicKey> Keys()
        => Seats.Select((seat, i) => (seat, _players[i].PublicKey)).Append((Coordinator, _marketMaker.PublicKey)).ToDictionary();

    internal KeygenPlan Plan() => new(
        Session, Coordinator, [Coordinator, .. Seats], TimeSpan.FromHours(1), null, WinnerSets.Subsets(Session, Coordinator, Seats, Places));

    internal ImmutableArray<ContractBatch> Batches() => ContractBatches.Plan(Items, Seats, Coordinator, Session);

    /// <summary>Signs everything in one round.</summary>
    internal ContractSignatures Sign()
    {
        var binding = RoundBinding.Of(Items.Dlc, new byte[16]);
        using var round = CoordinatorRound.Open(Items, _marketMaker, binding, Cores.All);
        var players = Array.ConvertAll(_players, key => PlayerRound.Open(Items, key, binding, Cores.All));
        for (var i = 0; i < players.Length; i++)
        {
            Assert.Null(round.SubmitNonces(i, players[i].Nonces));
        }

        var aggregate = round.Aggregate();
        for (var i = 0; i < players.Length; i++)
        {
            Assert.Null(round.SubmitPartials(i, players[i].Sign(aggregate)));
            players[i].Dispose();
        }

        return Assert.IsType<RoundResult.Completed>(round.TryComplete()).Signatures;
    }

    /// <summary>What a gateway would show of a batch once it is signed.</summary>
    internal static SigningStatus Status(ContractBatch batch, ContractSignatures signatures)
    {
        var shape = batch.Contract.Shape;
        var results = new Dictionary<Guid, RemoteSignature>();
        for (var i = 0; i < batch.Items.Length; i++)
        {
            var item = batch.Items[i];
            results[batch.Remote[i].Id] = item >= shape.Outcomes.Length
                ? new RemoteSignature.Plain(signatures.SplitSignature(shape.WinConditions[item - shape.Outcomes.Length])!.ToBytes())
                : shape.Outcomes[item].IsExpiry ? new RemoteSignature.Plain(signatures.ExpirySignature!.ToBytes())
                : new RemoteSignature.Adaptor(signatures.OutcomeSignature(shape.Outcomes[item].AttestationIndex)!.ToBytes());
        }

        return new SigningStatus(SigningState.Completed, 0, 0, [], [], results);
    }

    private static SecretKey Key(string label) => SecretKey.From(Hash(label));

    private static byte[] Hash(string label) => Hashes.Sha256(Encoding.UTF8.GetBytes($"keymeld/{label}"));

    private ContractParameters Parameters()
    {
        var ranking = OutcomeRanking.Of(_players.Length, Places);
        return new ContractParameters
        {
            MarketMaker = new MarketMaker(_marketMaker.PublicKey),
            Players = [.. _players.Select((key, i) => new Player(
                key.PublicKey, Hashlock.OfPreimage(Hash($"ticket/{i}")), Hashlock.OfPreimage(Hash($"payout/{i}"))))],
            Event = new EventLockingConditions(
                [.. Enumerable.Range(0, ranking.AttestationCount).Select(i => Attestations.LockingPoint(Key("oracle").XOnly, Key("nonce").XOnly, ranking.MessageOf(i)))],
                1_900_000_000),
            OutcomePayouts = ranking.Payouts([.. Enumerable.Range(0, _players.Length)]),
            FeeRateSatPerKwu = 500,
            FundingSatoshis = 2_000_000,
            RelativeLocktimeBlockDelta = 288,
            AnchorSatoshis = 240,
            OutcomeBoundSplits = true,
        };
    }
}
