using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Coordinator.Bitcoin;

namespace Coordinator.Players.Wire;

/// <summary>A Bitcoin node's RPC, without any wallet: who spent an output is read from the blocks since the one that made it.</summary>
/// <param name="cookie">A file with one line, user:password; read for every call, since the node writes a new one at every start.</param>
internal sealed class NodeReader(PatientHttp http, Uri node, string cookie) : ChainReader
{
    private const int NotFound = -5;
    private const int Starting = -28;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    public override async Task<int> TipAsync(CancellationToken cancellation) => (await InfoAsync(cancellation)).GetProperty("blocks").GetInt32();

    public override async Task<long> MedianTimeAsync(CancellationToken cancellation) => (await InfoAsync(cancellation)).GetProperty("mediantime").GetInt64();

    public override async Task<(Txid By, int? Height)?> SpenderAsync(OutPoint output, CancellationToken cancellation)
    {
        var unspent = await ResultAsync("gettxout", [output.Txid.ToString(), output.Vout, true], cancellation);
        if (unspent.ValueKind == JsonValueKind.Object)
        {
            return null;
        }

        var question = new JsonObject { ["txid"] = output.Txid.ToString(), ["vout"] = output.Vout };
        var waiting = await ResultAsync("gettxspendingprevout", [new JsonArray(question)], cancellation);
        return waiting[0].TryGetProperty("spendingtxid", out var id)
            ? (Txid.ParseDisplay(id.GetString()!), null)
            : await InBlocksAsync(output, cancellation);
    }

    public override async Task<Transaction> FindAsync(Txid txid, CancellationToken cancellation)
        => Transaction.Parse((await ResultAsync("getrawtransaction", [txid.ToString()], cancellation)).GetString()!);

    public override async Task<FeeRate> FeeRateAsync(CancellationToken cancellation)
    {
        var estimate = await ResultAsync("estimatesmartfee", [2], cancellation);
        var rate = estimate.TryGetProperty("feerate", out var bitcoinPerKvb) ? bitcoinPerKvb.GetDouble() * 100_000 : 1;
        return FeeRate.FromSatPerVbyteCeiling(Math.Clamp(rate, 1, 500));
    }

    public override async Task<string?> SendAsync(Transaction transaction, CancellationToken cancellation)
        => (await CallAsync("sendrawtransaction", [transaction.ToHex()], cancellation)).Error?.GetProperty("message").GetString();

    /// <summary>From the tip down to the block that made the output.</summary>
    private async Task<(Txid By, int? Height)?> InBlocksAsync(OutPoint output, CancellationToken cancellation)
    {
        var (maker, unknown) = await CallAsync("getrawtransaction", [output.Txid.ToString(), 1], cancellation);
        if (unknown is not null || !maker.TryGetProperty("blockhash", out var first))
        {
            return unknown is null || unknown.Value.GetProperty("code").GetInt32() == NotFound ? null
                : throw new PlayerException($"the node refused getrawtransaction: {unknown}");
        }

        for (var hash = (await InfoAsync(cancellation)).GetProperty("bestblockhash").GetString()!; ;)
        {
            var block = await ResultAsync("getblock", [hash, 2], cancellation);
            foreach (var transaction in block.GetProperty("tx").EnumerateArray())
            {
                if (transaction.GetProperty("vin").EnumerateArray().Any(input => IsOf(input, output)))
                {
                    return (Txid.ParseDisplay(transaction.GetProperty("txid").GetString()!), block.GetProperty("height").GetInt32());
                }
            }

            if (hash == first.GetString() || !block.TryGetProperty("previousblockhash", out var previous))
            {
                return null;
            }

            hash = previous.GetString()!;
        }
    }

    private static bool IsOf(JsonElement input, OutPoint output)
        => input.TryGetProperty("vout", out var vout) && vout.GetUInt32() == output.Vout && input.GetProperty("txid").ValueEquals(output.Txid.ToString());

    private Task<JsonElement> InfoAsync(CancellationToken cancellation) => ResultAsync("getblockchaininfo", [], cancellation);

    private async Task<JsonElement> ResultAsync(string method, JsonArray parameters, CancellationToken cancellation)
    {
        var (result, error) = await CallAsync(method, parameters, cancellation);
        return error is null ? result : throw new PlayerException($"the node refused {method}: {error.Value.GetProperty("message").GetString()}");
    }

    /// <summary>By version 2 of the protocol an error of the node is an answer like another; any other status is the server's. A node that is starting is
    /// waited for.</summary>
    private async Task<(JsonElement Result, JsonElement? Error)> CallAsync(string method, JsonArray parameters, CancellationToken cancellation)
    {
        var question = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = 1, ["method"] = method, ["params"] = parameters };
        var body = Encoding.UTF8.GetBytes(question.ToJsonString());
        while (true)
        {
            var answer = await http.SendAsync(HttpMethod.Post, node, body, "application/json", Authorize, cancellation);
            var root = answer.Json(string.Create(CultureInfo.InvariantCulture, $"the node's {method}"));
            if (!root.TryGetProperty("error", out var error) || error.ValueKind != JsonValueKind.Object)
            {
                return (root.GetProperty("result"), null);
            }

            if (error.GetProperty("code").GetInt32() != Starting)
            {
                return (default, error);
            }

            await Task.Delay(Pause, http.Clock, cancellation);
        }
    }

    /// <summary>A node that is starting anew has no file for a moment, and does not listen either: the attempt fails and the next one reads again.</summary>
    private string Authorize()
    {
        try
        {
            return $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(File.ReadAllText(cookie).Trim()))}";
        }
        catch (IOException)
        {
            return "Basic";
        }
    }
}
