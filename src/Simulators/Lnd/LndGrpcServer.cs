using System.Threading.Channels;
using Coordinator.Lightning.Rpc;
using Google.Protobuf;

namespace Coordinator.Simulators.Lnd;

/// <summary>What the simulated node says about itself as a server.</summary>
public enum LndServerState
{
    /// <summary>Serves everything.</summary>
    Active,

    /// <summary>Starting: only the State service answers.</summary>
    Starting,

    /// <summary>Locked: only the State service answers.</summary>
    Locked,
}

/// <summary>LND's gRPC on the model: checks the macaroon, plays the scripted faults, runs the calls. One address serves every node; the
/// macaroon says which one is meant.</summary>
internal sealed partial class LndGrpcServer(LndModel model, LndFaults faults, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private StreamLife _life = new();

    public LndServerState State { get; set; } = LndServerState.Active;

    /// <summary>Ends every open stream: with OK as a node that stops, or by breaking it.</summary>
    public void DisconnectStreams(bool withOk)
    {
        StreamLife old;
        lock (_gate)
        {
            old = _life;
            _life = new StreamLife();
        }

        old.EndsWithOk = withOk;
        old.Ended.Cancel();
    }

    private void Unary<TRequest, TResponse>(
        IEndpointRouteBuilder routes, GrpcMethod<TRequest, TResponse> method, MessageParser<TRequest> parser,
        Func<string, TRequest, TResponse> work)
        where TRequest : IMessage<TRequest>
        where TResponse : IMessage<TResponse> => routes.MapPost(method.Path, http => RunAsync(
            http, method.Path, async (call, node, fault, token) =>
        {
            var request = await call.ReadAsync(parser, token);
            var response = work(node, request);
            await AfterWorkAsync(call, fault, token);
            await call.SendAsync(response, token);
        }));

    private void Streaming<TRequest, TResponse>(
        IEndpointRouteBuilder routes, GrpcMethod<TRequest, TResponse> method, MessageParser<TRequest> parser,
        Func<string, TRequest, LndFeed, Func<TResponse, Task>, CancellationToken, Task> work)
        where TRequest : IMessage<TRequest>
        where TResponse : IMessage<TResponse> => routes.MapPost(method.Path, http => RunAsync(
            http, method.Path, async (call, node, fault, token) =>
        {
            StreamLife life;
            lock (_gate)
            {
                life = _life;
            }

            var request = await call.ReadAsync(parser, token);
            using var feed = new LndFeed(model, node);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(token, life.Ended.Token);
            try
            {
                await work(node, request, feed, message => SendAsync(call, message, fault, both.Token), both.Token);
                await AfterWorkAsync(call, fault, token);
            }
            catch (OperationCanceledException) when (life.Ended.IsCancellationRequested && !token.IsCancellationRequested)
            {
                if (!life.EndsWithOk)
                {
                    throw new BrokenCallException();
                }
            }
            catch (StreamOverException)
            {
                // Ended early by script, with OK.
            }
        }));

    private async Task RunAsync(HttpContext http, string path, Func<LndGrpcCall, string, LndFault?, CancellationToken, Task> work)
    {
        var call = new LndGrpcCall(http);
        using var timer = call.Timeout is { } timeout ? new CancellationTokenSource(timeout, clock) : new CancellationTokenSource();
        using var both = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, timer.Token);
        try
        {
            var node = path.StartsWith("/lnrpc.State/", StringComparison.Ordinal) ? "" : Authenticate(http);
            var fault = faults.Take(path[(path.LastIndexOf('/') + 1)..]);
            await BeforeWorkAsync(fault, both.Token);
            await work(call, node, fault, both.Token);
            await call.EndAsync((int)GrpcStatus.Ok, "");
        }
        catch (LndCallException e)
        {
            await call.EndAsync(e.Code, e.Message);
        }
        catch (OperationCanceledException) when (timer.IsCancellationRequested && !http.RequestAborted.IsCancellationRequested)
        {
            await call.EndAsync((int)GrpcStatus.DeadlineExceeded, "context deadline exceeded");
        }
        catch (OperationCanceledException)
        {
            http.Abort();
        }
        catch (BrokenCallException)
        {
            http.Abort();
        }
    }

    private string Authenticate(HttpContext http)
    {
        switch (State)
        {
            case LndServerState.Starting:
                throw new LndCallException(2, "the RPC server is in the process of starting up, but not yet ready to accept calls");
            case LndServerState.Locked:
                throw new LndCallException(2, "wallet locked, unlock it to enable full RPC access");
        }

        var values = http.Request.Headers["macaroon"];
        if (values.Count != 1 || string.IsNullOrEmpty(values[0]))
        {
            throw new LndCallException(2, $"expected 1 macaroon, got {values.Count}");
        }

        return model.NodeOfMacaroon(values[0]!)
            ?? throw new LndCallException(2, "verification failed: signature mismatch after caveat verification");
    }

    private async Task BeforeWorkAsync(LndFault? fault, CancellationToken cancellation)
    {
        switch (fault?.Kind)
        {
            case LndFaultKind.DelayBefore:
                await Task.Delay(fault.Delay, clock, cancellation);
                break;
            case LndFaultKind.Refuse:
                throw new LndCallException(fault.Status, fault.Text);
            case LndFaultKind.BreakBefore:
                throw new BrokenCallException();
        }
    }

    private async Task AfterWorkAsync(LndGrpcCall call, LndFault? fault, CancellationToken cancellation)
    {
        switch (fault?.Kind)
        {
            case LndFaultKind.DelayAfter:
                await Task.Delay(fault.Delay, clock, cancellation);
                break;
            case LndFaultKind.DropAnswer when call.Sent == 0:
                throw new BrokenCallException();
        }
    }

    private async Task SendAsync(LndGrpcCall call, IMessage message, LndFault? fault, CancellationToken cancellation)
    {
        switch (fault?.Kind)
        {
            case LndFaultKind.DropAnswer:
                throw new BrokenCallException();
            case LndFaultKind.CutStream when call.Sent >= fault.After:
                // A reset overtakes what is still on its way: let the messages before the cut arrive.
                await Task.Delay(TimeSpan.FromMilliseconds(50), clock, cancellation);
                throw new BrokenCallException();
            case LndFaultKind.EndStream when call.Sent >= fault.After:
                throw new StreamOverException();
        }

        if (fault?.Kind == LndFaultKind.DuplicateFirst && call.Sent == 0)
        {
            await call.SendAsync(message, cancellation);
        }

        await call.SendAsync(message, cancellation);
    }

    /// <summary>The streams that are open together.</summary>
    private sealed class StreamLife
    {
        public CancellationTokenSource Ended { get; } = new();

        public bool EndsWithOk { get; set; }
    }

    private sealed class BrokenCallException() : Exception("the connection breaks by script");

    private sealed class StreamOverException() : Exception("the stream ends by script");
}

/// <summary>The changes at one node from now on, in order, for one reader.</summary>
internal sealed class LndFeed : IDisposable
{
    private readonly Channel<LndEvent> _events = Channel.CreateUnbounded<LndEvent>();
    private readonly IDisposable _subscription;

    public LndFeed(LndModel model, string node) => _subscription = model.Subscribe(change =>
    {
        if (string.Equals(change.Node, node, StringComparison.Ordinal))
        {
            _events.Writer.TryWrite(change);
        }
    });

    public IAsyncEnumerable<LndEvent> ReadAllAsync(CancellationToken cancellation) => _events.Reader.ReadAllAsync(cancellation);

    /// <summary>The next change; stays on the caller's scheduler.</summary>
    public ValueTask<LndEvent> NextAsync(CancellationToken cancellation) => _events.Reader.ReadAsync(cancellation);

    public void Dispose() => _subscription.Dispose();
}
