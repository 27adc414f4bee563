using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Coordinator.Testing;

/// <summary>A collector that takes OTLP as protobuf over HTTP, on loopback, and keeps what it got.</summary>
public sealed class OtlpCollector : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentQueue<OtlpRequest> _requests = [];

    public OtlpCollector()
    {
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _ = AcceptAsync();
    }

    public Uri Address { get; }

    /// <summary>Takes requests and never answers.</summary>
    public bool Hangs { get; set; }

    public IReadOnlyCollection<OtlpRequest> Requests => _requests;

    public IReadOnlyList<OtlpSpan> Spans => [.. _requests.Where(request => request.Path == "/v1/traces").SelectMany(request => OtlpSpan.Read(request.Body))];

    /// <summary>Everything that came, bodies and headers, as one text of single bytes: for whoever looks for something that must not be there.</summary>
    public string Everything => string.Join('\n', _requests.Select(request => $"{request.Path}\n{request.Headers}\n{Encoding.Latin1.GetString(request.Body)}"));

    public void Dispose()
    {
        _end.Cancel();
        _listener.Stop();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token));
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                while (await ReadAsync(stream) is { } request)
                {
                    _requests.Enqueue(request);
                    if (Hangs)
                    {
                        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _end.Token);
                    }

                    await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), _end.Token);
                }
            }
            catch (Exception gone) when (gone is IOException or OperationCanceledException or ObjectDisposedException)
            {
                // The exporter has closed the connection, or the test is over.
            }
        }
    }

    private async Task<OtlpRequest?> ReadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, _end.Token) == 0)
            {
                return null;
            }

            head.Append((char)one[0]);
        }

        var lines = head.ToString().Split("\r\n");
        var length = lines.Where(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)).Select(line => int.Parse(line.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture)).Single();
        var body = new byte[length];
        await stream.ReadExactlyAsync(body, _end.Token);
        return new OtlpRequest(lines[0].Split(' ')[1], string.Join('\n', lines.Skip(1)), body);
    }
}

/// <summary>One sending.</summary>
public sealed record OtlpRequest(string Path, string Headers, byte[] Body);
