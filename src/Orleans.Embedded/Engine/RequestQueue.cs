namespace Orleans.Embedded;

/// <summary>Decides which request of an activation starts when: one at a time, except where the rules let them run beside each other.</summary>
internal sealed class RequestQueue(Activation activation)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<Request> _waiting = new();
    private readonly List<Request> _running = [];
    private readonly List<CallChain> _sections = [];
    private Phase _phase = Phase.Starting;
    private bool _closing;
    private int _eager;
    private int _blocking;
    private long _lastUse = activation.Silo.TimeProvider.GetTimestamp();
    private long _keepUntil = long.MinValue;

    private enum Phase
    {
        Starting,
        Open,
        Ending,
        Gone,
    }

    public int Load
    {
        get
        {
            lock (_gate)
            {
                return _running.Count + _waiting.Count;
            }
        }
    }

    public bool Add(Request request)
    {
        lock (_gate)
        {
            if (_phase == Phase.Gone)
            {
                return false;
            }
            _waiting.AddLast(request);
            _eager += IsEager(request) ? 1 : 0;
            Pump();
            return true;
        }
    }

    public void Finish(Request request)
    {
        lock (_gate)
        {
            _blocking -= _running.Remove(request) && !request.Interleaves ? 1 : 0;
            if (request.KeepsAlive)
            {
                _lastUse = activation.Silo.TimeProvider.GetTimestamp();
            }
            Pump();
        }
    }

    /// <summary>The grain is active: requests may start.</summary>
    public void Open()
    {
        lock (_gate)
        {
            if (_phase == Phase.Starting)
            {
                _phase = Phase.Open;
                _lastUse = activation.Silo.TimeProvider.GetTimestamp();
                Pump();
            }
        }
    }

    /// <summary>No further request starts; the end begins when nothing runs. The first caller's reason counts.</summary>
    public void Close(Action first)
    {
        lock (_gate)
        {
            if (_closing || _phase is Phase.Ending or Phase.Gone)
            {
                return;
            }
            _closing = true;
            first();
            Pump();
        }
    }

    /// <summary>Takes out everything that runs or waits; nothing is accepted any more.</summary>
    public IReadOnlyList<Request> Abandon()
    {
        lock (_gate)
        {
            _phase = Phase.Gone;
            Request[] all = [.. _running, .. _waiting];
            _running.Clear();
            _waiting.Clear();
            return all;
        }
    }

    public void OpenSection(CallChain chain)
    {
        lock (_gate)
        {
            _sections.Add(chain);
            Pump();
        }
    }

    public void CloseSection(CallChain chain)
    {
        lock (_gate)
        {
            _sections.Remove(chain);
        }
    }

    public void Delay(TimeSpan time)
    {
        var clock = activation.Silo.TimeProvider;
        lock (_gate)
        {
            _keepUntil = time <= TimeSpan.Zero
                ? long.MinValue
                : clock.GetTimestamp() + (long)Math.Min(time.TotalSeconds * clock.TimestampFrequency, long.MaxValue / 4d);
        }
    }

    public TimeSpan? IdleTime()
    {
        var clock = activation.Silo.TimeProvider;
        var now = clock.GetTimestamp();
        lock (_gate)
        {
            return _phase != Phase.Open || _closing || _running.Count + _waiting.Count > 0 || now < _keepUntil
                ? null
                : clock.GetElapsedTime(_lastUse, now);
        }
    }

    private void Pump()
    {
        if (_phase != Phase.Open)
        {
            return;
        }
        if (_closing)
        {
            if (_running.Count == 0)
            {
                _phase = Phase.Ending;
                activation.BeginEnd();
            }
            return;
        }
        for (var node = _waiting.First; node is not null && (_blocking == 0 || _eager > 0);)
        {
            var next = node.Next;
            if (MayStart(node.Value))
            {
                _waiting.Remove(node);
                _eager -= IsEager(node.Value) ? 1 : 0;
                _running.Add(node.Value);
                _blocking += node.Value.Interleaves ? 0 : 1;
                node.Value.StartOn(activation);
            }
            node = next;
        }
    }

    private bool IsEager(Request request)
        => request.Interleaves || request.ReadsOnly || request.Chain is not null || activation.Class.HasInterleavingRules;

    /// <summary>What interleaves blocks nobody, so only the others count.</summary>
    private bool MayStart(Request request)
        => _blocking == 0
            || request.Interleaves
            || (request.ReadsOnly && _running.TrueForAll(running => running.ReadsOnly || running.Interleaves))
            || (request.Chain is { } chain && _sections.Contains(chain))
            || activation.Class.MayInterleave(activation.GrainInstance!, request);
}
