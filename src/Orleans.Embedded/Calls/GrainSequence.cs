namespace Orleans.Embedded;

/// <summary>The caller's end of an async sequence. Each pull is a request of its own that interleaves with others, so the body of an
/// async iterator does so even on a grain that is not reentrant.</summary>
internal sealed class GrainSequence<T>(Silo silo, GrainId grainId, MethodShape shape, object?[] arguments) : IAsyncEnumerable<T>
{
    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
        => new Cursor(silo, grainId, shape, [.. arguments], cancellationToken);

    private sealed class Cursor(
        Silo silo, GrainId grainId, MethodShape shape, object?[] arguments, CancellationToken token) : IAsyncEnumerator<T>
    {
        private IAsyncEnumerator<T>? _inner;
        private Activation? _home;

        public T Current { get; private set; } = default!;

        public async ValueTask<bool> MoveNextAsync()
        {
            token.ThrowIfCancellationRequested();
            var (more, value) = ((bool, T))(await PullAsync(async activation =>
            {
                _home = activation;
                _inner ??= Open(activation);
                return await _inner.MoveNextAsync() ? (true, _inner.Current) : (false, default(T)!);
            }))!;
            Current = value;
            return more;
        }

        public async ValueTask DisposeAsync()
        {
            if (_inner is { } inner && _home is { HasEnded: false })
            {
                await PullAsync(async _ =>
                {
                    await inner.DisposeAsync();
                    return (false, default(T)!);
                });
            }
        }

        private IAsyncEnumerator<T> Open(Activation activation)
        {
            if (shape.TokenIndex >= 0 && token.CanBeCanceled)
            {
                arguments[shape.TokenIndex] = token;
            }
            return ((IAsyncEnumerable<T>)shape.Invoke(activation.GrainInstance!, arguments)!).GetAsyncEnumerator(token);
        }

        private Task<(bool More, T Value)> PullAsync(Func<Activation, Task<(bool, T)>> pull)
        {
            var promise = new Promise<(bool, T)>(asValueTask: false);
            var step = new Step(silo, promise, shape, grainId, token, async activation => await pull(activation));
            step.Arm();
            if (_home is null)
            {
                silo.Deliver(grainId, step);
            }
            else if (!_home.Receive(step))
            {
                step.Reject(new OrleansException($"The activation of {grainId} that gave this sequence has ended."));
            }
            return promise.Task;
        }
    }

    private sealed class Step(
        Silo silo, Promise promise, MethodShape shape, GrainId grainId, CancellationToken token, Func<Activation, Task<object?>> pull)
        : PromisedRequest(silo, promise, silo.TimeoutOf(shape), token, Activation.Current)
    {
        private readonly RequestContext.Baggage? _baggage = RequestContext.Export();

        public override bool Interleaves => true;

        protected override Task<object?> InvokeAsync(Activation activation)
        {
            RequestContext.Import(_baggage);
            return pull(activation);
        }

        protected override string Describe() => $"{shape} of {grainId}";
    }
}
