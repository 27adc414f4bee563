using System.Collections.Concurrent;
using System.Collections.Immutable;
using Coordinator.Bitcoin;

namespace Coordinator.Dlc;

/// <summary>
/// Adds up partial signatures and verifies the sums; signer 0 is the market maker, signer i + 1 is player i. An item that is finished
/// stays finished, so after a liar has corrected itself only the spoiled items are looked at again.
/// </summary>
internal sealed class RoundFinisher(SigningItems items, SessionTable sessions, ImmutableArray<NonceTable> nonces, RangeRunner? runner)
{
    private readonly byte[] _signatures = new byte[items.Count * SessionTable.SignatureSize];
    private readonly bool[] _finished = new bool[items.Count];

    private readonly ImmutableArray<SignerItems> _signers =
        [items.MarketMaker, .. Enumerable.Range(0, items.PlayerKeys.Length).Select(items.Player)];

    /// <summary>Finishes what is not finished; answers who lied, empty where nobody did.</summary>
    /// <exception cref="SigningException">A sum fails although every part of it verifies: this machine computes wrongly.</exception>
    public ImmutableArray<Blame> Finish(ImmutableArray<ReadOnlyMemory<byte>> partials)
    {
        (runner ?? RangeRunners.Sequential)(items.Count, (from, to) =>
        {
            var gathered = new byte[_signers.Length * PartialSignature.Size];
            for (var item = from; item < to; item++)
            {
                if (!_finished[item])
                {
                    var used = Gather(item, partials, gathered);
                    _finished[item] = sessions.TryFinish(item, gathered.AsSpan(0, used), SignatureOf(item));
                }
            }
        });
        var spoiled = Enumerable.Range(0, items.Count).Where(item => !_finished[item]).ToArray();
        return spoiled.Length == 0 ? [] : FindLiars(spoiled, partials);
    }

    /// <summary>Everything that was signed; only complete after <see cref="Finish"/> named nobody.</summary>
    public ContractSignatures Signatures() => ContractSignatures.FromFinished(items.Shape, _signatures);

    private Span<byte> SignatureOf(int item) => _signatures.AsSpan(item * SessionTable.SignatureSize, SessionTable.SignatureSize);

    private int Gather(int item, ImmutableArray<ReadOnlyMemory<byte>> partials, byte[] gathered)
    {
        var used = 0;
        for (var signer = 0; signer < _signers.Length; signer++)
        {
            if (_signers[signer].PositionOf(item) is var position and >= 0)
            {
                PartialOf(partials[signer], position).Span.CopyTo(gathered.AsSpan(used));
                used += PartialSignature.Size;
            }
        }

        return used;
    }

    private ImmutableArray<Blame> FindLiars(int[] spoiled, ImmutableArray<ReadOnlyMemory<byte>> partials)
    {
        var lies = new ConcurrentBag<(int Signer, int Item)>();
        var counts = new int[_signers.Length];
        (runner ?? RangeRunners.Sequential)(spoiled.Length, (from, to) =>
        {
            for (var i = from; i < to; i++)
            {
                foreach (var signer in LiarsOf(spoiled[i], partials, counts))
                {
                    Interlocked.Increment(ref counts[signer]);
                    lies.Add((signer, spoiled[i]));
                }
            }
        });
        var blames = lies.GroupBy(lie => lie.Signer).OrderBy(group => group.Key).Select(group => new Blame(
            _signers[group.Key].Number, [.. group.Select(lie => lie.Item).Order().Select(items.Shape.KeyAt)]));
        return [.. blames];
    }

    /// <summary>
    /// Looks at known liars first: with their errors taken away the sum is usually right, and nobody else need be looked at.
    /// </summary>
    private List<int> LiarsOf(int item, ImmutableArray<ReadOnlyMemory<byte>> partials, int[] counts)
    {
        var suspects = Enumerable.Range(0, _signers.Length).Where(signer => _signers[signer].PositionOf(item) >= 0)
            .Select(signer => (Signer: signer, Lies: Volatile.Read(ref counts[signer])))
            .OrderByDescending(suspect => suspect.Lies).Select(suspect => suspect.Signer).ToArray();
        var claims = suspects.Select(signer => new PartialClaim(
            _signers[signer].Key, nonces[signer], _signers[signer].PositionOf(item),
            PartialOf(partials[signer], _signers[signer].PositionOf(item)))).ToArray();
        var liars = sessions.FindLiars(item, claims).Select(claim => suspects[claim]).ToList();
        return liars.Count > 0
            ? liars
            : throw new SigningException($"{items.Shape.KeyAt(item)}: the signature is wrong although every part of it is right");
    }

    private static ReadOnlyMemory<byte> PartialOf(ReadOnlyMemory<byte> packed, int position)
        => packed.Slice(position * PartialSignature.Size, PartialSignature.Size);
}
