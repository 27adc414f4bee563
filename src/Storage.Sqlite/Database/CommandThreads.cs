using System.Threading.Channels;

namespace Coordinator.Storage.Sqlite;

/// <summary>A bounded queue and the threads that empty it. A full queue makes callers wait, never fail.</summary>
/// <remarks>Threads of their own, because SQLite blocks: a starved pool must not delay a commit.</remarks>
internal sealed class CommandThreads<TCommand> : IDisposable
{
    private const int Crowd = 8;
    private readonly Channel<TCommand> _queue;
    private readonly SemaphoreSlim _available = new(0);
    private readonly ManualResetEvent _closed = new(initialState: false);
    private readonly Thread[] _threads;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _batchSize;
    private readonly int _gatherMilliseconds;
    private int _running;

    /// <summary>Starts the threads.</summary>
    /// <param name="bodies">One per thread: handles a batch of at least one and at most <paramref name="batchSize"/> commands; never throws.
    /// After the last batch it is called once with an empty one, to close what it holds.</param>
    /// <param name="gatherMilliseconds">How long a batch may wait for company while many commands come: where the batch before had
    /// <see cref="Crowd"/> or more. Then callers wait for each other anyway, and fewer, larger batches serve all of them sooner.</param>
    public CommandThreads(
        string name, int capacity, int batchSize, IReadOnlyList<Action<IReadOnlyList<TCommand>>> bodies, int gatherMilliseconds = 0)
    {
        _gatherMilliseconds = gatherMilliseconds;
        _queue = Channel.CreateBounded<TCommand>(new BoundedChannelOptions(capacity) { SingleReader = bodies.Count == 1 });
        _batchSize = batchSize;
        _running = bodies.Count;
        _threads = [.. bodies.Select((body, i) => new Thread(() => Run(body)) { IsBackground = true, Name = $"{name} {i}" })];
        foreach (var thread in _threads)
        {
            thread.Start();
        }
    }

    /// <summary>Completes when every thread has ended.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Queues a command, or answers false when the queue is closed.</summary>
    public async ValueTask<bool> EnqueueAsync(TCommand command)
    {
        if (!_queue.Writer.TryWrite(command))
        {
            try
            {
                await _queue.Writer.WriteAsync(command).ConfigureAwait(false);
            }
            catch (ChannelClosedException)
            {
                return false;
            }
        }
        _available.Release();
        return true;
    }

    /// <summary>Takes nothing more. What is queued already is still handled. Safe to repeat.</summary>
    public void Close()
    {
        if (_queue.Writer.TryComplete())
        {
            _closed.Set();
            _available.Release(_threads.Length);
        }
    }

    /// <summary>Closes, and waits until every thread has ended.</summary>
    public void Dispose()
    {
        Close();
        foreach (var thread in _threads)
        {
            thread.Join();
        }
    }

    private void Run(Action<IReadOnlyList<TCommand>> body)
    {
        var batch = new List<TCommand>(_batchSize);
        var before = 0;
        while (true)
        {
            _available.Wait();
            Fill(batch);
            if (batch.Count > 0)
            {
                Gather(batch, before);
                before = batch.Count;
                body(batch);
                batch.Clear();
            }
            else if (_queue.Reader.Completion.IsCompleted)
            {
                break;
            }
        }
        _available.Release(); // the next thread must see the end as well
        body([]);
        if (Interlocked.Decrement(ref _running) == 0)
        {
            _ended.TrySetResult();
        }
    }

    // A wait of the kernel's: one that spins would yield its core again and again to whoever else is busy.
    private void Gather(List<TCommand> batch, int before)
    {
        if (before >= Crowd && batch.Count < before && _gatherMilliseconds > 0)
        {
            _closed.WaitOne(_gatherMilliseconds);
            Fill(batch);
        }
    }

    // Commands that wait together are taken together; their other wake-ups are used up on the way.
    private void Fill(List<TCommand> batch)
    {
        while (batch.Count < _batchSize && _queue.Reader.TryRead(out var command))
        {
            if (batch.Count > 0)
            {
                _available.Wait(0);
            }
            batch.Add(command);
        }
    }
}
