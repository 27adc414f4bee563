using Coordinator.Chain;

namespace Coordinator.Wallet;

/// <summary>How new a view has to be.</summary>
public enum ScanReach
{
    /// <summary>As of the newest block and of what this wallet has signed: enough to choose confirmed coins. Usually no question but for the tip.</summary>
    Block,

    /// <summary>As of now, with what waits in the mempool. Asks for every address that may change.</summary>
    Now,
}

/// <summary>How far a look through the chain is.</summary>
/// <param name="Asked">Scripts looked at since it began.</param>
/// <param name="Used">Of them, those that were ever paid to.</param>
/// <param name="Outputs">Found so far, spent ones too.</param>
/// <param name="Height">The tip when it began.</param>
/// <param name="IsComplete">False where more is to be asked.</param>
public sealed record ScanProgress(int Asked, int Used, int Outputs, int Height, bool IsComplete);

/// <summary>Finds the wallet's outputs: both keychains, index by index, until a gap of unused scripts.</summary>
/// <remarks>What was found is kept, so that later looks cost what has changed and not what ever was: change whose coins are spent a hundred blocks
/// deep is asked for only now and then, a few in each look. A first look that fails goes on where it stopped. For any number of callers.</remarks>
internal sealed class WalletScanner(IChain chain, WalletAddresses addresses, WalletOptions options)
{
    /// <summary>No wallet of ours uses more; a source that says so is wrong.</summary>
    private const uint MostIndices = 1_000_000;

    /// <summary>Confirmations of a spend after which its address is not expected to change.</summary>
    private const int DoneDepth = 100;

    private readonly Lock _gate = new();
    private readonly Dictionary<Derivation, (int Pass, ScriptHistory History)> _asked = [];
    private readonly uint[] _expected = new uint[2];
    private Pass? _first;
    private Pass? _everything;
    private Pass? _last;
    private int _passes;
    private WalletView? _view;
    private int _viewChanges;
    private int _changes;
    private int _turn;

    /// <summary>Of the look that goes on, or of the last one; null before the first.</summary>
    public ScanProgress? Progress
    {
        get
        {
            lock (_gate)
            {
                return (_everything ?? _first) is { } open ? ProgressOf(open, false) : _last is { } last ? ProgressOf(last, true) : null;
            }
        }
    }

    /// <summary>The wallet signed something: what is kept is no longer as of now.</summary>
    public void NoteChange()
    {
        lock (_gate)
        {
            _changes = unchecked(_changes + 1);
        }
    }

    public async Task<ChainAnswer<WalletView>> ScanAsync(ScanReach reach, CancellationToken cancellation)
    {
        var tip = await chain.GetTipAsync(cancellation);
        if (!tip.TryGet(out var known))
        {
            return Fault<ChainTip, WalletView>(tip);
        }

        if (reach == ScanReach.Block && Kept(known) is { } kept)
        {
            return ChainAnswer.Known(kept);
        }

        var walked = await WalkAsync(Begin(known, everything: false), int.MaxValue, cancellation);
        return walked.Map(view => view!);
    }

    /// <summary>A part of a look at every address, also at those that are not expected to change.</summary>
    /// <param name="anew">Begins again; else an unfinished one goes on.</param>
    /// <param name="most">Scripts to ask for in this part, 1 or more.</param>
    /// <param name="cancellation">Ends the part; the next one goes on.</param>
    public async Task<ChainAnswer<ScanProgress>> StepAsync(bool anew, int most, CancellationToken cancellation)
    {
        var tip = await chain.GetTipAsync(cancellation);
        if (!tip.TryGet(out var known))
        {
            return Fault<ChainTip, ScanProgress>(tip);
        }

        var pass = Begin(known, everything: true, anew);
        var walked = await WalkAsync(pass, most, cancellation);
        return walked.Map(view => ProgressOf(pass, view is not null));
    }

    private ScanProgress ProgressOf(Pass pass, bool isComplete)
    {
        lock (_gate)
        {
            var seen = _asked.Values.Where(known => known.Pass >= pass.Number).Select(known => known.History).ToList();
            return new ScanProgress(seen.Count, seen.Count(history => history.IsUsed), seen.Sum(history => history.Outputs.Count), pass.Tip.Height, isComplete);
        }
    }

    /// <summary>Null where the part ended before the look did.</summary>
    private async Task<ChainAnswer<WalletView?>> WalkAsync(Pass pass, int most, CancellationToken cancellation)
    {
        var found = new List<WalletOutput>();
        var next = new uint[2];
        var left = most;
        foreach (var keychain in new[] { Keychain.External, Keychain.Internal })
        {
            var walked = await WalkAsync(pass, keychain, found, left, cancellation);
            if (!walked.TryGet(out var reached))
            {
                return Fault<(uint, int), WalletView?>(walked);
            }

            (next[(int)keychain], left) = reached;
            if (left <= 0)
            {
                return ChainAnswer.Known<WalletView?>(null);
            }
        }

        return ChainAnswer.Known<WalletView?>(Finish(pass, new WalletView(pass.Tip, found, next[0], next[1])));
    }

    /// <summary>The first unused index, and how many scripts may still be asked for: 0 where the part is over.</summary>
    private async Task<ChainAnswer<(uint Next, int Left)>> WalkAsync(
        Pass pass, Keychain keychain, List<WalletOutput> found, int left, CancellationToken cancellation)
    {
        var unused = 0u;
        for (var index = 0u; index < MostIndices; index += (uint)options.ScanParallelism)
        {
            var batch = Enumerable.Range(0, options.ScanParallelism).Select(i => new Derivation(keychain, index + (uint)i)).ToArray();
            var missing = batch.Where(place => !IsKnown(pass, place)).ToArray();
            if (left <= 0)
            {
                return ChainAnswer.Known((unused, 0));
            }

            left = missing.Length == 0 ? left : Math.Max(0, left - missing.Length);
            await ExpectAsync(batch[^1], cancellation);
            var answers = await Task.WhenAll(missing.Select(place => chain.GetScriptHistoryAsync(addresses.Output(place).ScriptPubKey, cancellation)));
            if (Array.Find(answers, answer => answer.Fault is not null) is { } fault)
            {
                Keep(pass, missing, answers);
                return Fault<ScriptHistory, (uint, int)>(fault);
            }

            Keep(pass, missing, answers);
            foreach (var (place, history) in Read(batch).Where(pair => pair.History.IsUsed))
            {
                unused = place.Index + 1;
                found.AddRange(history.Outputs.OrderBy(output => output.OutPoint).Select(output => new WalletOutput(
                    output.OutPoint, output.Output, place, output.IsCoinbase, output.Status, output.SpentBy)));
            }

            if (batch[^1].Index + 1 - unused >= options.StopGap)
            {
                return ChainAnswer.Known((unused, Math.Max(1, left)));
            }
        }

        return new ChainAnswer<(uint, int)>.Unavailable(ChainFault.BadAnswer, $"more than {MostIndices} used addresses");
    }

    /// <summary>Tells the source of this script and of those behind it, in steps of many.</summary>
    private async Task ExpectAsync(Derivation place, CancellationToken cancellation)
    {
        uint first, next;
        lock (_gate)
        {
            (first, next) = (_expected[(int)place.Keychain], place.Index + (uint)options.WatchAhead);
            if (place.Index < first)
            {
                return;
            }

            _expected[(int)place.Keychain] = next;
        }

        await chain.ExpectAsync(
            Enumerable.Range((int)first, (int)(next - first)).Select(index => addresses.Output(place with { Index = (uint)index }).ScriptPubKey), cancellation);
    }

    private WalletView? Kept(ChainTip tip)
    {
        lock (_gate)
        {
            return _view?.Tip.Hash == tip.Hash && _viewChanges == _changes ? _view : null;
        }
    }

    /// <summary>A look at everything, and the first one, go on where they stopped; others begin again.</summary>
    private Pass Begin(ChainTip tip, bool everything, bool anew = false)
    {
        lock (_gate)
        {
            _passes++;
            if (everything)
            {
                return _everything = anew || _everything is null ? new Pass(_passes, tip, everything, [], _changes) : _everything;
            }

            if (_view is null)
            {
                return _first ??= new Pass(_passes, tip, everything, [], _changes);
            }

            var due = _asked.Keys.Where(place => place.Keychain == Keychain.Internal).OrderBy(place => place.Index).ToList();
            var again = Enumerable.Range(0, Math.Min(options.ScanParallelism, due.Count)).Select(i => due[(_turn + i) % due.Count]).ToHashSet();
            _turn = due.Count == 0 ? 0 : (_turn + options.ScanParallelism) % due.Count;
            return new Pass(_passes, tip, everything, again, _changes);
        }
    }

    private WalletView Finish(Pass pass, WalletView view)
    {
        lock (_gate)
        {
            if (_last is null || _last.Number <= pass.Number)
            {
                (_view, _viewChanges, _last) = (view, pass.Changes, pass);
            }

            _everything = ReferenceEquals(pass, _everything) ? null : _everything;
            _first = null;
            return view;
        }
    }

    /// <summary>Whether this look needs not ask: it has asked, or nothing is expected to change there.</summary>
    private bool IsKnown(Pass pass, Derivation place)
    {
        lock (_gate)
        {
            return _asked.TryGetValue(place, out var known)
                && (known.Pass >= pass.Number || (!pass.Everything && !pass.Again.Contains(place) && place.Keychain == Keychain.Internal && IsDone(known.History, pass.Tip.Height)));
        }
    }

    private static bool IsDone(ScriptHistory history, int tip)
        => history.IsUsed && history.Outputs.All(output => output.IsSpent && output.SpenderStatus?.ConfirmationsAt(tip) >= DoneDepth);

    private void Keep(Pass pass, Derivation[] places, ChainAnswer<ScriptHistory>[] answers)
    {
        lock (_gate)
        {
            for (var i = 0; i < places.Length; i++)
            {
                // Looks overlap: what a later one was told is not taken back by the answer that an earlier one waited for.
                if (answers[i].TryGet(out var history) && !(_asked.TryGetValue(places[i], out var known) && known.Pass > pass.Number))
                {
                    _asked[places[i]] = (pass.Number, history);
                }
            }
        }
    }

    private List<(Derivation Place, ScriptHistory History)> Read(Derivation[] batch)
    {
        lock (_gate)
        {
            return [.. batch.Select(place => (place, _asked[place].History))];
        }
    }

    private static ChainAnswer<TOther> Fault<T, TOther>(ChainAnswer<T> answer)
        => answer.Map<TOther>(_ => throw new InvalidOperationException("a fault has no value"));

    /// <summary>One look through the chain.</summary>
    /// <param name="Number">Rising.</param>
    /// <param name="Tip">When it began.</param>
    /// <param name="Everything">Asks for every address.</param>
    /// <param name="Again">Asks for these though they are not expected to change.</param>
    /// <param name="Changes">What the wallet had signed when it began.</param>
    private sealed record Pass(int Number, ChainTip Tip, bool Everything, HashSet<Derivation> Again, int Changes);
}
