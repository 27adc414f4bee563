using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Coordinator.Bitcoin;

namespace Coordinator.Chain.Tests;

/// <summary>Control routes, and the chain on disk.</summary>
public sealed class SimulatorTests
{
    [Fact]
    public async Task The_world_is_driven_over_the_control_routes()
    {
        await using var world = await ChainWorld.StartAsync();
        var faucet = await PostAsync(world, "faucet", new JsonObject { ["address"] = world.Payer.Address, ["amount_sat"] = 12_345 });
        var mined = await PostAsync(world, "mine", new JsonObject { ["count"] = 3, ["step_seconds"] = 60 });
        Assert.Equal(113, mined["height"]!.GetValue<int>());
        Assert.Equal(ChainWorld.Start.ToUnixTimeSeconds() + 180, mined["time"]!.GetValue<long>());
        var history = ChainWorld.Known(await world.Chain.GetScriptHistoryAsync(world.Payer.Script, default));
        Assert.Equal($"{faucet["txid"]}:0", Assert.Single(history.Outputs).OutPoint.ToString());
        var reorganised = await PostAsync(world, "reorganise", new JsonObject { ["depth"] = 3, ["confirm_again"] = true });
        Assert.Equal(114, reorganised["height"]!.GetValue<int>());
        Assert.Equal(0, reorganised["waiting"]!.GetValue<int>());
        await PostAsync(world, "fee-estimates", new JsonObject { ["1"] = 4.5 });
        Assert.Equal(1_125, ChainWorld.Known(await world.Chain.GetFeeEstimatesAsync(default)).For(1).SatPerKwu);
        await PostAsync(world, "faults", new JsonObject { ["kind"] = "Status", ["path"] = "/tx", ["times"] = 50 });
        Assert.Equal(ChainFault.ServerError, (await world.Chain.GetStatusAsync(default, default)).Fault);
        await world.Http.DeleteAsync(new Uri(world.Simulator.ControlAddress, "faults"));
        Assert.Null((await world.Chain.GetStatusAsync(default, default)).Fault);
    }

    [Fact]
    public async Task Orders_against_the_rules_are_refused_with_a_reason()
    {
        await using var world = await ChainWorld.StartAsync();
        foreach (var (route, body) in new[]
        {
            ("faucet", new JsonObject { ["address"] = "bc1qxxx", ["amount_sat"] = 12_345 }),
            ("faucet", new JsonObject { ["address"] = world.Payer.Address, ["amount_sat"] = 1 }),
            ("faucet", new JsonObject { ["address"] = world.Payer.Address, ["amount_sat"] = -1 }),
            ("mine", new JsonObject { ["count"] = 0 }),
            ("mine", new JsonObject { ["transactions"] = new JsonArray("00") }),
            ("reorganise", new JsonObject { ["depth"] = 1 }),
            ("hide", new JsonObject { ["txid"] = "zz" }),
        })
        {
            var answer = await world.Http.PostAsJsonAsync(new Uri(world.Simulator.ControlAddress, route), body);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
            Assert.NotEmpty(JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["error"]!.GetValue<string>());
        }

        Assert.Equal(110, world.Model.Height);
    }

    [Fact]
    public async Task Goes_on_where_it_was_from_its_folder()
    {
        var folder = Directory.CreateTempSubdirectory("coordinator-chain-").FullName;
        try
        {
            Transaction waiting;
            BlockHash tip;
            await using (var world = await ChainWorld.StartAsync(folder: folder))
            {
                waiting = world.Payer.PayBack(world.Coin(), 0, 1_000);
                Assert.True((await world.Chain.BroadcastAsync(waiting, default)).IsOut);
                world.Model.Hold(waiting.Txid);
                tip = world.Model.Tip.Hash;
            }

            await using var again = await ChainWorld.StartAsync(folder: folder);
            Assert.Equal(tip, again.Model.Tip.Hash);
            Assert.IsType<TransactionStatus.InMempool>(ChainWorld.Known(await again.Chain.GetStatusAsync(waiting.Txid, default)));
            Assert.Single(again.Model.Mine().Transactions);
            again.Model.Release(waiting.Txid);
            Assert.Equal(2, again.Model.Mine().Transactions.Length);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Refuses_a_folder_that_holds_something_else()
    {
        var folder = Directory.CreateTempSubdirectory("coordinator-chain-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "chain.json"), "{}");
        await Assert.ThrowsAsync<InvalidDataException>(() => ChainWorld.StartAsync(folder: folder));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Answers_as_esplora_does()
    {
        await using var world = await ChainWorld.StartAsync();
        var coin = world.Coin();
        async Task<string> Get(string route) => await world.Http.GetStringAsync(new Uri(world.Options.ApiAddress, route));
        Assert.Equal("111", await Get("blocks/tip/height"));
        Assert.Equal(world.Model.Tip.Hash.ToString(), await Get("blocks/tip/hash"));
        Assert.Equal(coin.ToHex(), await Get($"tx/{coin.Txid}/hex"));
        var utxo = JsonNode.Parse(await Get($"address/{world.Payer.Address}/utxo"))!.AsArray();
        Assert.Equal(100_000, Assert.Single(utxo)!["value"]!.GetValue<long>());
        var shown = JsonNode.Parse(await Get($"tx/{coin.Txid}"))!;
        Assert.Equal(500, shown["fee"]!.GetValue<long>());
        Assert.Equal(world.Payer.Address, shown["vout"]![0]!["scriptpubkey_address"]!.GetValue<string>());
        Assert.NotNull(shown["vin"]![0]!["prevout"]!["value"]);
        var bad = await world.Http.PostAsync(new Uri(world.Options.ApiAddress, "tx"), new StringContent("zz"));
        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await world.Http.GetAsync(new Uri(world.Options.ApiAddress, $"tx/{new string('0', 64)}"))).StatusCode);
    }

    private static async Task<JsonNode> PostAsync(ChainWorld world, string route, JsonObject body)
    {
        var answer = await world.Http.PostAsJsonAsync(new Uri(world.Simulator.ControlAddress, route), body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }
}
