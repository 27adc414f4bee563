using Coordinator.Gateway.Json;
using Coordinator.Gateway.Requests;
using Coordinator.Grains;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coordinator.Gateway.Routes;

/// <summary>The coordinator's wallet (http-api §12), for operators only.</summary>
internal static class WalletRoutes
{
    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapToken(HttpMethods.Get, "/api/v1/wallet/balance", call => call.Wallet.BalanceAsync().AsJsonAsync(WalletJson.WriteBalance));
        routes.MapToken(HttpMethods.Get, "/api/v1/wallet/address", call => call.Wallet.AddressAsync().AsJsonAsync(WalletJson.WriteAddress));
        routes.MapToken(HttpMethods.Get, "/api/v1/wallet/outputs", call => call.Wallet.OutputsAsync().AsJsonAsync(WalletJson.WriteOutputs));
        routes.MapToken(
            HttpMethods.Get, "/api/v1/wallet/estimated_fees", call => call.Wallet.EstimatedFeesAsync().AsJsonAsync(WalletJson.WriteFees));
        routes.MapToken(HttpMethods.Post, "/api/v1/wallet/send", async call =>
        {
            var txid = (await call.Wallet.SendAsync(Parse(call))).OrRefuse();
            return Reply.Json(json => WalletJson.WriteTxid(json, txid), StatusCodes.Status201Created);
        });
        routes.MapToken(HttpMethods.Post, "/api/v1/wallet/bump", async call =>
        {
            var child = (await call.Wallet.BumpSendAsync(ParseBump(call))).OrRefuse();
            return Reply.Json(json => WalletJson.WriteBumped(json, child), StatusCodes.Status201Created);
        });
        routes.MapToken(HttpMethods.Post, "/api/v1/wallet/sync", call => call.Wallet.SyncAsync(ParseSync(call)).AsJsonAsync(WalletJson.WriteSync));
    }

    private static BumpSendRequest ParseBump(GatewayCall call)
    {
        var body = call.Fields();
        var payment = body.Text("payment", 100);
        var rate = body.OptionalNumber("sat_per_vbyte", 1, 10_000);
        var fee = body.OptionalNumber("max_fee", 1, Bitcoin.Satoshis.MaxValue);
        body.Check();
        return new BumpSendRequest(payment, rate * 250, fee);
    }

    private static SyncRequest ParseSync(GatewayCall call)
    {
        var body = call.Fields();
        var anew = body.OptionalTruth("anew");
        var most = body.OptionalNumber("most", 1, 500);
        body.Check();
        return new SyncRequest(anew, (int)(most ?? 200));
    }

    /// <summary>A request id of the caller's makes a send safe to repeat; without one every request is a send of its own.</summary>
    private static SendRequest Parse(GatewayCall call)
    {
        var body = call.Fields();
        var id = body.OptionalText("request_id", 100);
        var to = body.Text("address_to", 200);
        var from = body.OptionalText("address_from", 200);
        var amount = body.OptionalNumber("amount", 1, Bitcoin.Satoshis.MaxValue);
        var fee = body.OptionalNumber("max_fee", 1, Bitcoin.Satoshis.MaxValue);
        body.Check();
        var request = string.IsNullOrEmpty(id) ? Guid.CreateVersion7(call.Time.GetUtcNow()).ToString("D") : id;
        return new SendRequest(request, to, from, amount, fee);
    }
}
