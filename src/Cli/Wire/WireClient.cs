using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Coordinator.Cli.Wire;

/// <summary>What a server answered.</summary>
/// <param name="Status">0 where it closed the connection without a word.</param>
internal readonly record struct WireAnswer(int Status, ReadOnlyMemory<byte> Body)
{
    public string Text => Encoding.UTF8.GetString(Body.Span);
}

/// <summary>
/// One HTTP/1.1 connection that is kept alive, and opened anew where the server closed it. Sends the bytes it is given, whatever they are;
/// reads one answer for them. As little work as possible: it shares the machine with the server it measures.
/// </summary>
internal sealed class WireClient(IPEndPoint server) : IDisposable
{
    private static readonly byte[] HeadEnd = "\r\n\r\n"u8.ToArray();
    private static readonly byte[] LineEnd = "\r\n"u8.ToArray();

    private byte[] _buffer = new byte[32 * 1_024];
    private Socket? _socket;
    private int _read;

    /// <summary>A whole request with its length.</summary>
    public static byte[] Request(string method, string target, string host, string? headers = null, byte[]? body = null)
    {
        var head = $"{method} {target} HTTP/1.1\r\nHost: {host}\r\n{headers}"
            + (body is null ? "\r\n" : $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n");
        return [.. Encoding.Latin1.GetBytes(head), .. body ?? []];
    }

    /// <summary>Sends and waits for the answer. The body is valid until the next call.</summary>
    /// <param name="request">Any bytes.</param>
    /// <param name="cancellation">How long to wait.</param>
    /// <param name="isLast">Nothing follows: the server is told so, and the connection is given up after the answer.</param>
    /// <exception cref="OperationCanceledException">No answer in time; the connection is given up.</exception>
    public async Task<WireAnswer> SendAsync(ReadOnlyMemory<byte> request, CancellationToken cancellation, bool isLast = false)
    {
        try
        {
            var answer = await TrySendAsync(request, isLast, cancellation);
            if (isLast)
            {
                Hang();
            }

            return answer;
        }
        catch (SocketException)
        {
            Hang();
            return default;
        }
        catch (OperationCanceledException)
        {
            Hang();
            throw;
        }
    }

    public void Dispose() => Hang();

    private async Task<WireAnswer> TrySendAsync(ReadOnlyMemory<byte> request, bool isLast, CancellationToken cancellation)
    {
        _read = 0;
        if (_socket is null)
        {
            _socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await _socket.ConnectAsync(server, cancellation);
        }

        for (var sent = 0; sent < request.Length;)
        {
            sent += await _socket.SendAsync(request[sent..], SocketFlags.None, cancellation);
        }

        if (isLast)
        {
            _socket.Shutdown(SocketShutdown.Send);
        }

        int head;
        while ((head = _buffer.AsSpan(0, _read).IndexOf(HeadEnd)) < 0)
        {
            if (!await FillAsync(cancellation))
            {
                return default;
            }
        }

        var (status, length, isClosed) = ReadHead(_buffer.AsSpan(0, head));
        var start = head + HeadEnd.Length;
        var end = length >= 0 ? await FixedAsync(start, length, cancellation)
            : length == Chunked ? await ChunksAsync(start, cancellation)
            : await RestAsync(cancellation);
        if (isClosed || end < 0 || length == UntilClosed)
        {
            Hang();
        }

        return new WireAnswer(status, _buffer.AsMemory(start, Math.Max(0, end - start)));
    }

    private const int Chunked = -1;
    private const int UntilClosed = -2;

    private static (int Status, int Length, bool IsLast) ReadHead(ReadOnlySpan<byte> head)
    {
        var status = head.Length > 12 && Utf8Parser.TryParse(head[9..12], out int code, out _) ? code : 0;
        var length = status is 204 or 304 or (>= 100 and < 200) ? 0 : UntilClosed;
        var isLast = false;
        foreach (var range in head.Split(LineEnd))
        {
            var line = head[range];
            if (StartsWith(line, "content-length:"u8) && Utf8Parser.TryParse(line[15..].TrimStart((byte)' '), out int bytes, out _) && length != 0)
            {
                length = bytes;
            }
            else if (StartsWith(line, "transfer-encoding: chunked"u8))
            {
                length = Chunked;
            }
            else if (StartsWith(line, "connection: close"u8))
            {
                isLast = true;
            }
        }

        return (status, length, isLast);
    }

    private static bool StartsWith(ReadOnlySpan<byte> line, ReadOnlySpan<byte> lower)
        => line.Length >= lower.Length && Ascii.EqualsIgnoreCase(line[..lower.Length], lower);

    private async Task<int> FixedAsync(int start, int length, CancellationToken cancellation)
    {
        while (_read < start + length)
        {
            if (!await FillAsync(cancellation))
            {
                return -1;
            }
        }

        return start + length;
    }

    /// <summary>Only as far as its end: what the chunks hold is not put together.</summary>
    private async Task<int> ChunksAsync(int start, CancellationToken cancellation)
    {
        while (true)
        {
            var line = _buffer.AsSpan(start, _read - start).IndexOf(LineEnd);
            if (line >= 0 && Utf8Parser.TryParse(_buffer.AsSpan(start, line), out int size, out _, 'x'))
            {
                start += line + LineEnd.Length + size + LineEnd.Length;
                if (await FixedAsync(start, 0, cancellation) < 0 || size == 0)
                {
                    return _read >= start ? start : -1;
                }
            }
            else if (!await FillAsync(cancellation))
            {
                return -1;
            }
        }
    }

    private async Task<int> RestAsync(CancellationToken cancellation)
    {
        while (await FillAsync(cancellation))
        {
            // until it hangs up
        }

        return _read;
    }

    private async Task<bool> FillAsync(CancellationToken cancellation)
    {
        if (_read == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var count = await _socket!.ReceiveAsync(_buffer.AsMemory(_read), SocketFlags.None, cancellation);
        _read += count;
        if (count == 0)
        {
            Hang();
        }

        return count > 0;
    }

    private void Hang()
    {
        _socket?.Dispose();
        _socket = null;
    }
}
