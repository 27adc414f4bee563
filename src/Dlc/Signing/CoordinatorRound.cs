using System.Collections.Immutable;
using System.Security.Cryptography;
using Coordinator.Bitcoin;

namespace Coordinator.Dlc;

/// <summary>
/// The coordinator's side of one round (D8–D10), which is also the market maker's: collects nonces, publishes their sum, signs, collects
/// partial signatures, aggregates, and only where a sum fails looks for who lied. One caller at a time. Lives in memory only: after a
/// restart everybody needs a new round.
/// </summary>
public sealed class CoordinatorRound : IDisposable
{
    private readonly SigningItems _items;
    private readonly PlayerRound _own;
    private readonly NonceTable _ownNonces;
    private readonly RangeRunner? _runner;
    private readonly NonceTable?[] _nonces;
    private readonly ReadOnlyMemory<byte>?[] _partials;
    private SigMap<AggregateNonce>? _aggregates;
    private SessionTable? _sessions;
    private RoundFinisher? _finisher;

    internal CoordinatorRound(SigningItems items, SecretKey marketMaker, SecretNonceSet secrets, NonceTable nonces, RangeRunner? runner)
    {
        (_items, _ownNonces, _runner) = (items, nonces, runner);
        _own = new PlayerRound(items.MarketMaker, marketMaker, secrets, nonces, runner);
        _nonces = new NonceTable?[items.PlayerKeys.Length];
        _partials = new ReadOnlyMemory<byte>?[items.PlayerKeys.Length];
    }

    /// <summary>The market maker's own public nonces.</summary>
    public SigMap<PublicNonce> OwnNonces => _own.Nonces;

    /// <summary>The players whose nonces are still to come, ascending.</summary>
    public ImmutableArray<int> WithoutNonces => [.. Enumerable.Range(0, _nonces.Length).Where(player => _nonces[player] is null)];

    /// <summary>The players whose partial signatures are still to come, ascending.</summary>
    public ImmutableArray<int> WithoutPartials => [.. Enumerable.Range(0, _partials.Length).Where(player => _partials[player] is null)];

    /// <summary>True once <see cref="Aggregate"/> was called: no nonce can change any more.</summary>
    public bool IsPublished => _aggregates is not null;

    /// <summary>Draws the market maker's nonces.</summary>
    /// <param name="items">What the contract has to sign.</param>
    /// <param name="marketMaker">Stays the caller's and must live as long as the round.</param>
    /// <param name="binding">The round; goes into every nonce.</param>
    /// <param name="runner">Who runs the work; the calling thread where null.</param>
    /// <exception cref="SigningException">Not the market maker's key, or the round is another contract's.</exception>
    public static CoordinatorRound Open(SigningItems items, SecretKey marketMaker, RoundBinding binding, RangeRunner? runner = null)
    {
        binding.Require(items.Dlc);
        if (!marketMaker.PublicKey.Equals(items.MarketMakerKey))
        {
            throw new SigningException("this is not the market maker's key");
        }

        var secrets = SecretNonceSet.Draw(marketMaker, items.MarketMaker, binding.Bytes, out var nonces, runner);
        return new(items, marketMaker, secrets, nonces, runner);
    }

    /// <summary>
    /// Takes in a player's nonces, or replaces them while the aggregate is not published. The same nonces again are accepted at any time.
    /// </summary>
    /// <returns>Null where they were taken in.</returns>
    public SubmissionRefusal? SubmitNonces(int player, SigMap<PublicNonce> nonces)
    {
        if (Misfit(player, nonces) is { } misfit)
        {
            return misfit;
        }

        if (IsPublished)
        {
            return _nonces[player]!.ToBytes().AsSpan().SequenceEqual(nonces.Packed.Span)
                ? null
                : new(SubmissionRefusalKind.NoncesClosed, "the nonces of this round are published; new ones need a new round");
        }

        if (NonceTable.TryParse(nonces.Packed, allowInfinity: false, out var bad, _runner) is not { } table)
        {
            return new(SubmissionRefusalKind.InvalidValue, $"{nonces.Shape.KeyAt(bad)}: not a public nonce");
        }

        _nonces[player] = table;
        return null;
    }

    /// <summary>The sum of everybody's nonces; closes the submission of nonces. The same every time it is called.</summary>
    /// <exception cref="SigningException">Nonces are missing.</exception>
    public SigMap<AggregateNonce> Aggregate()
    {
        if (_aggregates is not null)
        {
            return _aggregates;
        }

        if (WithoutNonces is { IsEmpty: false } missing)
        {
            throw new SigningException($"nonces are missing of players {string.Join(", ", missing)}");
        }

        var sum = NonceTable.Sum(
            _items.Count, [_ownNonces, .. _nonces.Select(table => table!)],
            [null, .. Enumerable.Range(0, _nonces.Length).Select(player => _items.Player(player).Positions)], _runner);
        _sessions = SessionTable.Open(_items, sum, _runner);
        return _aggregates = SigMap<AggregateNonce>.FromPacked(_items.Shape, sum.ToBytes());
    }

    /// <summary>SHA-256 of the packed aggregate nonces: what must be on disk, with the round id, before anybody signs (D9).</summary>
    /// <exception cref="SigningException">Nonces are missing.</exception>
    public byte[] Commitment() => SHA256.HashData(Aggregate().Packed.Span);

    /// <summary>The market maker's own partial signatures; spends its nonces at the first call and answers the same afterwards.</summary>
    /// <exception cref="SigningException">Nonces are missing, or the round was disposed.</exception>
    public SigMap<PartialSignature> SignOwn() => _own.Sign(Commitment(), _sessions!);

    /// <summary>Takes in a player's partial signatures, or replaces them. What is finished already does not change any more.</summary>
    /// <returns>Null where they were taken in.</returns>
    public SubmissionRefusal? SubmitPartials(int player, SigMap<PartialSignature> partials)
    {
        if (Misfit(player, partials) is { } misfit)
        {
            return misfit;
        }

        if (!IsPublished)
        {
            return new(SubmissionRefusalKind.NoncesOpen, "the aggregate nonces of this round are not published yet");
        }

        if (partials.FirstInvalid() is var bad and >= 0)
        {
            return new(SubmissionRefusalKind.InvalidValue, $"{partials.Shape.KeyAt(bad)}: not a partial signature");
        }

        _partials[player] = partials.Packed;
        return null;
    }

    /// <summary>
    /// Finishes the round if everybody has sent: adds up, verifies the sums, and names liars where a sum fails. Signs with the own nonces
    /// if that has not happened. May be called again after every submission.
    /// </summary>
    /// <exception cref="SigningException">
    /// Nonces are missing, the round was disposed before the market maker signed, or this machine computed its own part wrongly.
    /// </exception>
    public RoundResult TryComplete()
    {
        if (WithoutPartials is { IsEmpty: false } missing)
        {
            return new RoundResult.Waiting(missing);
        }

        var own = SignOwn();
        _finisher ??= new RoundFinisher(_items, _sessions!, [_ownNonces, .. _nonces.Select(table => table!)], _runner);
        var liars = _finisher.Finish([own.Packed, .. _partials.Select(packed => packed!.Value)]);
        if (liars.IsEmpty)
        {
            return new RoundResult.Completed(_finisher.Signatures());
        }

        foreach (var liar in liars)
        {
            if (liar.Signer == SigningItems.MarketMakerNumber)
            {
                throw new SigningException($"the market maker's own signature of {liar.Items[0]} is wrong: this machine computes wrongly");
            }

            _partials[liar.Signer] = null;
        }

        return new RoundResult.Spoiled(liars);
    }

    /// <summary>Wipes what is left of the secret nonces; safe to call twice.</summary>
    public void Dispose() => _own.Dispose();

    private SubmissionRefusal? Misfit<T>(int player, SigMap<T> map)
        where T : class, IWireBytes<T>
        => player < 0 || player >= _nonces.Length ? new(SubmissionRefusalKind.UnknownPlayer, $"there is no player {player}")
            : map.Shape.Equals(_items.Player(player).Shape) ? null
            : new(SubmissionRefusalKind.WrongShape, "the keys are not those that this player signs");
}
