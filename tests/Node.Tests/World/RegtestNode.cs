using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Coordinator.Bitcoin;
using Coordinator.Chain;
using Coordinator.Testing;

namespace Coordinator.Node.Tests;

/// <summary>A node whose clock stands unless it is moved and whose blocks pay keys of the test: the same calls make the same transactions.</summary>
internal sealed class RegtestNode : IAsyncDisposable
{
    /// <summary>Unix seconds at which its clock stands at first. In the past, since Knots does not start when it is older than two years.</summary>
    public const long Start = 1_700_000_000;

    private readonly BitcoindProcess _process;
    private readonly HttpClient _http = new(new SocketsHttpHandler()) { Timeout = TimeSpan.FromMinutes(2) };
    private readonly AuthenticationHeaderValue _credentials;

    private RegtestNode(BitcoindProcess process)
    {
        _process = process;
        _credentials = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(File.ReadAllText(process.CookieFile).Trim())));
    }

    /// <summary>Who is paid for blocks that only pass the time.</summary>
    public static Purse Nobody { get; } = new("nobody");

    public BitcoindProcess Process => _process;

    /// <param name="options">Beside those that make it ask for 1 sat/vB, as the model does and as nodes long did.</param>
    public static async Task<RegtestNode> StartAsync(params string[] options) => new(await BitcoindProcess.StartAsync(
        [$"-mocktime={Start}", "-minrelaytxfee=0.00001", "-incrementalrelayfee=0.00001", "-checkmempool=0", .. options]));

    public BitcoindOptions ClientOptions(string wallet) => new()
    {
        Address = _process.Address,
        Network = "regtest",
        CredentialsFile = _process.CookieFile,
        Wallet = wallet,
        FirstRetryPause = TimeSpan.FromMilliseconds(20),
    };

    public Task<JsonElement> CallAsync(string method, string parameters = "[]") => _process.CallAsync(method, parameters);

    /// <summary>Many calls in one request; the node answers each, a refusal too.</summary>
    /// <returns>Result and error of each, in order; one of the two is null.</returns>
    public Task<IReadOnlyList<(JsonElement Result, string? Error)>> BatchAsync(string method, IReadOnlyList<string> parameters)
        => BatchAsync([.. parameters.Select(item => (method, item))]);

    /// <summary>As above, each call with a method of its own; the node works on one after the other.</summary>
    public async Task<IReadOnlyList<(JsonElement Result, string? Error)>> BatchAsync(IReadOnlyList<(string Method, string Parameters)> asked)
    {
        var calls = asked.Select((call, index) => $$"""{"jsonrpc":"1.0","id":{{index}},"method":"{{call.Method}}","params":{{call.Parameters}}}""");
        using var request = new HttpRequestMessage(HttpMethod.Post, _process.Address)
        {
            Content = new StringContent($"[{string.Join(',', calls)}]", Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = _credentials;
        using var response = await _http.SendAsync(request);
        using var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync());
        var answers = document.RootElement.EnumerateArray().OrderBy(answer => answer.GetProperty("id").GetInt32()).Select(answer =>
        {
            var error = answer.GetProperty("error");
            return (answer.GetProperty("result").Clone(), error.ValueKind == JsonValueKind.Null ? null : error.GetProperty("message").GetString());
        }).ToList();
        Assert.Equal(asked.Count, answers.Count);
        return answers;
    }

    /// <summary>What the node says of each, alone and without taking it. Any hexadecimal text.</summary>
    public async Task<IReadOnlyList<NodeVerdict>> TestAsync(IReadOnlyList<string> transactions)
    {
        var answers = await BatchAsync("testmempoolaccept", [.. transactions.Select(hex => $"""[["{hex}"], 0]""")]);
        return [.. answers.Select(answer => VerdictOf(answer.Result, answer.Error))];
    }

    public async Task<NodeVerdict> TestAsync(Transaction transaction) => (await TestAsync([transaction.ToHex()]))[0];

    /// <summary>Hands transactions in, one after the other.</summary>
    public async Task<IReadOnlyList<NodeVerdict>> SubmitAsync(IReadOnlyList<string> transactions)
    {
        var answers = await BatchAsync("sendrawtransaction", [.. transactions.Select(Submission)]);
        return [.. answers.Select(answer => new NodeVerdict(answer.Error))];
    }

    /// <summary>Each tried and then handed in, one after the other, so that what was taken counts for the next.</summary>
    public async Task<IReadOnlyList<(NodeVerdict Tested, NodeVerdict Submitted)>> TryAsync(IReadOnlyList<string> transactions)
    {
        var answers = await BatchAsync(
            [.. transactions.SelectMany(hex => new[] { ("testmempoolaccept", $"""[["{hex}"], 0]"""), ("sendrawtransaction", Submission(hex)) })]);
        return [.. answers.Chunk(2).Select(pair => (VerdictOf(pair[0].Result, pair[0].Error), new NodeVerdict(pair[1].Error)))];
    }

    /// <summary>Without limits of the node's own on fees and on what is burnt.</summary>
    private static string Submission(string hex) => $"""["{hex}", 0, 21000000]""";

    /// <summary>The node would take it now.</summary>
    public async Task TakesAsync(Transaction transaction, string what = "")
    {
        var verdict = await TestAsync(transaction);
        Assert.True(verdict.IsTaken, $"{what} {transaction.Txid}: {verdict}");
    }

    /// <summary>The node refuses it for this reason and with these words.</summary>
    public async Task RefusesAsync(Transaction transaction, BroadcastRefusal name, string words, string what = "")
    {
        var verdict = await TestAsync(transaction);
        Assert.True(verdict.Name == name && verdict.Reason!.Contains(words, StringComparison.Ordinal), $"{what}: {verdict} instead of {name} ({words})");
    }

    /// <summary>Hands in a transaction that the node must take.</summary>
    public async Task SendAsync(Transaction transaction, string what = "")
    {
        var verdict = (await SubmitAsync([transaction.ToHex()]))[0];
        Assert.True(verdict.IsTaken, $"{what} {transaction.Txid}: {verdict}");
    }

    /// <summary>Hands in a transaction and mines the block that has it.</summary>
    /// <returns>The height of that block.</returns>
    public async Task<int> ConfirmAsync(Transaction transaction, string what = "")
    {
        await SendAsync(transaction, what);
        await MineAsync();
        var placed = await CallAsync("getrawtransaction", $"""["{transaction.Txid}", true]""");
        Assert.Equal(1, placed.GetProperty("confirmations").GetInt32());
        return await HeightAsync();
    }

    public async Task<int> HeightAsync() => (await CallAsync("getblockcount")).GetInt32();

    public async Task<long> MedianTimeAsync() => (await CallAsync("getblockchaininfo")).GetProperty("mediantime").GetInt64();

    public Task MineAsync(int count = 1, Purse? miner = null)
        => CallAsync("generatetoaddress", $"""[{count}, "{(miner ?? Nobody).Address}"]""");

    /// <summary>Mines until the tip has this height.</summary>
    public async Task MineToAsync(int height)
    {
        var missing = height - await HeightAsync();
        Assert.True(missing >= 0, $"height {height} is behind");
        if (missing > 0)
        {
            await MineAsync(missing);
        }
    }

    /// <summary>Moves the node's clock; blocks are not older than it.</summary>
    public Task SetTimeAsync(long unixSeconds) => CallAsync("setmocktime", $"[{unixSeconds}]");

    public async Task<Transaction> TransactionAsync(Txid txid)
        => Transaction.Parse((await CallAsync("getrawtransaction", $"""["{txid}"]""")).GetString()!);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _process.DisposeAsync();
    }

    private static NodeVerdict VerdictOf(JsonElement result, string? error)
    {
        if (error is not null)
        {
            return new NodeVerdict(error);
        }

        var first = result[0];
        return first.TryGetProperty("allowed", out var allowed) && allowed.GetBoolean()
            ? NodeVerdict.Taken
            : new NodeVerdict(first.GetProperty("reject-reason").GetString());
    }
}
