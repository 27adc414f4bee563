using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Coordinator.Cli.Processes;

namespace Coordinator.Cli.Synth;

/// <summary>Answers <c>GET /metrics</c> on one address, one request a connection.</summary>
internal sealed class MetricsListener : IAsyncDisposable
{
    private const int LongestHead = 8 * 1_024;
    private const int MostAtOnce = 8;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly TcpListener _listener;
    private readonly Func<string> _text;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _room = new(MostAtOnce);
    private readonly Task _accepting;

    private MetricsListener(TcpListener listener, Func<string> text, TimeProvider clock)
    {
        (_listener, _text, _clock) = (listener, text, clock);
        _accepting = AcceptAsync();
    }

    public IPEndPoint Address => (IPEndPoint)_listener.LocalEndpoint;

    /// <param name="address"><c>127.0.0.1:PORT</c>; port 0 takes a free one.</param>
    /// <param name="text">The metrics as they are now.</param>
    /// <exception cref="CommandFailedException">It is no address (exit code 2), or taken.</exception>
    public static MetricsListener Start(string address, Func<string> text, TimeProvider clock)
    {
        if (!IPEndPoint.TryParse(address, out var at) || !address.Contains(':', StringComparison.Ordinal))
        {
            throw new CommandFailedException($"--metrics-listen '{address}' is no address and port, such as 127.0.0.1:9980", 2);
        }

        var listener = new TcpListener(at);
        try
        {
            listener.Start();
            return new MetricsListener(listener, text, clock);
        }
        catch (SocketException taken)
        {
            listener.Dispose();
            throw new CommandFailedException($"--metrics-listen '{address}' cannot be listened on: {taken.Message}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await Task.WhenAny(_accepting);
        _stop.Dispose();
        _room.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await _room.WaitAsync(_stop.Token);
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _ = ServeAsync(client);
            }
            catch (Exception over) when (over is OperationCanceledException or ObjectDisposedException or SocketException && _stop.IsCancellationRequested)
            {
                return;
            }
            catch (SocketException)
            {
                _room.Release(); // one that hung up before it was taken
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var late = new CancellationTokenSource(Patience, _clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, late.Token);
        try
        {
            await using var stream = client.GetStream();
            var answer = Answer(await HeadAsync(stream, both.Token));
            await stream.WriteAsync(answer, both.Token);
        }
        catch (Exception broken) when (broken is IOException or SocketException or OperationCanceledException)
        {
            // it hung up, or took too long
        }
        finally
        {
            client.Dispose();
            if (!_stop.IsCancellationRequested)
            {
                _room.Release();
            }
        }
    }

    private static async Task<string> HeadAsync(NetworkStream stream, CancellationToken cancellation)
    {
        var (buffer, read) = (new byte[LongestHead], 0);
        while (read < buffer.Length)
        {
            var count = await stream.ReadAsync(buffer.AsMemory(read), cancellation);
            read += count;
            if (count == 0 || buffer.AsSpan(0, read).IndexOf("\r\n\r\n"u8) >= 0)
            {
                break;
            }
        }

        return Encoding.ASCII.GetString(buffer, 0, read);
    }

    private byte[] Answer(string head)
    {
        var target = head.Split(' ') is ["GET", var path, ..] ? path.Split('?')[0] : null;
        var (status, text) = target switch
        {
            "/metrics" => ("200 OK", Metrics()),
            null => ("405 Method Not Allowed", null),
            _ => ("404 Not Found", null),
        };
        (status, text) = target == "/metrics" && text is null ? ("500 Internal Server Error", null) : (status, text);
        var body = Encoding.UTF8.GetBytes(text ?? string.Empty);
        var lines = string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 {status}\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n");
        return [.. Encoding.ASCII.GetBytes(lines), .. body];
    }

    private string? Metrics()
    {
        try
        {
            return _text();
        }
        catch (CommandFailedException)
        {
            return null;
        }
    }
}
