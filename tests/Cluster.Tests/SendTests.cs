using Coordinator.Bitcoin;
using Coordinator.Chain;
using Coordinator.Grains;
using Coordinator.Wallet;

namespace Coordinator.Cluster.Tests;

/// <summary>The operator's own payments beside competitions: one coin has one owner, one request is one payment.</summary>
public sealed class SendTests
{
    [Theory]
    [InlineData(500)]
    [InlineData(501)]
    [InlineData(502)]
    public void Two_competitions_at_once_and_sends_between_share_no_coin(ulong seed)
    {
        using var world = new World(seed);
        Coins(world, 12, 300_000);
        using var one = new Game(world);
        using var two = new Game(world);
        one.Create();
        two.Create();
        var sends = new List<string>();
        for (var step = 0; step < 400 && !(IsFunded(one) && IsFunded(two)); step++)
        {
            one.Step();
            two.Step();
            if ((step + (int)seed) % 2 == 0 && sends.Count < 6)
            {
                var request = new SendRequest($"rent {step}", Away(world, step), null, 40_000 + world.Random.Below(60_000), null);
                sends.Add(Sent(world, request));
            }
        }

        Assert.True(IsFunded(one) && IsFunded(two), $"{world}: {one.View.State} and {two.View.State}");
        Assert.NotEmpty(sends);
        var spent = new[] { one, two }.Select(game => OutPoint.Parse(game.View.FundingOutpoint!).Txid).Concat(sends.Select(Parsed))
            .SelectMany(txid => world.Chain.Find(txid)!.Transaction.Inputs.Select(input => input.PreviousOutput)).ToList();
        Assert.True(spent.Count == spent.Distinct().Count(), $"{world}: a coin twice");
        one.Until("completed");
        two.Until("completed");
    }

    [Fact]
    public void Fundings_and_sends_asked_for_in_the_same_moment_share_no_coin()
    {
        using var world = new World(503);
        Coins(world, 10, 200_000);
        var script = world.Wallet.AddressAt(new Derivation(Keychain.External, 3)).ScriptPubKey.ToHex();
        var fundings = Enumerable.Range(0, 3).Select(i => World.Start(() => Wallet(world).FundAsync(
            new FundRequest($"funding/{new Guid(i + 1, 0, 0, new byte[8])}", script, 150_000, 1_000, 1)))).ToList();
        var sends = Enumerable.Range(0, 3).Select(i => World.Start(() => Wallet(world).SendAsync(
            new SendRequest($"rent {i}", Away(world, i), null, 150_000, null)))).ToList();
        var funded = fundings.SelectMany(task => world.Run(() => task).Value!.Coins).ToList();
        var paid = sends.SelectMany(task => world.Chain.Find(Parsed(world.Run(() => task).Value!))!.Transaction.Inputs.Select(input => input.PreviousOutput.ToString())).ToList();
        Assert.Equal(funded.Count + paid.Count, funded.Concat(paid).Distinct().Count());
    }

    [Fact]
    public void The_same_request_is_one_payment_also_long_after_it_is_decided()
    {
        using var world = new World(504);
        var request = new SendRequest("rent", Away(world, 1), null, 50_000, 5_000);
        var txid = Sent(world, request);
        Assert.Equal(txid, Sent(world, request));
        world.Restart();
        Assert.Equal(txid, Sent(world, request));
        world.Mine(8);
        Assert.Equal(0, world.Run(() => Wallet(world).BalanceAsync()).Value!.Reserved);
        Assert.Equal(txid, Sent(world, request));
        Assert.Equal(50_000, PaidTo(world, request.AddressTo));
        var other = world.Run(() => Wallet(world).SendAsync(request with { Amount = 60_000 }));
        Assert.Equal((ProblemKind.Conflict, "request_id_used"), (other.Problem!.Kind, other.Problem.Code));
    }

    [Fact]
    public void A_preview_says_what_a_send_will_cost_and_reserves_nothing()
    {
        using var world = new World(514);
        var request = new SendRequest("rent", Away(world, 1), null, 50_000, null);
        var preview = world.Run(() => Wallet(world).PreviewSendAsync(request)).Value!;
        Assert.Equal(0, world.Run(() => Wallet(world).BalanceAsync()).Value!.Reserved);
        Assert.Empty(world.Run(() => Wallet(world).SendsAsync()));
        var sent = world.Chain.Find(Parsed(Sent(world, request)))!.Transaction;
        Assert.Equal((50_000, preview.Change), (preview.Amount, sent.Outputs[^1].Value.Value));
        Assert.Equal(preview.Coins, sent.Inputs.Length);
        var line = Assert.Single(world.Run(() => Wallet(world).SendsAsync()));
        Assert.Equal(("rent", request.AddressTo, 50_000L, sent.Txid.ToString(), "waiting", preview.Fee), (line.RequestId, line.AddressTo, line.Amount, line.Txid, line.Stage, line.Fee));
        world.Mine(8);
        _ = world.Run(() => Wallet(world).WakeAsync());
        Assert.Equal("decided", Assert.Single(world.Run(() => Wallet(world).SendsAsync())).Stage);
        var everything = world.Run(() => Wallet(world).PreviewSendAsync(new SendRequest("all", Away(world, 2), null, null, null))).Value!;
        Assert.Equal((0L, World.CoinsAtStart - 50_000 - preview.Fee), (everything.Change, everything.Amount + everything.Fee));
        var wrong = world.Run(() => Wallet(world).PreviewSendAsync(request with { AddressTo = "nonsense" }));
        Assert.Equal("address", wrong.Problem!.Code);
        var tooMuch = world.Run(() => Wallet(world).PreviewSendAsync(request with { Amount = 900_000_000 }));
        Assert.Equal(ProblemKind.Conflict, tooMuch.Problem!.Kind);
    }

    [Fact]
    public void An_answer_that_was_lost_is_looked_up()
    {
        using var world = new World(505);
        world.ChainPort.LostAnswers = 1;
        var txid = Sent(world, new SendRequest("rent", Away(world, 1), null, 50_000, null));
        Assert.NotNull(world.Chain.Find(Parsed(txid)));
        Assert.Equal(50_000, PaidTo(world, Away(world, 1)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_process_that_dies_at_any_write_of_a_send_pays_once(bool afterTheWrite)
    {
        int first, last;
        using (var world = new World(506))
        {
            first = world.Gate.Writes + 1;
            _ = Sent(world, new SendRequest("rent", Away(world, 1), null, 50_000, null));
            last = world.Gate.Writes;
        }

        Assert.True(last - first >= 3, $"{last - first + 1} writes");
        for (var write = first; write <= last; write++)
        {
            using var world = new World(506, firstGate: new CrashGate(write, afterTheWrite));
            var request = new SendRequest("rent", Away(world, 1), null, 50_000, null);
            _ = World.Start(() => Wallet(world).SendAsync(request));
            world.Settle();
            Assert.Equal(2, world.Lives);
            world.Pass(TimeSpan.FromMinutes(1));
            if (write % 2 == 0)
            {
                world.Mine(2);
            }

            var txid = Sent(world, request);
            world.Mine(8);
            Assert.Equal(txid, Sent(world, request));
            Assert.True(PaidTo(world, request.AddressTo) == 50_000, $"{world}: {PaidTo(world, request.AddressTo)} sat paid");
            Assert.Equal(0, world.Run(() => Wallet(world).BalanceAsync()).Value!.Reserved);
        }
    }

    [Fact]
    public void A_send_that_every_mempool_forgot_is_sent_again_at_the_next_block()
    {
        using var world = new World(507);
        var txid = Sent(world, new SendRequest("rent", Away(world, 1), null, 50_000, null));
        world.Chain.Evict(Parsed(txid));
        Assert.Null(world.Chain.Find(Parsed(txid)));
        world.Mine(2);
        Assert.NotNull(world.Chain.Find(Parsed(txid))!.Block);
    }

    [Fact]
    public void A_child_pays_for_a_send_that_waits_and_its_coins_come_home()
    {
        using var world = new World(508);
        var txid = Sent(world, new SendRequest("rent", Away(world, 1), null, 50_000, null));
        var bumped = world.Run(() => Wallet(world).BumpSendAsync(new BumpSendRequest("rent", 20 * 250, null)));
        Assert.True(bumped.TryGet(out var child, out var problem), problem?.Detail);
        Assert.Null(child.Limit);
        var again = world.Run(() => Wallet(world).BumpSendAsync(new BumpSendRequest(txid, 40 * 250, null))).Value!;
        Assert.True(again.Fee > child.Fee);
        Assert.Null(world.Chain.Find(Parsed(child.Txid)));
        Assert.Equal(Parsed(txid), world.Chain.Find(Parsed(again.Txid))!.Transaction.Inputs[0].PreviousOutput.Txid);
        world.Mine();
        var late = world.Run(() => Wallet(world).BumpSendAsync(new BumpSendRequest("rent", 60 * 250, null)));
        Assert.Equal("wallet_notspendable", late.Problem?.Code);
        world.Mine(8);
        Assert.Equal(0, world.Run(() => Wallet(world).BalanceAsync()).Value!.Reserved);
        Assert.Equal("payment_not_found", world.Run(() => Wallet(world).BumpSendAsync(new BumpSendRequest("rent", 250, null))).Problem?.Code);
    }

    [Fact]
    public void A_send_whose_coin_somebody_else_spent_for_good_says_so_and_is_never_made_anew()
    {
        using var world = new World(509);
        var request = new SendRequest("rent", Away(world, 1), null, 50_000, null);
        var txid = Parsed(Sent(world, request));
        var coin = world.Chain.Find(txid)!.Transaction.Inputs[0].PreviousOutput;
        var thief = world.Elsewhere(coin, world.Chain.Find(coin.Txid)!.Transaction.Outputs[(int)coin.Vout]);
        world.Chain.Evict(txid);
        world.Chain.Mine(world.Clock.GetUtcNow(), [thief]);
        world.Mine(8);
        var answer = world.Run(() => Wallet(world).SendAsync(request));
        Assert.Equal("send_replaced", answer.Problem?.Code);
        Assert.Contains(thief.Txid.ToString(), answer.Problem!.Detail, StringComparison.Ordinal);
        Assert.Equal(0, PaidTo(world, request.AddressTo));
    }

    [Theory]
    [InlineData("nonsense", null, 50_000L, null, "address")]
    [InlineData("bcrt1pyx65xpjnzc62ay6swkzs8p9wm5rexmrdspsdmstfns38629pg28qpj6k8q", null, 50_000L, null, "address")]
    [InlineData("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", null, 50_000L, null, "wrong_network")]
    [InlineData("tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", null, 50_000L, null, "wrong_network")]
    [InlineData(null, "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", 50_000L, null, "wrong_network")]
    [InlineData(null, "bcrt1pyx65xpjnzc62ay6swkzs8p9wm5rexmrdspsdmstfns38629pg28qpj6k8r", 50_000L, null, "wallet_notspendable")]
    [InlineData(null, null, 3_100_000L, null, "wallet_insufficientfunds")]
    [InlineData(null, null, 2_100_000_000_000_000L, null, "wallet_insufficientfunds")]
    [InlineData(null, null, 0L, null, "amount")]
    [InlineData(null, null, 100L, null, "wallet_dust")]
    [InlineData(null, null, 50_000L, 10L, "wallet_feeabovelimit")]
    [InlineData(null, null, null, 10L, "wallet_feeabovelimit")]
    public void A_send_that_cannot_be_is_refused_by_name_and_no_coin_is_reserved(string? to, string? from, long? amount, long? maxFee, string code)
    {
        using var world = new World(510);
        var mempool = world.Chain.Waiting.Count;
        var answer = world.Run(() => Wallet(world).SendAsync(new SendRequest("rent", to ?? Away(world, 1), from, amount, maxFee)));
        Assert.Equal(code, answer.Problem?.Code);
        Assert.Equal(0, world.Run(() => Wallet(world).BalanceAsync()).Value!.Reserved);
        Assert.Equal(mempool, world.Chain.Waiting.Count);
        Assert.Null(world.Run(() => Wallet(world).SendAsync(new SendRequest("rent", Away(world, 1), null, 50_000, null))).Problem);
    }

    [Fact]
    public void A_rate_above_the_configuration_is_paid_only_by_word()
    {
        using var world = new World(511);
        world.Chain.SetFeeEstimates([new(1, 200)]);
        var request = new SendRequest("rent", Away(world, 1), null, 50_000, null);
        Assert.Equal("wallet_feeabovelimit", world.Run(() => Wallet(world).SendAsync(request)).Problem?.Code);
        Assert.Null(world.Run(() => Wallet(world).SendAsync(request with { MaxFee = 50_000 })).Problem);
    }

    [Fact]
    public void A_sweep_sends_what_is_free_and_leaves_what_is_reserved()
    {
        using var world = new World(512);
        using var game = new Game(world);
        game.Create().Until("contract_created");
        var balance = world.Run(() => Wallet(world).BalanceAsync()).Value!;
        Assert.NotEqual(0, balance.Reserved);
        var txid = Sent(world, new SendRequest("all", Away(world, 1), null, null, null));
        var sweep = world.Chain.Find(Parsed(txid))!.Transaction;
        Assert.Single(sweep.Outputs);
        Assert.InRange(sweep.Outputs[0].Value.Value, balance.Confirmed - balance.Reserved - 5_000, balance.Confirmed - balance.Reserved);
        game.Until("funding_broadcasted");
    }

    [Fact]
    public void A_sync_in_parts_finds_what_there_is()
    {
        using var world = new World(513);
        Coins(world, 30, 10_000);
        WalletSyncView part;
        var parts = 0;
        do
        {
            part = world.Run(() => Wallet(world).SyncAsync(new SyncRequest(parts == 0, 10))).Value!;
        }
        while (++parts < 30 && !part.IsComplete);

        Assert.True(part.IsComplete);
        Assert.True(parts > 4, $"{parts} parts");
        Assert.Equal(33, part.Outputs);
        world.ChainPort.Fault = ChainFault.TimedOut;
        Assert.Equal("chain_unavailable", world.Run(() => Wallet(world).SyncAsync(new SyncRequest(true, 10))).Problem?.Code);
    }

    private static IWalletGrain Wallet(World world) => world.Grains.GetGrain<IWalletGrain>(0);

    private static bool IsFunded(Game game) => game.View.FundingOutpoint is { } outpoint && game.View.State is not ("contract_created" or "signing_complete")
        && game.World.Chain.Find(OutPoint.Parse(outpoint).Txid) is not null;

    private static string Sent(World world, SendRequest request)
    {
        var answer = world.Run(() => Wallet(world).SendAsync(request));
        Assert.True(answer.TryGet(out var txid, out var problem), $"{world}: {problem?.Code} {problem?.Detail}");
        return txid;
    }

    private static Txid Parsed(string txid) => Txid.TryParseDisplay(txid) ?? throw new FormatException(txid);

    /// <summary>An address that the wallet never looks at.</summary>
    private static string Away(World world, int number) => world.Wallet.AddressAt(new Derivation(Keychain.External, (uint)(9_000 + number))).ToString();

    private static long PaidTo(World world, string address)
    {
        var script = Address.Parse(address, Network.Regtest).ScriptPubKey;
        var history = world.Run(() => world.ChainPort.GetScriptHistoryAsync(script, CancellationToken.None));
        return history.TryGet(out var found) ? found.Outputs.Sum(output => output.Output.Value.Value) : throw new InvalidOperationException(history.Describe());
    }

    private static void Coins(World world, int count, long sats)
    {
        for (var coin = 0; coin < count; coin++)
        {
            world.Chain.Faucet(world.Wallet.AddressAt(new Derivation(Keychain.External, (uint)coin)).ScriptPubKey, Satoshis.Of(sats));
        }

        world.Mine(2);
    }
}
