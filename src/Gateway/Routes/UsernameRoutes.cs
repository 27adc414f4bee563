using Coordinator.Gateway.Errors;
using Coordinator.Gateway.Json;
using Coordinator.Gateway.Requests;
using Coordinator.Grains;
using Coordinator.Nostr;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coordinator.Gateway.Routes;

/// <summary>Accounts with a user name and a password (http-api §6.3 to §6.7). Where the old API takes <c>password</c>, new clients send
/// <c>auth_key</c>.</summary>
internal static class UsernameRoutes
{
    private const string Path = "/api/v1/users/username/";
    private const int LongestCredential = 4_096;
    private const int LongestName = 256;
    private const int LongestEvent = 8_192;

    /// <summary>No user name has a digit in front: the grain of all names that nobody can have.</summary>
    private const string Impossible = "0";

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapSigned(HttpMethods.Post, Path + "register", async call =>
        {
            var request = ParseRegistration(call);
            _ = (await UserRoutes.Account(call).RegisterUsernameAsync(request)).OrRefuse();
            return Reply.Json(json => UserJson.WriteRegistered(json, call.Player, request.Username), StatusCodes.Status201Created);
        });
        routes.MapOpen(HttpMethods.Post, Path + "login", call =>
        {
            var body = call.Fields();
            var (name, credential) = (body.Text("username", LongestName), Credential(body, "auth_key", "password"));
            body.Check();
            return Name(call, name).LoginAsync(name, credential).AsJsonAsync(UserJson.WriteLogin);
        });
        routes.MapSigned(HttpMethods.Post, Path + "change-password", call =>
        {
            var request = ParseChange(call);
            return UserRoutes.Account(call).ChangePasswordAsync(request).AsEmptyAsync();
        });
        routes.MapOpen(HttpMethods.Post, Path + "forgot-password", async call =>
        {
            var body = call.Fields();
            var name = body.Text("username", LongestName);
            body.Check();
            var challenge = await Name(call, name).ChallengeAsync(name);
            return Reply.Json(json => UserJson.WriteChallenge(json, challenge));
        });
        routes.MapOpen(HttpMethods.Post, Path + "reset-password", call =>
        {
            var request = ParseReset(call);
            return Name(call, request.Username).ResetPasswordAsync(request).AsEmptyAsync();
        });
    }

    /// <summary>One grain for each name that somebody could have, so that strangers cannot make up more.</summary>
    private static IUsernameGrain Name(GatewayCall call, string name)
    {
        var possible = name.Length is >= 3 and <= 32 && char.IsAsciiLetter(name[0]) && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');
        return call.Grains.GetGrain<IUsernameGrain>(possible ? name : Impossible);
    }

    /// <summary>The derived key where it is given, else the password.</summary>
    private static Credential Credential(BodyFields body, string key, string password)
        => body.OptionalText(key, LongestCredential) is { } derived ? new(CredentialScheme.AuthKey, derived)
            : body.OptionalText(password, LongestCredential) is { } itself ? new(CredentialScheme.Password, itself)
            : body.Complain(key, "is required", new Credential(CredentialScheme.AuthKey, string.Empty));

    private static RegisterUsername ParseRegistration(GatewayCall call)
    {
        var body = call.Fields();
        var (name, credential) = (body.Text("username", LongestName), Credential(body, "auth_key", "password"));
        var (nsec, npub) = (body.Text("encrypted_nsec", UserRoutes.LongestSealed), body.Text("nostr_pubkey", 256));
        var (backup, network) = (body.Text("encrypted_bitcoin_private_key", UserRoutes.LongestSealed), body.Text("network", 32));
        body.Check();
        return Owner(npub) == call.Player
            ? new RegisterUsername(name, credential, nsec, backup, UserRoutes.Network(network))
            : throw new RefusedRequestException("other_pubkey", "Sign the request with the key that nostr_pubkey names");
    }

    private static ChangePassword ParseChange(GatewayCall call)
    {
        var body = call.Fields();
        var request = new ChangePassword(
            Credential(body, "current_auth_key", "current_password"),
            Credential(body, "new_auth_key", "new_password"),
            body.Text("new_encrypted_nsec", UserRoutes.LongestSealed));
        body.Check();
        return request;
    }

    private static ResetPassword ParseReset(GatewayCall call)
    {
        var body = call.Fields();
        var request = new ResetPassword(
            body.Text("username", LongestName),
            body.Text("challenge", 128),
            body.Text("signed_event", LongestEvent),
            Credential(body, "new_auth_key", "new_password"),
            body.Text("new_encrypted_nsec", UserRoutes.LongestSealed));
        body.Check();
        return request;
    }

    /// <summary>64 lower-case hex digits.</summary>
    /// <exception cref="RefusedRequestException"><c>nostr_pubkey</c>.</exception>
    private static string Owner(string npub)
    {
        try
        {
            return Nip19.DecodePublicKey(npub).ToHex();
        }
        catch (NostrFormatException)
        {
            throw new RefusedRequestException("nostr_pubkey", "nostr_pubkey must be an npub");
        }
    }
}
