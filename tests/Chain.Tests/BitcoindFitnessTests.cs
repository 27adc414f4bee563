using System.Net.Sockets;
using Coordinator.Bitcoin;
using Coordinator.Testing;

namespace Coordinator.Chain.Tests;

/// <summary>Nothing is believed of a node that is on another network, pruned, syncing or without its index, and nothing is sent to it.</summary>
public sealed class BitcoindFitnessTests : IDisposable
{
    private static readonly Txid Any = Txid.ParseDisplay(new string('1', 64));

    private readonly string _credentials = Path.GetTempFileName();
    private readonly RpcStub _node = new();
    private readonly ManualTimeProvider _clock = new();
    private readonly HttpClient _http;

    public BitcoindFitnessTests()
    {
        File.WriteAllText(_credentials, "user:word");
        _http = new HttpClient(_node) { Timeout = Timeout.InfiniteTimeSpan };
        _node.Answer("getrawtransaction", "null");
    }

    public static TheoryData<string, string> Unfit() => new()
    {
        { "network", "the node is on main, this service on regtest" },
        { "pruned", "the node is pruned: old transactions and rescans cannot be had from it" },
        { "index", "the node has no transaction index: start it with txindex=1" },
        { "indexing", "the node is still indexing transactions: block 3" },
    };

    [Theory]
    [MemberData(nameof(Unfit))]
    public async Task What_is_wrong_with_a_node_is_said_plainly_to_every_question(string wrong, string detail)
    {
        Spoil(wrong);
        using var chain = Chain();
        Assert.Equal(detail, DetailOf(await chain.GetTipAsync(default)));
        Assert.Equal(detail, DetailOf(await chain.GetStatusAsync(Any, default)));
        Assert.Equal(detail, DetailOf(await chain.GetScriptHistoryAsync(Script.PayToAnchor, default)));
        Assert.Equal(detail, DetailOf(await chain.GetFeeEstimatesAsync(default)));
        Assert.DoesNotContain("getrawtransaction", _node.Asked);
    }

    [Fact]
    public async Task Nothing_is_sent_to_a_node_that_is_not_fit()
    {
        Spoil("network");
        using var chain = Chain();
        var payment = new Payer(9).Spend(Coin(), 0, [new Payer(9).Own(1_000)]);
        var answer = Assert.IsType<BroadcastAnswer.Unclear>(await chain.BroadcastAsync(payment, default));
        Assert.Contains("the node is on main", answer.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("sendrawtransaction", _node.Asked);
    }

    [Fact]
    public async Task A_syncing_node_says_how_far_it_is()
    {
        _node.Fit("signet", syncing: true);
        using var chain = Chain("signet");
        Assert.Equal("the node is syncing: block 7 of 90", DetailOf(await chain.GetTipAsync(default)));
        Assert.Equal("the node is syncing: block 7 of 90", DetailOf(await chain.GetStatusAsync(Any, default)));
        _node.Fit("signet");
        Assert.Equal(7, ChainWorld.Known(await chain.GetTipAsync(default)).Height);
    }

    [Fact]
    public async Task A_fit_node_is_looked_at_once_in_a_while_and_again_after_a_fault()
    {
        _node.Fit().Answer("getblockhash", $"\"{new string('b', 64)}\"");
        using var chain = Chain();
        await chain.FindBlockHashAsync(1, default);
        await chain.FindBlockHashAsync(2, default);
        Assert.Equal(["getblockchaininfo", "getindexinfo", "getblockhash", "getblockhash"], _node.Asked);
        foreach (var away in new Exception[] { new HttpRequestException("connection refused"), new SocketException((int)SocketError.NotConnected) })
        {
            _node.Away = away;
            Assert.Equal(ChainFault.ConnectionLost, (await chain.FindBlockHashAsync(3, default)).Fault);
        }

        _node.Away = null;
        Spoil("network");
        Assert.Equal("the node is on main, this service on regtest", DetailOf(await chain.FindBlockHashAsync(3, default)));
    }

    [Fact]
    public async Task A_user_has_its_password_in_a_file_of_its_own_and_it_is_never_printed()
    {
        _node.Fit();
        await File.WriteAllTextAsync(_credentials, "word\n");
        var options = Options("regtest") with { User = "rpc" };
        Assert.Empty(options.Validate());
        using var chain = new BitcoindChain(_http, options, _clock);
        ChainWorld.Known(await chain.GetTipAsync(default));
        Assert.Equal($"Basic {Convert.ToBase64String("rpc:word"u8)}", _node.Authorization);
        Assert.DoesNotContain("word", options.ToString(), StringComparison.Ordinal);
        Assert.Contains("Chain:User", Assert.Single((options with { User = "a:b" }).Validate()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Packages_are_offered_where_the_node_knows_the_call()
    {
        _node.Fit().Answer("help", "\"submitpackage [\\\"rawtx\\\",...]\"");
        using var chain = Chain();
        Assert.True(ChainWorld.Known(await chain.OffersPackagesAsync(default)));
        _node.Answer("help", "\"help: unknown command: submitpackage\"");
        Assert.False(ChainWorld.Known(await chain.OffersPackagesAsync(default)));
    }

    [Fact]
    public async Task Where_a_node_cannot_tell_of_blocks_the_whole_time_passes()
    {
        _node.Fit();
        using var chain = Chain();
        var tip = ChainWorld.Known(await chain.GetTipAsync(default));
        var blocks = new BitcoindBlocks(_http, Options("regtest"), _clock);
        var waiting = blocks.WaitAsync(tip, TimeSpan.FromSeconds(10), default);
        _clock.Advance(TimeSpan.FromSeconds(9));
        Assert.False(waiting.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await waiting;
        using var stop = new CancellationTokenSource();
        var ended = blocks.WaitAsync(tip, TimeSpan.FromSeconds(10), stop.Token);
        await stop.CancelAsync();
        await ended;
    }

    public void Dispose()
    {
        _http.Dispose();
        File.Delete(_credentials);
    }

    private void Spoil(string wrong) => _ = wrong switch
    {
        "network" => _node.Fit("main"),
        "pruned" => _node.Fit(pruned: true),
        "index" => _node.Fit(indices: "{}"),
        _ => _node.Fit(indices: """{"txindex":{"synced":false,"best_block_height":3}}"""),
    };

    private BitcoindChain Chain(string network = "regtest") => new(_http, Options(network), _clock);

    private BitcoindOptions Options(string network)
        => new() { Address = new Uri("http://127.0.0.1:1"), Network = network, CredentialsFile = _credentials, ReadAttempts = 1 };

    private static string DetailOf<T>(ChainAnswer<T> answer) => Assert.IsType<ChainAnswer<T>.Unavailable>(answer).Detail;

    private static Transaction Coin() => new(2, [new TxIn(new OutPoint(Any, 0))], [new TxOut(Satoshis.Of(2_000), new Payer(9).Script)], 0);
}
