using Coordinator.Grains;
using static Coordinator.Silo.Tests.UserWorld;

namespace Coordinator.Silo.Tests;

/// <summary>New credentials: by the old one, or by the account's key.</summary>
public sealed class ResetTests
{
    [Fact]
    public async Task A_changed_password_replaces_the_old_one_and_the_sealed_key()
    {
        await using var world = await WithAliceAsync();
        Assert.Null((await world.User(Alice).ChangePasswordAsync(new(AuthKey, OtherAuthKey, "new sealed nsec"))).Problem);
        Assert.Equal("invalid_login", (await world.Name("alice").LoginAsync("alice", AuthKey)).Problem!.Code);
        Assert.Equal("new sealed nsec", (await world.Name("alice").LoginAsync("alice", OtherAuthKey)).Value!.EncryptedNsec);
    }

    [Fact]
    public async Task A_change_is_refused_in_the_old_apis_order_and_words()
    {
        await using var world = await WithAliceAsync(passwords: true);
        var weak = new Credential(CredentialScheme.Password, "short");
        Assert.Equal("Password must be at least 10 characters", await ChangeAsync(Mallory, AuthKey, weak));
        Assert.StartsWith("User not found with pubkey: npub1", await ChangeAsync(Mallory, AuthKey, OtherAuthKey), StringComparison.Ordinal);
        Assert.Equal("Invalid current password", await ChangeAsync(Alice, OtherAuthKey, Password));
        Assert.Equal("Invalid current password", await ChangeAsync(Alice, Password, OtherAuthKey));
        await world.User(Mallory).RegisterAsync(new RegisterUser("sealed wallet", "regtest"));
        Assert.Equal("User does not have password authentication", await ChangeAsync(Mallory, AuthKey, OtherAuthKey));

        async Task<string> ChangeAsync(Bitcoin.SecretKey key, Credential current, Credential next)
            => (await world.User(key).ChangePasswordAsync(new(current, next, "x"))).Problem!.Detail;
    }

    [Fact]
    public async Task The_key_resets_a_forgotten_password_and_the_challenge_survives_a_restart()
    {
        await using var world = await WithAliceAsync();
        var answer = await world.AnswerAsync("alice", Alice);
        await world.RestartAsync();
        Assert.Null((await world.Name("alice").ResetPasswordAsync(answer)).Problem);
        Assert.Equal("new sealed nsec", (await world.Name("alice").LoginAsync("alice", OtherAuthKey)).Value!.EncryptedNsec);
        Assert.Equal("invalid_login", (await world.Name("alice").LoginAsync("alice", AuthKey)).Problem!.Code);
    }

    [Fact]
    public async Task A_challenge_cannot_be_used_twice_not_even_at_once()
    {
        await using var world = await WithAliceAsync();
        var answer = await world.AnswerAsync("alice", Alice);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => world.Name("alice").ResetPasswordAsync(answer)));
        Assert.Single(answers, result => result.Problem is null);
        Assert.All(answers.Where(result => result.Problem is not null), result => Assert.Equal("reset_challenge", result.Problem!.Code));
        Assert.Null((await world.Name("alice").ResetPasswordAsync(await world.AnswerAsync("alice", Alice, AuthKey))).Problem);
    }

    [Fact]
    public async Task A_strangers_request_does_not_replace_a_challenge()
    {
        await using var world = await WithAliceAsync();
        var answer = await world.AnswerAsync("alice", Alice);
        for (var stranger = 0; stranger < 100; stranger++)
        {
            Assert.Equal(answer.Challenge, (await world.Name("alice").ChallengeAsync("alice")).Challenge);
        }

        world.Clock.Advance(TimeSpan.FromSeconds(149));
        await world.Name("alice").ChallengeAsync("alice");
        Assert.Null((await world.Name("alice").ResetPasswordAsync(answer)).Problem);
    }

    [Fact]
    public async Task A_challenge_lapses()
    {
        await using var world = await WithAliceAsync();
        var answer = await world.AnswerAsync("alice", Alice);
        world.Clock.Advance(TimeSpan.FromSeconds(301));
        Assert.Equal("Invalid or expired challenge", (await world.Name("alice").ResetPasswordAsync(answer)).Problem!.Detail);
    }

    [Fact]
    public async Task A_reset_is_refused_in_the_old_apis_order_and_words()
    {
        await using var world = await WithAliceAsync();
        var good = await world.AnswerAsync("alice", Alice);
        var forged = good.SignedEvent.Replace("\"content\":\"" + good.Challenge, "\"content\":\"" + new string('0', 64), StringComparison.Ordinal);
        Assert.Equal("Invalid or expired challenge", await ResetAsync(good with { Challenge = new string('0', 64) }));
        Assert.Equal("Invalid or expired challenge", await ResetAsync(good with { Challenge = "" }));
        Assert.Equal("Invalid signed event format", await ResetAsync(good with { SignedEvent = "{}" }));
        Assert.Equal("Invalid signed event format", await ResetAsync(good with { SignedEvent = new string(' ', 9_000) }));
        Assert.Equal("Invalid event signature", await ResetAsync(good with { SignedEvent = forged }));
        Assert.Equal("Event pubkey does not match account", await ResetAsync(await world.AnswerAsync("alice", Mallory)));
        Assert.Equal("Challenge mismatch in signed event", await ResetAsync(await world.AnswerAsync("alice", Alice, content: "other")));
        Assert.Equal("The signed event is of another kind or time", await ResetAsync(await world.AnswerAsync("alice", Alice, kind: 1)));
        Assert.Equal("The signed event is of another kind or time", await ResetAsync(await world.AnswerAsync("alice", Alice, late: 301)));
        Assert.Equal("password_not_taken", (await world.Name("alice").ResetPasswordAsync(good with { Next = Password })).Problem!.Code);
        Assert.NotNull((await world.Name("alice").LoginAsync("alice", AuthKey)).Value);

        async Task<string> ResetAsync(ResetPassword request) => (await world.Name("alice").ResetPasswordAsync(request)).Problem!.Detail;
    }

    [Fact]
    public async Task A_name_that_nobody_has_looks_like_any_other_and_nothing_is_stored_for_it()
    {
        await using var world = await WithAliceAsync();
        var (known, unknown) = (await world.Name("alice").ChallengeAsync("alice"), await world.Name("nobody").ChallengeAsync("nobody"));
        Assert.Equal(unknown, await world.Name("nobody").ChallengeAsync("nobody"));
        Assert.Equal(Alice.XOnly.ToHex(), known.Pubkey);
        Assert.NotNull(Bitcoin.XOnlyPublicKey.TryParse(unknown.Pubkey));
        Assert.Equal(known.Challenge.Length, unknown.Challenge.Length);
        Assert.NotEqual(unknown.Pubkey, (await world.Name("nobody2").ChallengeAsync("nobody2")).Pubkey);
        var refused = (await world.Name("nobody").ResetPasswordAsync(await world.AnswerAsync("nobody", Mallory))).Problem!;
        Assert.Equal("Event pubkey does not match account", refused.Detail);
        var state = new GrainState<UsernameDocument>(new UsernameDocument());
        await world.Storage.UserDocuments.ReadStateAsync("username", Orleans.Runtime.GrainId.Create("username", "nobody"), state);
        Assert.False(state.RecordExists);
    }

    private static async Task<UserWorld> WithAliceAsync(bool passwords = false)
    {
        var world = await StartAsync(passwords);
        Assert.Null((await world.User(Alice).RegisterUsernameAsync(Request)).Problem);
        return world;
    }
}
