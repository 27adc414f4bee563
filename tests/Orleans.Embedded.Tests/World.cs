using Orleans.Embedded;

namespace Coordinator.Engine.Tests;

/// <summary>One thread, a clock that moves when nothing else can, and a seed that picks the next turn. A post from another thread is a leak
/// and is kept with its stack.</summary>
internal sealed class World(ulong seed) : SynchronizationContext, ITurns
{
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly List<Action> _ready = [];
    private ulong _drawn;

    public WorldClock Clock => field ??= new WorldClock(this);

    public List<string> Leaks { get; } = [];

    public int Turns { get; private set; }

    public void Post(Action turn)
    {
        if (Environment.CurrentManagedThreadId != _thread)
        {
            lock (Leaks)
            {
                Leaks.Add(Environment.StackTrace);
            }
            return;
        }
        _ready.Add(turn);
    }

    public override void Post(SendOrPostCallback d, object? state) => Post(() => d(state));

    public ulong Next()
    {
        unchecked
        {
            _drawn++;
            var mixed = seed + (_drawn * 0x9E3779B97F4A7C15UL);
            mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9UL;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBUL;
            return mixed ^ (mixed >> 31);
        }
    }

    /// <summary>Runs until the task is done; says so when nothing is left to run.</summary>
    public void Run(Func<Task> play)
    {
        var outer = Current;
        SetSynchronizationContext(this);
        try
        {
            var task = play();
            while (!task.IsCompleted)
            {
                Assert.True(Leaks.Count == 0, $"seed {seed}: a turn was posted from another thread\n{Leaks.FirstOrDefault()}");
                Assert.True(++Turns < 1_000_000, $"seed {seed}: too many turns");
                if (_ready.Count > 0)
                {
                    var index = (int)(Next() % (ulong)_ready.Count);
                    var turn = _ready[index];
                    _ready[index] = _ready[^1];
                    _ready.RemoveAt(_ready.Count - 1);
                    turn();
                }
                else
                {
                    Assert.True(Clock.MoveToNext(), $"seed {seed}: deadlock, nothing is ready and no timer is armed");
                }
            }
#pragma warning disable VSTHRD002 // The loop above has run the task to its end.
            task.GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
        }
        finally
        {
            SetSynchronizationContext(outer);
        }
    }
}

/// <summary>The world's clock: a tick is a turn, so that the seed orders it against the rest.</summary>
internal sealed class WorldClock(World world) : TimeProvider
{
    private readonly SortedDictionary<(long Due, long Order), WorldTimer> _armed = [];
    private long _now;
    private long _order;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddTicks(_now);

    public override long GetTimestamp() => _now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new WorldTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    public bool MoveToNext()
    {
        if (_armed.Count == 0)
        {
            return false;
        }
        var (key, timer) = _armed.First();
        _now = Math.Max(_now, key.Due);
        timer.Fire();
        return true;
    }

    private sealed class WorldTimer(WorldClock clock, Action callback) : ITimer
    {
        private (long, long)? _key;
        private TimeSpan _period;
        private int _version;

        public void Fire()
        {
            var version = _version;
            Arm(_period);
            clock.Enqueue(() =>
            {
                if (version == _version)
                {
                    callback();
                }
            });
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _version++;
            _period = period > TimeSpan.Zero ? period : Timeout.InfiniteTimeSpan;
            Arm(dueTime);
            return true;
        }

        public void Dispose()
        {
            _version++;
            Arm(Timeout.InfiniteTimeSpan);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Arm(TimeSpan due)
        {
            if (_key is { } key)
            {
                clock._armed.Remove(key);
            }
            _key = due == Timeout.InfiniteTimeSpan ? null : (clock._now + due.Ticks, clock._order++);
            if (_key is { } armed)
            {
                clock._armed[armed] = this;
            }
        }
    }

    private void Enqueue(Action turn) => world.Post(turn);
}
