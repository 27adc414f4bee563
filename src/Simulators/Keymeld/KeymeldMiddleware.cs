namespace Coordinator.Simulators.Keymeld;

/// <summary>Takes requests off the wire, answers them, and carries out scripted faults. Control routes go past it.</summary>
internal sealed class KeymeldMiddleware(KeymeldModel model, KeymeldFaults faults, KeymeldCounters counters, TimeProvider time)
{
    private readonly KeymeldApi _api = new(model);

    internal async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var path = context.Request.Path.Value ?? "";
        if (path.StartsWith("/control", StringComparison.Ordinal))
        {
            await next(context);
            return;
        }

        var fault = faults.Take(context.Request.Method, path);
        switch (fault?.Kind)
        {
            case KeymeldFaultKind.Status:
                await SendAsync(context, KeymeldReply.Error(fault.StatusCode, "scripted_fault", "scripted fault", time.GetUtcNow()));
                return;
            case KeymeldFaultKind.DropBefore:
                context.Abort();
                return;
            case KeymeldFaultKind.Delay:
                await Task.Delay(TimeSpan.FromMilliseconds(fault.DelayMilliseconds), time, context.RequestAborted);
                break;
            default:
                break;
        }

        await AnswerAsync(context, path, fault);
    }

    private async Task AnswerAsync(HttpContext context, string path, KeymeldFault? fault)
    {
        var request = context.Request;
        var raw = new CountingStream(request.Body);
        KeymeldReply reply;
        var call = new KeymeldCall(
            request.Method, path, name => request.Headers.TryGetValue(name, out var values) ? values.ToString() : null,
            request.ContentType, []);
        try
        {
            var isPacked = request.Headers.ContentEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase);
            var body = await KeymeldBody.ReadAsync(raw, isPacked, context.RequestAborted);
            call = call with { Body = body ?? [] };
            reply = body is null ? KeymeldBody.TooLarge : _api.Handle(call, time.GetUtcNow());
        }
        catch (InvalidDataException)
        {
            reply = KeymeldBody.NotGzip;
        }
        catch (BadHttpRequestException refused)
        {
            reply = KeymeldReply.Text(refused.StatusCode, "Failed to buffer the request body");
        }

        var spoiled = KeymeldBody.Spoil(fault, reply, time.GetUtcNow());
        if (fault?.Kind == KeymeldFaultKind.DropAfter)
        {
            counters.Count(call, reply, raw.Count, 0);
            context.Abort();
            return;
        }

        counters.Count(call, reply, raw.Count, await SendAsync(context, spoiled));
    }

    private static async Task<long> SendAsync(HttpContext context, KeymeldReply reply)
    {
        var isPacked = reply.Body.Length >= KeymeldBody.PackFrom
            && context.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase);
        var body = isPacked ? KeymeldBody.Pack(reply.Body) : reply.Body;
        context.Response.StatusCode = reply.Status;
        context.Response.ContentLength = body.Length;
        if (isPacked)
        {
            context.Response.Headers.ContentEncoding = "gzip";
        }

        if (reply.ContentType.Length > 0)
        {
            context.Response.ContentType = reply.ContentType;
        }

        await context.Response.Body.WriteAsync(body, context.RequestAborted);
        return body.Length;
    }

    /// <summary>Counts what is read.</summary>
    private sealed class CountingStream(Stream inner) : Stream
    {
        internal long Count { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => Count;
            set => throw new NotSupportedException();
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = inner.Read(buffer, offset, count);
            Count += read;
            return read;
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            Count += read;
            return read;
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
