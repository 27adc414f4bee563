using System.Collections.Immutable;
using Coordinator.Bitcoin;

namespace Coordinator.Simulators.Keymeld;

/// <summary>One message to sign: an item, or one adaptor of an item.</summary>
/// <param name="Item">Position in the batch.</param>
/// <param name="Config">Position among the item's adaptors; −1 for a plain signature.</param>
/// <param name="Keys">Who signs, with the tweaks.</param>
/// <param name="Message">32 bytes.</param>
/// <param name="Adaptor">Null for a plain signature.</param>
internal sealed record SigningEntry(int Item, int Config, KeyAggregate Keys, byte[] Message, PublicKey? Adaptor);

/// <summary>What came out for one entry.</summary>
/// <param name="Entry">Which.</param>
/// <param name="Signature">R without the adaptor point, 33 bytes ‖ s; the last 64 are the BIP-340 signature of a plain entry.</param>
/// <param name="AggregateNonce">66 bytes.</param>
internal sealed record SignedEntry(SigningEntry Entry, byte[] Signature, byte[] AggregateNonce);

/// <summary>Entries that the same members sign, so that everything per message is computed once for all of them.</summary>
internal sealed class SigningGroup : ISigningBatch, IDisposable
{
    private readonly ImmutableArray<SecretKey> _signers;
    private readonly ImmutableArray<SigningEntry> _entries;
    private SecretNonceSet[] _secrets = [];
    private NonceTable[] _nonces = [];
    private byte[][] _partials = [];
    private byte[] _aggregates = [];
    private SessionTable? _sessions;

    internal SigningGroup(ImmutableArray<SecretKey> signers, ImmutableArray<SigningEntry> entries)
        => (_signers, _entries) = (signers, entries);

    public int Count => _entries.Length;

    public KeyAggregate Keys(int index) => _entries[index].Keys;

    public ReadOnlySpan<byte> Message(int index) => _entries[index].Message;

    public PublicKey? Adaptor(int index) => _entries[index].Adaptor;

    internal void DrawNonces(ReadOnlyMemory<byte> binding)
    {
        _secrets = new SecretNonceSet[_signers.Length];
        _nonces = new NonceTable[_signers.Length];
        for (var i = 0; i < _signers.Length; i++)
        {
            _secrets[i] = SecretNonceSet.Draw(_signers[i], this, binding, out _nonces[i]);
        }
    }

    internal void Sign()
    {
        var sum = NonceTable.Sum(Count, _nonces, new int[]?[_signers.Length]);
        _aggregates = sum.ToBytes();
        var sessions = _sessions = SessionTable.Open(this, sum);
        _partials = [.. _signers.Select((signer, i) => _secrets[i].Spend(signer, this, sessions))];
    }

    /// <exception cref="MuSigException">A sum does not verify; names the members whose part is wrong.</exception>
    internal IEnumerable<SignedEntry> Finish()
    {
        for (var i = 0; i < Count; i++)
        {
            var signature = new byte[SessionTable.SignatureSize];
            byte[] parts = [.. _partials.SelectMany(partial => partial.AsSpan(i * 32, 32).ToArray())];
            if (!_sessions!.TryFinish(i, parts, signature))
            {
                throw new MuSigException($"the partial signatures of members {string.Join(", ", Liars(i))} are wrong");
            }

            var nonce = _aggregates.AsSpan(i * NonceTable.WireSize, NonceTable.WireSize).ToArray();
            yield return new SignedEntry(_entries[i], signature, nonce);
        }
    }

    private IReadOnlyList<int> Liars(int entry) => _sessions!.FindLiars(
        entry,
        [.. _signers.Select((signer, i) => new PartialClaim(signer.PublicKey, _nonces[i], entry, _partials[i].AsMemory(entry * 32, 32)))]);

    public void Dispose() => Array.ForEach(_secrets, secret => secret.Dispose());
}

/// <summary>The three rounds of one signing session, all members in this process: nonces, partial signatures, sums. The sums are
/// verified; only where one fails the parts are looked at, as the coordinator's own round does. Lives in memory only: a restart means
/// fresh nonces. One caller at a time.</summary>
internal sealed class SigningRound(ImmutableArray<SigningGroup> groups, ReadOnlyMemory<byte> binding) : IDisposable
{
    internal void DrawNonces()
    {
        foreach (var group in groups)
        {
            group.DrawNonces(binding);
        }
    }

    internal void Sign()
    {
        foreach (var group in groups)
        {
            group.Sign();
        }
    }

    /// <summary>All results, by item and adaptor.</summary>
    /// <exception cref="MuSigException">A sum does not verify.</exception>
    internal ImmutableArray<SignedEntry> Finish()
        => [.. groups.SelectMany(group => group.Finish()).OrderBy(signed => signed.Entry.Item).ThenBy(signed => signed.Entry.Config)];

    /// <summary>Wipes what is left of the secret nonces; safe to call twice.</summary>
    public void Dispose()
    {
        foreach (var group in groups)
        {
            group.Dispose();
        }
    }
}
