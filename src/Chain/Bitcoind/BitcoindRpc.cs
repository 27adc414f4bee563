using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Coordinator.Chain;

/// <summary>JSON-RPC calls with a time limit and a size limit. An error of the node is an answer; everything else is a fault.</summary>
internal sealed class BitcoindRpc(HttpClient http, BitcoindOptions options, TimeProvider time)
{
    private static readonly JsonDocumentOptions Depth = new() { MaxDepth = 64 };

    private volatile AuthenticationHeaderValue? _credentials;
    private int _credentialsRead;

    /// <summary>How often the credentials were read: a node that started anew has others, and may be another node.</summary>
    public int CredentialsRead => Volatile.Read(ref _credentialsRead);

    /// <summary>Repeats a read that consists of several calls while it is unavailable for a cause that may pass.</summary>
    public Task<ChainAnswer<T>> RetryAsync<T>(Func<Task<ChainAnswer<T>>> attempt, CancellationToken cancellation)
        => BoundedReads.RetryAsync(() => AttemptAsync(attempt), options.ReadAttempts, options.FirstRetryPause, time, cancellation);

    /// <summary>An answer without the members that it must have is no answer.</summary>
    private static async Task<ChainAnswer<T>> AttemptAsync<T>(Func<Task<ChainAnswer<T>>> attempt)
    {
        try
        {
            return await attempt();
        }
        catch (Exception broken) when (broken is KeyNotFoundException or InvalidOperationException or FormatException or JsonException)
        {
            return new ChainAnswer<T>.Unavailable(ChainFault.BadAnswer, $"an answer of another form: {broken.Message}");
        }
    }

    /// <summary>One call to the node.</summary>
    /// <param name="parameters">A JSON array, or an object of named ones.</param>
    /// <param name="timeout">Another time limit than the usual one.</param>
    public Task<ChainAnswer<RpcReply>> CallAsync(string method, string parameters, CancellationToken cancellation, TimeSpan? timeout = null)
        => CallAsync(options.Address!, method, parameters, timeout ?? options.CallTimeout, cancellation);

    /// <summary>One call to the watch-only wallet.</summary>
    public Task<ChainAnswer<RpcReply>> WalletAsync(string method, string parameters, CancellationToken cancellation, TimeSpan? timeout = null)
        => CallAsync(new Uri(options.Address!, $"wallet/{options.Wallet}"), method, parameters, timeout ?? options.CallTimeout, cancellation);

    /// <summary>A call whose error is a fault: nothing that it may answer to us means anything else.</summary>
    public async Task<ChainAnswer<JsonElement>> ResultAsync(string method, string parameters, CancellationToken cancellation)
        => Result(method, await CallAsync(method, parameters, cancellation));

    internal static ChainAnswer<JsonElement> Result(string method, ChainAnswer<RpcReply> answer)
    {
        if (!answer.TryGet(out var reply))
        {
            return answer.As<JsonElement>();
        }

        return reply.IsOk ? ChainAnswer.Known(reply.Result) : new ChainAnswer<JsonElement>.Unavailable(ChainFault.ServerError, Describe(method, reply));
    }

    internal static string Describe(string method, RpcReply reply)
        => string.Create(CultureInfo.InvariantCulture, $"{method}: error {reply.Code}: {(reply.Message.Length > 300 ? reply.Message[..300] : reply.Message)}")
            .ReplaceLineEndings(" ");

    private async Task<ChainAnswer<RpcReply>> CallAsync(Uri address, string method, string parameters, TimeSpan timeout, CancellationToken cancellation)
    {
        var body = $$"""{"jsonrpc":"1.0","id":"coordinator","method":"{{method}}","params":{{parameters}}}""";
        var fresh = _credentials is null;
        if ((_credentials ??= ReadCredentials()) is not { } credentials)
        {
            return Fault(
                ChainFault.Refused,
                $"the credentials file {options.CredentialsFile} cannot be read, or is not {(options.User.Length > 0 ? "one line with the password" : "user:password")}");
        }

        var answer = await PostAsync(address, method, body, credentials, timeout, cancellation);
        if (!fresh && answer is ChainAnswer<RpcReply>.Unavailable { Detail: var detail } && detail == Unauthorized)
        {
            // The node has started anew and written another cookie.
            _credentials = ReadCredentials();
            answer = _credentials is { } renewed ? await PostAsync(address, method, body, renewed, timeout, cancellation) : answer;
        }

        return answer;
    }

    private const string Unauthorized = "the node refuses the credentials: wrong user or password";

    private async Task<ChainAnswer<RpcReply>> PostAsync(
        Uri address, string method, string body, AuthenticationHeaderValue credentials, TimeSpan timeout, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = credentials;
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            var whole = await BoundedReads.BodyAsync(response, options.MaxResponseBytes, either.Token);
            return whole is null ? Fault(ChainFault.TooLarge, $"{method}: more than {options.MaxResponseBytes} bytes") : Read(method, response.StatusCode, whole);
        }
        catch (OperationCanceledException)
        {
            return cancellation.IsCancellationRequested
                ? Fault(ChainFault.Canceled, $"{method}: the caller gave up")
                : Fault(ChainFault.TimedOut, $"{method}: no answer within {timeout.TotalSeconds} s");
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or SocketException or InvalidOperationException)
        {
            return Fault(ChainFault.ConnectionLost, $"{method}: {broken.Message}");
        }
    }

    private static ChainAnswer<RpcReply> Read(string method, HttpStatusCode status, byte[] body)
    {
        if (status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            return Fault(ChainFault.Refused, status == HttpStatusCode.Unauthorized ? Unauthorized : "the node does not serve this address (rpcallowip)");
        }

        try
        {
            using var document = JsonDocument.Parse(body, Depth);
            var root = document.RootElement;
            var error = root.TryGetProperty("error", out var value) && value.ValueKind == JsonValueKind.Object ? value : (JsonElement?)null;
            if (error is null)
            {
                return root.TryGetProperty("result", out var result)
                    ? ChainAnswer.Known(new RpcReply(result.Clone(), 0, ""))
                    : Fault(ChainFault.BadAnswer, $"{method}: neither result nor error");
            }

            var reply = new RpcReply(default, error.Value.GetProperty("code").GetInt32(), error.Value.GetProperty("message").GetString() ?? "");
            return reply.Code == RpcReply.Warming ? Fault(ChainFault.ServerError, $"the node is starting: {reply.Message}") : ChainAnswer.Known(reply);
        }
        catch (Exception broken) when (broken is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return (int)status >= 500 || status == HttpStatusCode.TooManyRequests
                ? Fault(ChainFault.ServerError, $"{method}: HTTP {(int)status}")
                : Fault(ChainFault.BadAnswer, $"{method}: HTTP {(int)status} and no JSON-RPC answer");
        }
    }

    private AuthenticationHeaderValue? ReadCredentials()
    {
        Interlocked.Increment(ref _credentialsRead);
        try
        {
            var text = File.ReadAllText(options.CredentialsFile).Trim();
            var line = options.User.Length > 0 && text.Length > 0 ? $"{options.User}:{text}" : text;
            return line.Contains(':', StringComparison.Ordinal) && !line.Contains('\n', StringComparison.Ordinal)
                ? new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(line)))
                : null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static ChainAnswer<RpcReply> Fault(ChainFault cause, string detail) => new ChainAnswer<RpcReply>.Unavailable(cause, detail);
}
