using Coordinator.Gateway.Errors;
using Coordinator.Gateway.Json;
using Coordinator.Gateway.Requests;
using Coordinator.Grains;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coordinator.Gateway.Routes;

/// <summary>Accounts of who signs with the key itself (http-api §6.1, §6.2).</summary>
internal static class UserRoutes
{
    internal const int LongestSealed = 8_192;

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapSigned(HttpMethods.Post, "/api/v1/users/register", async call =>
        {
            var request = Parse(call);
            return CreatedAs((await Account(call).RegisterAsync(request)).OrRefuse());
        });
        routes.MapSigned(HttpMethods.Post, "/api/v1/users/login", async call => CreatedAs((await Account(call).GetAsync()).OrRefuse()));
    }

    internal static IUserGrain Account(GatewayCall call) => call.Grains.GetGrain<IUserGrain>(call.Player);

    /// <exception cref="RefusedRequestException"><c>network</c>.</exception>
    internal static string Network(string name)
        => name is "bitcoin" or "mainnet" or "testnet" or "signet" or "regtest"
            ? name
            : throw new RefusedRequestException("network", "network must be bitcoin, testnet, signet or regtest");

    /// <summary>The old API answers a login with 201 as well.</summary>
    private static Reply CreatedAs(UserView view) => Reply.Json(json => UserJson.Write(json, view), StatusCodes.Status201Created);

    private static RegisterUser Parse(GatewayCall call)
    {
        var body = call.Fields();
        var (backup, network) = (body.Text("encrypted_bitcoin_private_key", LongestSealed), body.Text("network", 32));
        body.Check();
        return new RegisterUser(backup, Network(network));
    }
}
