using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Coordinator.Bitcoin;
using Coordinator.Chain;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Coordinator.Simulators.Chain;

/// <summary>The routes of an esplora server, answered by the model.</summary>
internal sealed class EsploraRoutes(ChainModel model, FaultScript faults, Network network)
{
    private const int PageOfBlocks = 10;
    private const int PageOfHistory = 25;
    private const int MostWaiting = 50;
    private readonly EsploraAnswers _answers = new(model, network);

    public void Map(IEndpointRouteBuilder routes)
    {
        MapBlocks(routes);
        MapTransactions(routes);
        MapScripts(routes);
        routes.MapGet("/fee-estimates", () => Json(EsploraAnswers.FeeEstimates(model.FeeEstimates)));
        routes.MapGet("/mempool/txids", () => Json(new JsonArray([.. model.Waiting.Select(entry => (JsonNode)JsonValue.Create(entry.Transaction.Txid.ToString()))])));
        routes.MapPost("/tx", PostTransactionAsync);
        routes.MapPost("/txs/package", PostPackageAsync);
    }

    private void MapBlocks(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/blocks/tip/height", () => Text(model.Height.ToString(CultureInfo.InvariantCulture)));
        routes.MapGet("/blocks/tip/hash", () => Text(model.Tip.Hash.ToString()));
        routes.MapGet("/blocks", () => Blocks(model.Height));
        routes.MapGet("/blocks/{start:int}", (int start) => Blocks(start));
        routes.MapGet("/block-height/{height:int}", (int height) => model.BlockAt(height) is { } block ? Text(block.Hash.ToString()) : NotFound("Block not found"));
        routes.MapGet("/block/{hash}", (string hash) => WithBlock(hash, block => Json(EsploraAnswers.Block(block))));
        routes.MapGet("/block/{hash}/txids", (string hash) => WithBlock(hash, block =>
            Json(new JsonArray([.. block.Transactions.Select(transaction => (JsonNode)JsonValue.Create(transaction.Txid.ToString()))]))));
        routes.MapGet("/block/{hash}/status", (string hash) => WithBlock(hash, block => Json(new JsonObject
        {
            ["in_best_chain"] = true,
            ["height"] = block.Height,
            ["next_best"] = model.BlockAt(block.Height + 1)?.Hash.ToString(),
        })));
    }

    private void MapTransactions(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/tx/{txid}", (string txid) => WithTransaction(txid, placed => Json(_answers.Transaction(placed))));
        routes.MapGet("/tx/{txid}/hex", (string txid) => WithTransaction(txid, placed => Text(placed.Transaction.ToHex())));
        routes.MapGet("/tx/{txid}/raw", (string txid) => WithTransaction(txid, placed => TypedResults.Bytes(placed.Transaction.ToBytes(), "application/octet-stream")));

        // As the real server: "not confirmed" also for what it has never seen.
        routes.MapGet("/tx/{txid}/status", (string txid) => Txid.TryParseDisplay(txid) is { } id ? Json(EsploraAnswers.Status(Shown(id))) : Bad("Invalid hex string"));
        routes.MapGet("/tx/{txid}/outspend/{vout}", (string txid, string vout) =>
            Txid.TryParseDisplay(txid) is { } id && uint.TryParse(vout, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                ? Json(EsploraAnswers.Outspend(Spender(new OutPoint(id, index))))
                : Bad("Invalid hex string"));
        routes.MapGet("/tx/{txid}/outspends", (string txid) => WithTransaction(txid, placed => Json(new JsonArray(
            [.. Enumerable.Range(0, placed.Transaction.Outputs.Length).Select(i => EsploraAnswers.Outspend(Spender(placed.Transaction.OutPoint((uint)i))))]))));
    }

    private void MapScripts(IEndpointRouteBuilder routes)
    {
        foreach (var kind in new[] { "scripthash", "address" })
        {
            routes.MapGet($"/{kind}/{{name}}/txs", (string name) => WithScript(kind, name, hash => History(hash, null)));
            routes.MapGet($"/{kind}/{{name}}/txs/chain/{{last}}", (string name, string last) => WithScript(kind, name, hash => History(hash, last)));
            routes.MapGet($"/{kind}/{{name}}/txs/chain", (string name) => WithScript(kind, name, hash => History(hash, "")));
            routes.MapGet($"/{kind}/{{name}}/utxo", (string name) => WithScript(kind, name, hash =>
                Json(EsploraAnswers.Utxos(ShownHistory(hash), hash, coin => Spender(coin) is not null))));
        }
    }

    private async Task<IResult> PostTransactionAsync(HttpRequest request, CancellationToken cancellation)
    {
        using var reader = new StreamReader(request.Body);
        var hex = (await reader.ReadToEndAsync(cancellation)).Trim();
        if (!Hex.TryDecode(hex, out var bytes) || !Transaction.TryParse(bytes, out var transaction, out _))
        {
            return Bad(RpcError("sendrawtransaction", new Rejection(-22, "TX decode failed. Make sure the tx has at least one input.")));
        }

        var acceptance = model.Submit(transaction);
        return acceptance.Refused is { } refused ? Bad(RpcError("sendrawtransaction", refused)) : Text(transaction.Txid.ToString());
    }

    private async Task<IResult> PostPackageAsync(HttpRequest request, CancellationToken cancellation)
    {
        if (!faults.OffersPackages)
        {
            return NotFound("endpoint does not exist");
        }

        var transactions = new List<Transaction>();
        try
        {
            var body = await JsonNode.ParseAsync(request.Body, cancellationToken: cancellation);
            transactions.AddRange(body!.AsArray().Select(hex => Transaction.Parse(hex!.GetValue<string>())));
        }
        catch (Exception malformed) when (malformed is JsonException or BitcoinFormatException or InvalidOperationException or NullReferenceException)
        {
            return Bad(RpcError("submitpackage", new Rejection(-22, "TX decode failed")));
        }

        return transactions.Count is < 2 or > 25
            ? Bad(RpcError("submitpackage", new Rejection(-8, "Array must contain between 2 and 25 transactions.")))
            : Json(_answers.Package(model.SubmitPackage(transactions)));
    }

    private static string RpcError(string call, Rejection refused)
        => $"{call} RPC error: {{\"code\":{refused.Code.ToString(CultureInfo.InvariantCulture)},\"message\":\"{refused.Message}\"}}";

    private IResult Blocks(int start)
    {
        var top = Math.Min(start, model.Height);
        var blocks = Enumerable.Range(0, PageOfBlocks).Select(i => model.BlockAt(top - i)).OfType<Block>();
        return Json(new JsonArray([.. blocks.Select(block => (JsonNode)EsploraAnswers.Block(block))]));
    }

    private IResult History(string scriptHash, string? last)
    {
        var all = ShownHistory(scriptHash).ToList();
        var waiting = last is null ? all.Where(placed => placed.Block is null).Take(MostWaiting) : [];
        var confirmed = all.Where(placed => placed.Block is not null);
        if (!string.IsNullOrEmpty(last))
        {
            confirmed = confirmed.SkipWhile(placed => placed.Transaction.Txid.ToString() != last).Skip(1);
        }

        return Json(new JsonArray([.. waiting.Concat(confirmed.Take(PageOfHistory)).Select(placed => (JsonNode)_answers.Transaction(placed))]));
    }

    private IEnumerable<Placed> ShownHistory(string scriptHash) => model.HistoryOf(scriptHash).Where(placed => !faults.IsHidden(placed.Transaction.Txid));

    private Placed? Shown(Txid txid) => faults.IsHidden(txid) ? null : model.Find(txid);

    private (Placed By, int Input)? Spender(OutPoint output)
        => model.SpenderOf(output) is { } spender && !faults.IsHidden(spender.By.Transaction.Txid) ? spender : null;

    private IResult WithTransaction(string txid, Func<Placed, IResult> answer)
    {
        if (Txid.TryParseDisplay(txid) is not { } id)
        {
            return Bad("Invalid hex string");
        }

        return Shown(id) is { } placed ? answer(placed) : NotFound("Transaction not found");
    }

    private IResult WithBlock(string hash, Func<Block, IResult> answer)
        => BlockHash.TryParseDisplay(hash) is not { } id ? Bad("Invalid hex string") : model.BlockBy(id) is { } block ? answer(block) : NotFound("Block not found");

    private IResult WithScript(string kind, string name, Func<string, IResult> answer)
    {
        if (kind == "scripthash")
        {
            return Hex.TryDecode(name, 32, out var hash) ? answer(Hex.Encode(hash)) : Bad("Invalid hex string");
        }

        return Address.TryParse(name, network, out var address, out var error) ? answer(ChainState.ScriptHash(address.ScriptPubKey)) : Bad(error);
    }

    private static ContentHttpResult Json(JsonNode answer) => TypedResults.Text(answer.ToJsonString(), "application/json");

    private static ContentHttpResult Text(string text) => TypedResults.Text(text, "text/plain");

    private static ContentHttpResult Bad(string text) => TypedResults.Text(text, "text/plain", statusCode: StatusCodes.Status400BadRequest);

    private static ContentHttpResult NotFound(string text) => TypedResults.Text(text, "text/plain", statusCode: StatusCodes.Status404NotFound);
}
