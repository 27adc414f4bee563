using System.Net;
using System.Net.Sockets;
using System.Text;
using Coordinator.Bitcoin;

namespace Coordinator.Chain.Tests;

/// <summary>Answers that no server should give: each is a named fault, never an exception.</summary>
public sealed class HostileAnswersTests
{
    private static readonly string[] Pieces =
    [
        "null", "true", "[]", "{}", "\"\"", "-1", "1e400", "[[]]", "{\"status\":{}}", "{\"status\":{\"confirmed\":\"yes\"}}", "{\"spent\":true}",
        "{\"status\":{\"confirmed\":true,\"block_height\":99999999999,\"block_hash\":\"00\",\"block_time\":1}}",
        "{\"spent\":true,\"txid\":\"zz\",\"vin\":-4,\"status\":{\"confirmed\":false}}",
        "[{\"id\":\"00\",\"height\":1.5,\"timestamp\":-1}]", "[{\"txid\":\"\",\"vin\":{},\"vout\":[],\"status\":null}]", "\ud800", "<html>", "",
        "{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":1}}}}}}}}}}}}}}}}}",
    ];

    [Fact]
    public async Task Every_call_survives_every_answer()
    {
        foreach (var piece in Pieces)
        {
            await AskEverythingAsync(Encoding.UTF8.GetBytes(piece), piece);
        }
    }

    [Fact]
    public async Task Every_call_survives_random_answers()
    {
        const ulong seed = 20260601;
        var random = new SplitMix64(seed);
        for (var i = 0; i < 60; i++)
        {
            await AskEverythingAsync(random.Bytes((int)random.Below(200)), $"seed {seed}, round {i}");
        }
    }

    [Fact]
    public async Task Blocks_that_are_no_chain_are_a_bad_answer()
    {
        static string Block(int height, char id, char previous)
            => $$"""{"id":"{{new string(id, 64)}}","height":{{height}},"timestamp":1000,"previousblockhash":"{{new string(previous, 64)}}"}""";
        await using var server = new OneAnswer(Encoding.UTF8.GetBytes($"[{Block(2, 'a', 'b')},{Block(1, 'c', 'd')}]"));
        Assert.Equal(ChainFault.BadAnswer, (await server.Chain.GetTipAsync(default)).Fault);
    }

    /// <summary>The handler throws what the socket does where the other side hangs up between connecting and the request.</summary>
    [Fact]
    public async Task A_connection_that_is_cut_as_it_is_made_is_lost()
    {
        await using var server = new OneAnswer([]) { Cut = new SocketException((int)SocketError.NotConnected) };
        Assert.Equal(ChainFault.ConnectionLost, (await server.Chain.GetTipAsync(default)).Fault);
    }

    private static async Task AskEverythingAsync(byte[] answer, string message)
    {
        await using var server = new OneAnswer(answer);
        var payer = new Payer(5);
        var some = new Transaction(2, [new TxIn(new OutPoint(default, 1))], [payer.Own(1_000)], 0);
        Assert.True((await server.Chain.GetTipAsync(default)).Fault is not null, message);
        Assert.True((await server.Chain.GetStatusAsync(some.Txid, default)).Fault is not null, message);
        Assert.True((await server.Chain.FindTransactionAsync(some.Txid, default)).Fault is not null, message);
        Assert.True((await server.Chain.FindBlockHashAsync(1, default)).Fault is not null, message);
        Assert.True((await server.Chain.BroadcastAsync(some, default)) is BroadcastAnswer.Unclear, message);
        Assert.True((await server.Chain.BroadcastPackageAsync([some, some], default)) is not BroadcastAnswer.Accepted, message);

        // These may be legitimate answers; they only must not throw.
        _ = await server.Chain.GetSpendingAsync(some.OutPoint(0), default);
        _ = await server.Chain.GetScriptHistoryAsync(payer.Script, default);
        _ = await server.Chain.GetFeeEstimatesAsync(default);
    }

    /// <summary>A server that answers everything alike.</summary>
    private sealed class OneAnswer : HttpMessageHandler, IAsyncDisposable
    {
        private readonly byte[] _answer;
        private readonly HttpClient _http;

        public OneAnswer(byte[] answer)
        {
            _answer = answer;
            _http = new HttpClient(this, disposeHandler: false);
            Chain = new EsploraChain(_http, ChainWorld.Quick with { Address = new Uri("http://127.0.0.1:1"), ReadAttempts = 1 }, TimeProvider.System);
        }

        public EsploraChain Chain { get; }

        public Exception? Cut { get; init; }

        public ValueTask DisposeAsync()
        {
            _http.Dispose();
            return ValueTask.CompletedTask;
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            => Cut is null ? Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(_answer) })
                : Task.FromException<HttpResponseMessage>(Cut);
    }
}
