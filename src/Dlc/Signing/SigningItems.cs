using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Coordinator.Bitcoin;

namespace Coordinator.Dlc;

/// <summary>
/// Everything that is signed for one contract: one item per outcome, then one per win condition, in the order of <see cref="Shape"/>.
/// Outcomes are signed by everybody, under their adaptor point where they are attested; a win condition by the market maker and all
/// winners of its outcome (dlctix.md §13). All aggregates are untweaked. Immutable; serves any number of threads.
/// </summary>
public sealed class SigningItems : ISigningBatch
{
    /// <summary>The number that stands for the market maker where players are numbered from 0.</summary>
    public const int MarketMakerNumber = -1;

    private static readonly ConditionalWeakTable<TicketedDlc, SigningItems> Known = [];

    private readonly KeyAggregate _funding;
    private readonly KeyAggregate[] _winners;
    private readonly PublicKey?[] _adaptors;
    private readonly int[] _outcomeOfWin;
    private readonly byte[] _sighashes;
    private readonly Dictionary<PublicKey, int> _numbers = [];
    private readonly SignerItems?[] _players;

    private SigningItems(
        TicketedDlc dlc, PublicKey marketMaker, ImmutableArray<PublicKey> players, IReadOnlyList<SigningOutcome> outcomes)
    {
        (Dlc, MarketMakerKey, PlayerKeys, _funding) = (dlc, marketMaker, players, dlc.FundingKey);
        _players = new SignerItems?[players.Length];
        _winners = [.. outcomes.Select(outcome => outcome.WinnersKey)];
        _adaptors = [.. outcomes.Select(outcome => outcome.Adaptor)];
        Winners = [.. outcomes.Select(outcome => outcome.Winners)];
        Shape = new SigMapShape(
            [.. outcomes.Select(outcome => outcome.Outcome)],
            [.. outcomes.SelectMany(outcome => outcome.Winners, (outcome, player) => new WinCondition(outcome.Outcome, player))]);
        _outcomeOfWin = [.. outcomes.SelectMany((outcome, position) => Enumerable.Repeat(position, outcome.Winners.Length))];
        _sighashes = new byte[Shape.Count * 32];
        var (at, winAt) = (0, outcomes.Count);
        foreach (var outcome in outcomes)
        {
            outcome.Sighash.Span.CopyTo(_sighashes.AsSpan(at++ * 32, 32));
            foreach (var split in outcome.SplitSighashes)
            {
                split.Span.CopyTo(_sighashes.AsSpan(winAt++ * 32, 32));
            }
        }

        for (var i = 0; i < players.Length; i++)
        {
            _numbers.TryAdd(players[i], i);
        }

        _numbers[marketMaker] = MarketMakerNumber;
        MarketMaker = new SignerItems(this, MarketMakerNumber, marketMaker);
    }

    /// <summary>The contract whose items these are.</summary>
    public TicketedDlc Dlc { get; }

    /// <summary>The keys of all items.</summary>
    public SigMapShape Shape { get; }

    public int Count => Shape.Count;

    public PublicKey MarketMakerKey { get; }

    /// <summary>By player index.</summary>
    public ImmutableArray<PublicKey> PlayerKeys { get; }

    /// <summary>The market maker's part: every item.</summary>
    public SignerItems MarketMaker { get; }

    /// <summary>The winners of each outcome, by its position in the shape, as ascending player indices.</summary>
    internal ImmutableArray<int>[] Winners { get; }

    /// <summary>The aggregate of everybody, which signs the outcomes.</summary>
    public KeyAggregate FundingKey => _funding;

    /// <summary>
    /// What is signed of a contract. The contract already holds every digest; they are collected once, later calls for the same object
    /// give the same items.
    /// </summary>
    public static SigningItems Of(TicketedDlc dlc) => Known.GetValue(dlc, Collect);

    private static SigningItems Collect(TicketedDlc dlc)
    {
        var outcomes = new List<SigningOutcome>(dlc.Outcomes.Length);
        foreach (var (outcome, weights) in dlc.Outcomes)
        {
            var winners = weights.Winners.Select(winner => winner.PlayerIndex).ToImmutableArray();
            outcomes.Add(new SigningOutcome(
                outcome, dlc.LockingPoint(outcome), dlc.WinnersKey(outcome), winners, dlc.OutcomeSighash(outcome),
                [.. winners.Select(player => dlc.SplitSighash(new WinCondition(outcome, player)))]));
        }

        return new(dlc, dlc.Parameters.MarketMaker.PublicKey, [.. dlc.Parameters.Players.Select(player => player.PublicKey)], outcomes);
    }

    /// <inheritdoc/>
    public KeyAggregate Keys(int index)
        => index < Shape.Outcomes.Length ? _funding : _winners[_outcomeOfWin[index - Shape.Outcomes.Length]];

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Message(int index) => _sighashes.AsSpan(index * 32, 32);

    /// <inheritdoc/>
    public PublicKey? Adaptor(int index) => index < Shape.Outcomes.Length ? _adaptors[index] : null;

    /// <summary>The aggregate of market maker and winners of the outcome at a position.</summary>
    public KeyAggregate WinnersKey(int outcomePosition) => _winners[outcomePosition];

    /// <summary>The part that a player signs.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No such player.</exception>
    public SignerItems Player(int index)
    {
        if (index < 0 || index >= _players.Length)
        {
            throw new ArgumentOutOfRangeException(nameof(index), index, $"players are numbered 0 to {_players.Length - 1}");
        }

        return Volatile.Read(ref _players[index])
            ?? Interlocked.CompareExchange(ref _players[index], new SignerItems(this, index, PlayerKeys[index]), null) ?? _players[index]!;
    }

    /// <summary>The part that the holder of a key signs; null for a stranger. A player who never wins still signs every outcome.</summary>
    public SignerItems? Find(PublicKey key) => !_numbers.TryGetValue(key, out var number) ? null
        : number == MarketMakerNumber ? MarketMaker : Player(number);

    private readonly record struct SigningOutcome(
        Outcome Outcome, PublicKey? Adaptor, KeyAggregate WinnersKey, ImmutableArray<int> Winners, ReadOnlyMemory<byte> Sighash,
        ImmutableArray<ReadOnlyMemory<byte>> SplitSighashes);
}
