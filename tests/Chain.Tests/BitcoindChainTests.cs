using Coordinator.Bitcoin;
using Coordinator.Testing;

namespace Coordinator.Chain.Tests;

/// <summary>One node for all tests of this file.</summary>
public sealed class BitcoindFixture : IAsyncLifetime
{
    private byte _payers;

    public BitcoindProcess Node { get; private set; } = null!;

    internal HttpClient Http { get; } = new(new SocketsHttpHandler()) { Timeout = Timeout.InfiniteTimeSpan };

    internal Payer NextPayer() => new(++_payers);

    internal BitcoindOptions Options(string wallet = "watch") => new()
    {
        Address = Node.Address,
        Network = "regtest",
        CredentialsFile = Node.CookieFile,
        Wallet = wallet,
        FirstRetryPause = TimeSpan.FromMilliseconds(20),
    };

    public async Task InitializeAsync() => Node = await BitcoindProcess.StartAsync();

    public async Task DisposeAsync()
    {
        Http.Dispose();
        await Node.DisposeAsync();
    }
}

/// <summary>The client against a real node.</summary>
public sealed class BitcoindChainTests(BitcoindFixture fixture) : ChainContract, IClassFixture<BitcoindFixture>
{
    private protected override Task<IChainStage> StageAsync() => Task.FromResult<IChainStage>(new NodeStage(fixture));

    [Fact]
    public async Task A_node_of_another_network_and_wrong_credentials_are_said_plainly_and_not_tried_again()
    {
        using var other = new BitcoindChain(fixture.Http, fixture.Options() with { Network = "mainnet" }, TimeProvider.System);
        var answer = Assert.IsType<ChainAnswer<ChainTip>.Unavailable>(await other.GetTipAsync(default));
        Assert.Equal((ChainFault.Refused, "the node is on regtest, this service on mainnet"), (answer.Cause, answer.Detail));

        var wrong = Path.GetTempFileName();
        await File.WriteAllTextAsync(wrong, "user:password");
        using var stranger = new BitcoindChain(fixture.Http, fixture.Options() with { CredentialsFile = wrong }, TimeProvider.System);
        var refused = Assert.IsType<ChainAnswer<ChainTip>.Unavailable>(await stranger.GetTipAsync(default));
        Assert.Equal(ChainFault.Refused, refused.Cause);
        Assert.DoesNotContain("password\"", refused.Detail, StringComparison.Ordinal);
        File.Delete(wrong);

        using var nobody = new BitcoindChain(fixture.Http, fixture.Options() with { CredentialsFile = "/nowhere/cookie" }, TimeProvider.System);
        Assert.Contains("/nowhere/cookie", Assert.IsType<ChainAnswer<ChainTip>.Unavailable>(await nobody.GetTipAsync(default)).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_is_away_is_unavailable_and_a_broadcast_to_it_unclear()
    {
        using var away = new BitcoindChain(fixture.Http, fixture.Options() with { Address = new Uri("http://127.0.0.1:9") }, TimeProvider.System);
        Assert.Equal(ChainFault.ConnectionLost, (await away.GetTipAsync(default)).Fault);
        var stage = new NodeStage(fixture);
        Assert.IsType<BroadcastAnswer.Unclear>(await away.BroadcastAsync(stage.Payer.PayBack(await stage.CoinAsync(), 0, 1_000), default));
    }

    [Fact]
    public async Task A_node_that_started_anew_has_another_cookie_and_is_asked_with_it()
    {
        await using var node = await BitcoindProcess.StartAsync();
        var cookie = Path.GetTempFileName();
        await File.WriteAllTextAsync(cookie, "__cookie__:old");
        using var chain = new BitcoindChain(
            fixture.Http, fixture.Options() with { Address = node.Address, CredentialsFile = cookie }, TimeProvider.System);
        Assert.Equal(ChainFault.Refused, (await chain.GetTipAsync(default)).Fault);
        File.Copy(node.CookieFile, cookie, overwrite: true);
        Assert.Equal(101, ChainWorld.Known(await chain.GetTipAsync(default)).Height);
        File.Delete(cookie);
    }

    [Fact]
    public async Task What_a_wallet_watched_is_found_again_by_another_process_and_by_a_new_wallet()
    {
        var stage = new NodeStage(fixture);
        var coin = await stage.CoinAsync();
        var spent = stage.Payer.PayBack(coin, 0, 1_000);
        await stage.Open().BroadcastAsync(spent, default);
        await stage.MineAsync(3);
        foreach (var wallet in new[] { "watch", "another" })
        {
            using var again = new BitcoindChain(fixture.Http, fixture.Options(wallet), TimeProvider.System);
            var spending = Assert.IsType<OutputSpending.Spent>(ChainWorld.Known(await again.GetSpendingAsync(coin.OutPoint(0), default)));
            Assert.Equal(spent.Txid, spending.By.Txid);
            Assert.True(ChainWorld.Known(await again.GetScriptHistoryAsync(stage.Payer.Script, default)).Outputs.Count >= 3);
        }
    }

    [Theory]
    [InlineData("raw(deadbeef)", "raw(deadbeef)#89f8spxm")]
    [InlineData("pkh(02c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5)", null)]
    [InlineData("raw(5120a60869f0dbcf1dc659c9cecbaf8050135ea9e8cdc487053f1dc6880949dc684c)", null)]
    public async Task A_descriptor_has_the_checksum_that_the_node_gives_it(string descriptor, string? known)
    {
        var described = await fixture.Node.CallAsync("getdescriptorinfo", $"""["{descriptor}"]""");
        Assert.Equal(described.GetProperty("descriptor").GetString(), DescriptorChecksum.Append(descriptor));
        Assert.Equal(known ?? DescriptorChecksum.Append(descriptor), DescriptorChecksum.Append(descriptor));
        Assert.Throws<BitcoinFormatException>(() => DescriptorChecksum.Append("raw(é)"));
    }

    [Fact]
    public async Task The_node_holds_no_key_of_ours()
    {
        var stage = new NodeStage(fixture);
        await stage.Open().GetScriptHistoryAsync(stage.Payer.Script, default);
        var info = await fixture.Node.CallAsync("listwallets");
        Assert.Contains(info.EnumerateArray(), wallet => wallet.GetString() == "watch");
        using var watch = new BitcoindChain(fixture.Http, fixture.Options(), TimeProvider.System);
        Assert.DoesNotContain("Credentials", fixture.Options().ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scripts_that_are_asked_about_at_once_share_a_rescan_and_a_broken_rescan_is_done_again()
    {
        var stage = new NodeStage(fixture);
        var coin = await stage.CoinAsync();
        var scripts = Enumerable.Range(1, 30).Select(number => new Payer((byte)(200 + number)).Script).Append(stage.Payer.Script).ToArray();
        using var chain = new BitcoindChain(fixture.Http, fixture.Options("together"), TimeProvider.System);
        var histories = await Task.WhenAll(scripts.Select(script => chain.GetScriptHistoryAsync(script, default)));
        Assert.Equal([.. Enumerable.Repeat(false, 30), true], histories.Select(history => ChainWorld.Known(history).IsUsed));
        var listed = await WatchedAsync("together");
        Assert.Equal(31, listed.Count);
        Assert.All(listed.Values, timestamp => Assert.Equal(1, timestamp % 2));

        // As a node leaves it that was stopped in the midst of a rescan: told of the script, without its past.
        await fixture.Node.CallAsync("createwallet", """{"wallet_name":"broken","disable_private_keys":true,"blank":true}""");
        var described = (await fixture.Node.CallAsync("getdescriptorinfo", $"""["raw({stage.Payer.Script.ToHex()})"]""")).GetProperty("descriptor").GetString();
        var late = TimeProvider.System.GetUtcNow().AddDays(1).ToUnixTimeSeconds() & ~1L;
        await fixture.Node.CallAsync("importdescriptors", $$"""[[{"desc":"{{described}}","timestamp":{{late}}}]]""", "broken");
        using var again = new BitcoindChain(fixture.Http, fixture.Options("broken"), TimeProvider.System);
        Assert.Contains(
            ChainWorld.Known(await again.GetScriptHistoryAsync(stage.Payer.Script, default)).Outputs, output => output.OutPoint == coin.OutPoint(0));
        Assert.Equal(1, Assert.Single(await WatchedAsync("broken")).Value % 2);
    }

    private async Task<Dictionary<string, long>> WatchedAsync(string wallet)
        => (await fixture.Node.CallAsync("listdescriptors", "[]", wallet)).GetProperty("descriptors").EnumerateArray()
            .ToDictionary(entry => entry.GetProperty("desc").GetString()!, entry => entry.GetProperty("timestamp").GetInt64());

    [Fact]
    public async Task A_wait_for_blocks_ends_with_the_next_block_also_where_that_came_before_the_wait()
    {
        using var http = new HttpClient(new SocketsHttpHandler()) { Timeout = Timeout.InfiniteTimeSpan };
        var blocks = new BitcoindBlocks(http, fixture.Options(), TimeProvider.System);
        var tip = ChainWorld.Known(await new NodeStage(fixture).Open().GetTipAsync(default));
        var begun = TimeProvider.System.GetTimestamp();
        var waiting = blocks.WaitAsync(tip, TimeSpan.FromMinutes(5), default);
        await fixture.Node.MineAsync();
        await waiting;
        await blocks.WaitAsync(tip, TimeSpan.FromMinutes(5), default);
        Assert.InRange(TimeProvider.System.GetElapsedTime(begun), TimeSpan.Zero, TimeSpan.FromMinutes(1));
        var now = ChainWorld.Known(await new NodeStage(fixture).Open().GetTipAsync(default));
        await blocks.WaitAsync(now, TimeSpan.FromMilliseconds(50), default);
    }

    /// <summary>The fixture's node with a payer of its own.</summary>
    private sealed class NodeStage(BitcoindFixture fixture) : IChainStage
    {
        private readonly List<BitcoindChain> _opened = [];

        public Payer Payer { get; } = fixture.NextPayer();

        public IChain Open(FeeRate? fallback = null)
        {
            var options = fixture.Options();
            var chain = new BitcoindChain(fixture.Http, options with { FallbackFeeRate = fallback ?? options.FallbackFeeRate }, TimeProvider.System);
            _opened.Add(chain);
            return chain;
        }

        public async Task<int> HeightAsync() => (await fixture.Node.CallAsync("getblockcount")).GetInt32();

        public async Task<(Transaction Transaction, uint Vout)> FundAsync(Script script, long sats)
        {
            var payment = Transaction.Parse(await fixture.Node.PayAsync(Address.From(script, Network.Regtest)!.ToString(), sats));
            return (payment, (uint)payment.Outputs.Index().First(output => output.Item.ScriptPubKey.Equals(script)).Index);
        }

        public Task MineAsync(int count = 1) => fixture.Node.MineAsync(count);

        public async Task ReorganiseAsync(int depth)
        {
            var height = await HeightAsync();
            var first = (await fixture.Node.CallAsync("getblockhash", $"[{height - depth + 1}]")).GetString();
            await fixture.Node.CallAsync("invalidateblock", $"""["{first}"]""");
            for (var block = 0; block <= depth; block++)
            {
                var address = (await fixture.Node.CallAsync("getnewaddress", wallet: true)).GetString();
                await fixture.Node.CallAsync("generateblock", $"""["{address}", []]""");
            }
        }

        public ValueTask DisposeAsync()
        {
            _opened.ForEach(chain => chain.Dispose());
            return ValueTask.CompletedTask;
        }
    }
}
