using System.Text.Json.Nodes;
using Coordinator.Bitcoin;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Coordinator.Simulators.Chain;

/// <summary>Mines blocks.</summary>
/// <param name="Count">How many, 1 to 10,000.</param>
/// <param name="StepSeconds">Time from block to block.</param>
/// <param name="Time">Unix seconds of the first block, in place of tip + step.</param>
/// <param name="Transactions">Hex of transactions that go into the first block whatever the mempool thinks.</param>
internal sealed record MineOrder(int Count = 1, int StepSeconds = 600, long? Time = null, IReadOnlyList<string>? Transactions = null);

internal sealed record FaucetOrder(string Address, long AmountSat);

internal sealed record ReorganiseOrder(int Depth, bool ConfirmAgain = false, IReadOnlyList<string>? Transactions = null);

internal sealed record TransactionOrder(string Txid);

/// <summary>Fees rise or fall.</summary>
/// <param name="SatPerVbyte">What every estimate says and blocks ask for, 1 to 10,000.</param>
/// <param name="MempoolMinimum">What the mempool asks for, 0 to 10,000.</param>
internal sealed record FeeOrder(int SatPerVbyte, int MempoolMinimum = 0);

/// <summary>Routes for whoever plays the world: blocks, faucet, fees, reorganisations, faults. See the README.</summary>
internal sealed class ControlRoutes(ChainModel model, FaultScript faults, Network network)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/state", State);
        routes.MapPost("/mine", (MineOrder order) => Obey(() => Mine(order)));
        routes.MapPost("/faucet", (FaucetOrder order) => Obey(() => Faucet(order)));
        routes.MapPost("/reorganise", (ReorganiseOrder order) => Obey(() => Reorganise(order)));
        routes.MapPost("/fee-estimates", (Dictionary<int, double> rates) => Obey(() => model.SetFeeEstimates(rates)));
        routes.MapPost("/fees", (FeeOrder order) => Obey(() => SetFees(order)));
        routes.MapPost("/faults", (ChainRequestFault fault) => Obey(() => faults.Add(fault)));
        routes.MapDelete("/faults", () => Obey(faults.Clear));
        routes.MapPost("/hide", (TransactionOrder order) => Obey(() => faults.Hide(Txid.ParseDisplay(order.Txid))));
        routes.MapPost("/show", (TransactionOrder order) => Obey(() => faults.Show(Txid.ParseDisplay(order.Txid))));
        routes.MapPost("/hold", (TransactionOrder order) => Obey(() => model.Hold(Txid.ParseDisplay(order.Txid))));
        routes.MapPost("/release", (TransactionOrder order) => Obey(() => model.Release(Txid.ParseDisplay(order.Txid))));
        routes.MapPost("/evict", (TransactionOrder order) => Obey(() => model.Evict(Txid.ParseDisplay(order.Txid))));
    }

    private IResult Obey(Action act)
    {
        try
        {
            act();
            return State();
        }
        catch (Exception refused) when (refused is ChainRuleException or BitcoinFormatException or ArgumentException)
        {
            return TypedResults.Text(
                new JsonObject { ["error"] = refused.Message }.ToJsonString(), "application/json", statusCode: StatusCodes.Status422UnprocessableEntity);
        }
    }

    private IResult Faucet(FaucetOrder order)
    {
        var payment = model.Faucet(Address.Parse(order.Address, network).ScriptPubKey, Satoshis.Of(order.AmountSat));
        return TypedResults.Text(
            new JsonObject { ["txid"] = payment.Txid.ToString(), ["vout"] = 0, ["amount_sat"] = order.AmountSat }.ToJsonString(), "application/json");
    }

    private IResult Obey(Func<IResult> act)
    {
        IResult? answer = null;
        var refused = Obey(() => { answer = act(); });
        return answer ?? refused;
    }

    private void Mine(MineOrder order)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(order.Count is >= 1 and <= 10_000, true, nameof(order));
        var step = TimeSpan.FromSeconds(order.StepSeconds);
        var first = order.Time is { } time ? DateTimeOffset.FromUnixTimeSeconds(time) : DateTimeOffset.FromUnixTimeSeconds(model.Tip.Time) + step;
        _ = model.Mine(first, Parse(order.Transactions));
        if (order.Count > 1)
        {
            _ = model.Mine(order.Count - 1, step);
        }
    }

    private void SetFees(FeeOrder order)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(order is { SatPerVbyte: >= 1 and <= 10_000, MempoolMinimum: >= 0 and <= 10_000 }, true, nameof(order));
        model.Spike(order.SatPerVbyte);
        model.SetLeastRates(model.MinimumRate, FeeRate.FromSatPerVbyte(order.MempoolMinimum));
    }

    private void Reorganise(ReorganiseOrder order) => model.Reorganise(order.Depth, Parse(order.Transactions), order.ConfirmAgain);

    private static Transaction[] Parse(IReadOnlyList<string>? hex) => [.. (hex ?? []).Select(Transaction.Parse)];

    private ContentHttpResult State()
    {
        var tip = model.Tip;
        return TypedResults.Text(
            new JsonObject
            {
                ["height"] = tip.Height,
                ["hash"] = tip.Hash.ToString(),
                ["time"] = tip.Time,
                ["median_time_past"] = tip.MedianTimePast.UnixSeconds,
                ["waiting"] = model.Waiting.Count,
            }.ToJsonString(),
            "application/json");
    }
}
