using System.Collections.Immutable;
using Coordinator.Bitcoin;
using Coordinator.Lightning;

namespace Coordinator.Simulators.Lnd;

/// <summary>Lightning nodes without a network: balances, invoices, HTLCs and payments by LND's rules. Pure: no I/O, time from the clock,
/// heights
/// from the chain. Here so that tests, the wire server and the deterministic simulation see one and the same LND.</summary>
/// <remarks>Thread-safe; every call is one atomic step and leaves the invariants of <see cref="CheckInvariants"/> true. Every node has one
/// channel into a common network; a payment is one part over one path.</remarks>
public sealed partial class LndModel(LndModelOptions options, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, LndNode> _nodes = new(StringComparer.Ordinal);
    private readonly List<Action<LndEvent>> _listeners = [];
    private readonly Dictionary<PaymentHash, PaymentFailure> _scriptedFailures = [];
    private readonly HashSet<PaymentHash> _stuck = [];
    private ulong _htlcCounter;
    private long _routingFees;
    private int _height = options.Height;
    private string _blockHash = new('0', 64);
    private long _blockTime = clock.GetUtcNow().ToUnixTimeSeconds();
    private bool _synced = true;
    private bool _dirty;

    /// <summary>Called at the end of each step that changed something, before its caller sees the answer. May call <see cref="Export"/>,
    /// nothing else.</summary>
    public Action? Changed { get; set; }

    /// <summary>The network of every payment request.</summary>
    public LightningNetwork Network => options.Network;

    /// <summary>The height every node knows.</summary>
    public int Height
    {
        get
        {
            lock (_gate)
            {
                return _height;
            }
        }
    }

    /// <summary>Whether the nodes call themselves synced.</summary>
    public bool SyncedToChain
    {
        get
        {
            lock (_gate)
            {
                return _synced;
            }
        }

        set
        {
            lock (_gate)
            {
                _synced = value;
            }
        }
    }

    /// <summary>Hash and unix time of the newest block.</summary>
    public (string Hash, long Time) Tip
    {
        get
        {
            lock (_gate)
            {
                return (_blockHash, _blockTime);
            }
        }
    }

    /// <summary>All nodes in ordinal order of their names.</summary>
    public ImmutableArray<string> NodeNames
    {
        get
        {
            lock (_gate)
            {
                return [.. _nodes.Keys];
            }
        }
    }

    /// <summary>Tells the nodes of a new tip. Held invoices whose HTLCs come too near their timeout are cancelled, payments past theirs
    /// fail.</summary>
    /// <param name="height">May be lower than before (a reorganisation); what was cancelled stays cancelled.</param>
    /// <param name="blockHash">64 hex digits in display order, or null to keep the last one.</param>
    public void SetHeight(int height, string? blockHash = null) => Step(() =>
    {
        ArgumentOutOfRangeException.ThrowIfNegative(height);
        var changed = height != _height;
        _height = height;
        _blockHash = blockHash ?? _blockHash;
        _blockTime = Now;
        foreach (var node in _nodes.Values)
        {
            CancelHeldPastDeadline(node);
            FailPastTimeLock(node);
        }

        return changed;
    });

    /// <summary>Lets time pass: open invoices past their expiry are cancelled. Every other call does this first by itself.</summary>
    public void Tick() => Step(static () => false);

    /// <summary>Creates a node, or returns the one of this name as it is.</summary>
    /// <param name="name">1 to 64 of a–z, A–Z, 0–9, '-', '_', '.'.</param>
    /// <param name="localMsat">Its own money.</param>
    /// <param name="remoteMsat">Room to receive.</param>
    /// <exception cref="ArgumentException">A name or an amount out of range.</exception>
    public LndNodeView EnsureNode(string name, long localMsat, long remoteMsat) => Step(() =>
    {
        if (!_nodes.TryGetValue(name, out var node))
        {
            if (!IsName(name) || localMsat is < 0 or > Satoshis.MaxValue || remoteMsat is < 0 or > Satoshis.MaxValue)
            {
                throw new ArgumentException("a node has a plain name and amounts of 0 to 21 000 BTC", nameof(name));
            }

            node = LndNode.Create(name, localMsat, remoteMsat, options.Fill);
            _nodes.Add(name, node);
            Touch();
        }

        return node.View();
    });

    /// <summary>The node as its owner sees it, or null.</summary>
    public LndNodeView? FindNode(string name) => Step(() => _nodes.GetValueOrDefault(name)?.View());

    /// <summary>The node that a macaroon opens (hex, either case), or null.</summary>
    public string? NodeOfMacaroon(string macaroonHex)
    {
        lock (_gate)
        {
            return _nodes.Values
                .FirstOrDefault(node => string.Equals(node.MacaroonHex, macaroonHex, StringComparison.OrdinalIgnoreCase))?.Name;
        }
    }

    /// <summary>The macaroon that opens a node, as the file's bytes.</summary>
    /// <exception cref="KeyNotFoundException">No such node.</exception>
    public byte[] MacaroonOf(string name)
    {
        lock (_gate)
        {
            return Convert.FromHexString(_nodes[name].MacaroonHex);
        }
    }

    /// <summary>Calls the listener inside each step, in order, for each change of an invoice's state and of a payment.</summary>
    /// <returns>Dispose to stop.</returns>
    public IDisposable Subscribe(Action<LndEvent> listener)
    {
        lock (_gate)
        {
            _listeners.Add(listener);
        }

        return new Subscription(this, listener);
    }

    /// <summary>No millisatoshi made or lost, held money only behind live HTLCs, final states with what they promise.</summary>
    /// <exception cref="InvalidOperationException">Names the first thing that does not hold: a defect of the model.</exception>
    public void CheckInvariants()
    {
        lock (_gate)
        {
            LndInvariants.Check([.. _nodes.Values], _routingFees);
        }
    }

    private long Now => clock.GetUtcNow().ToUnixTimeSeconds();

    private static bool IsName(string name) =>
        name.Length is >= 1 and <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') && name[0] != '.';

    private LndNode NodeNamed(string name) =>
        _nodes.GetValueOrDefault(name) ?? throw new LndCallException(2, $"no node is named '{name}'");

    /// <summary>One atomic step: time first, then the work.</summary>
    private T Step<T>(Func<T> work)
    {
        lock (_gate)
        {
            try
            {
                foreach (var node in _nodes.Values)
                {
                    CancelOpenPastExpiry(node);
                }

                return work();
            }
            finally
            {
                if (_dirty)
                {
                    _dirty = false;
                    Changed?.Invoke();
                }
            }
        }
    }

    private void Step(Func<bool> work) => Step<bool>(() =>
    {
        var changed = work();
        if (changed)
        {
            Touch();
        }

        return changed;
    });

    private void Touch() => _dirty = true;

    private void Store(LndNode node, SimulatedInvoice invoice)
    {
        node.Invoices[invoice.Hash] = invoice;
        Tell(new LndEvent(node.Name, invoice, Payment: null));
    }

    private void Store(LndNode node, SimulatedPayment payment)
    {
        node.Payments[payment.Hash] = payment;
        Tell(new LndEvent(node.Name, Invoice: null, payment));
    }

    private void Tell(LndEvent change)
    {
        foreach (var listener in _listeners.ToArray())
        {
            listener(change);
        }

        Touch();
    }

    private sealed class Subscription(LndModel model, Action<LndEvent> listener) : IDisposable
    {
        public void Dispose()
        {
            lock (model._gate)
            {
                model._listeners.Remove(listener);
            }
        }
    }
}
