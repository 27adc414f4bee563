using System.Net;
using System.Text;
using System.Text.Json;

namespace Coordinator.Chain.Tests;

/// <summary>A node that answers what a test says, and counts what it was asked.</summary>
internal sealed class RpcStub : HttpMessageHandler
{
    private readonly Dictionary<string, string> _answers = new(StringComparer.Ordinal);

    /// <summary>Methods in the order in which they were asked.</summary>
    public List<string> Asked { get; } = [];

    /// <summary>The last Authorization header.</summary>
    public string? Authorization { get; private set; }

    /// <summary>What happens to every call while it is away.</summary>
    public Exception? Away { get; set; }

    /// <param name="result">JSON; null is an unknown method.</param>
    public RpcStub Answer(string method, string result)
    {
        _answers[method] = result;
        return this;
    }

    public RpcStub Fit(string chain = "regtest", bool pruned = false, bool syncing = false, string indices = """{"txindex":{"synced":true,"best_block_height":7}}""")
        => Answer(
            "getblockchaininfo",
            $$"""
            {"chain":"{{chain}}","pruned":{{(pruned ? "true" : "false")}},"initialblockdownload":{{(syncing ? "true" : "false")}},"blocks":7,"headers":90,
             "bestblockhash":"{{new string('a', 64)}}","time":1700000000,"mediantime":1699990000}
            """).Answer("getindexinfo", indices);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var question = JsonDocument.Parse(await request.Content!.ReadAsStringAsync(cancellationToken));
        var method = question.RootElement.GetProperty("method").GetString()!;
        Asked.Add(method);
        Authorization = request.Headers.Authorization?.ToString();
        if (Away is { } away)
        {
            throw away;
        }

        var body = _answers.TryGetValue(method, out var result) ? $$"""{"result":{{result}},"error":null}"""
            : """{"result":null,"error":{"code":-32601,"message":"Method not found"}}""";
        return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
    }
}
