using Coordinator.Grains;
using static Coordinator.Silo.Tests.UserWorld;

namespace Coordinator.Silo.Tests;

/// <summary>Registration and login.</summary>
public sealed class AccountTests
{
    private static readonly RegisterUser Plain = new("sealed wallet", "regtest");

    [Fact]
    public async Task Registering_again_is_the_same_answer_and_survives_a_restart()
    {
        await using var world = await StartAsync();
        var first = (await world.User(Alice).RegisterAsync(Plain)).Value;
        await world.RestartAsync();
        Assert.Equal(first, (await world.User(Alice).RegisterAsync(Plain)).Value);
        Assert.Equal(first, (await world.User(Alice).GetAsync()).Value);
        Assert.Equal("user_exists", (await world.User(Alice).RegisterAsync(Plain with { Network = "signet" })).Problem!.Code);
        Assert.Equal("invalid_login", (await world.User(Mallory).GetAsync()).Problem!.Code);
    }

    [Fact]
    public async Task A_user_name_logs_in_with_its_auth_key_and_gets_what_only_the_password_opens()
    {
        await using var world = await StartAsync();
        Assert.Null((await world.User(Alice).RegisterUsernameAsync(Request)).Problem);
        await world.RestartAsync();
        var login = await world.Name("alice").LoginAsync("alice", AuthKey);
        Assert.Equal(new UsernameLoginView("sealed nsec", "sealed wallet", "regtest", Alice.XOnly.ToHex()), login.Value);
        Assert.Equal("alice", (await world.User(Alice).GetAsync()).Value!.Username);
    }

    [Fact]
    public async Task A_taken_name_is_refused_and_its_owner_keeps_it()
    {
        await using var world = await StartAsync();
        await world.User(Alice).RegisterUsernameAsync(Request);
        var refused = (await world.User(Mallory).RegisterUsernameAsync(Request with { Credential = OtherAuthKey })).Problem!;
        Assert.Equal((ProblemKind.Conflict, "username_taken"), (refused.Kind, refused.Code));
        Assert.Equal("invalid_login", (await world.User(Mallory).GetAsync()).Problem!.Code);
        Assert.NotNull((await world.Name("alice").LoginAsync("alice", AuthKey)).Value);
        Assert.Equal("invalid_login", (await world.Name("alice").LoginAsync("alice", OtherAuthKey)).Problem!.Code);
        Assert.Null((await world.User(Mallory).RegisterUsernameAsync(Request with { Username = "mallory" })).Problem);
    }

    [Fact]
    public async Task Of_many_who_want_a_name_at_once_one_gets_it()
    {
        await using var world = await StartAsync();
        var keys = Enumerable.Range(1, 12).Select(number => Bitcoin.SecretKey.From(Bitcoin.Hex.Decode(number.ToString("x64", null)))).ToArray();
        var answers = await Task.WhenAll(keys.Select(key => world.User(key).RegisterUsernameAsync(Request)));
        Assert.Single(answers, answer => answer.Problem is null);
        Assert.All(answers.Where(answer => answer.Problem is not null), answer => Assert.Equal("username_taken", answer.Problem!.Code));
    }

    [Fact]
    public async Task The_same_registration_again_is_the_same_answer_and_another_is_a_conflict()
    {
        await using var world = await StartAsync();
        Assert.Null((await world.User(Alice).RegisterUsernameAsync(Request)).Problem);
        Assert.Null((await world.User(Alice).RegisterUsernameAsync(Request)).Problem);
        foreach (var other in new[] { Request with { Username = "alice2" }, Request with { Credential = OtherAuthKey }, Request with { EncryptedNsec = "x" } })
        {
            Assert.Equal("user_exists", (await world.User(Alice).RegisterUsernameAsync(other)).Problem!.Code);
        }

        Assert.Null((await world.User(Mallory).RegisterUsernameAsync(Request with { Username = "alice2" })).Problem);
    }

    [Fact]
    public async Task A_claim_that_the_power_cut_short_is_finished_or_freed_by_its_key()
    {
        await using var world = await StartAsync();
        Assert.True(await world.Name("bob").ClaimAsync(Alice.XOnly.ToHex()));
        var id = Orleans.Runtime.GrainId.Create("user", Alice.XOnly.ToHex());
        await world.Storage.UserDocuments.WriteStateAsync("user", id, new GrainState<UserDocument>(new UserDocument { ClaimingUsername = "bob" }));
        await world.RestartAsync();
        Assert.Equal("username_taken", (await world.User(Mallory).RegisterUsernameAsync(Request with { Username = "bob" })).Problem!.Code);
        Assert.Null((await world.User(Alice).RegisterUsernameAsync(Request)).Problem);
        Assert.Null((await world.User(Mallory).RegisterUsernameAsync(Request with { Username = "bob" })).Problem);
    }

    [Theory]
    [InlineData("nobody", false)]
    [InlineData("alice", false)]
    [InlineData("Alice", false)]
    [InlineData("alice", true)]
    public async Task A_login_costs_one_hash_whether_or_not_there_is_such_a_user(string name, bool right)
    {
        await using var world = await StartAsync(passwords: true);
        await world.User(Alice).RegisterUsernameAsync(Request);
        foreach (var credential in right ? new[] { AuthKey } : [OtherAuthKey, Password])
        {
            var before = world.Hashes.Work;
            var answer = await world.Name(name).LoginAsync(name, credential);
            Assert.Equal(right, answer.Problem is null);
            Assert.True(right || answer.Problem!.Code == "invalid_login");
            Assert.Equal(1, world.Hashes.Work - before);
        }
    }

    [Fact]
    public async Task A_registration_costs_one_hash_whether_or_not_the_name_is_taken()
    {
        await using var world = await StartAsync();
        await world.User(Alice).RegisterUsernameAsync(Request);
        var before = world.Hashes.Work;
        await world.User(Mallory).RegisterUsernameAsync(Request);
        Assert.Equal(1, world.Hashes.Work - before);
    }

    [Fact]
    public async Task Where_too_many_wait_nothing_changes()
    {
        await using var world = await StartAsync();
        world.Hashes.Busy = true;
        Assert.Equal("busy", (await world.User(Alice).RegisterUsernameAsync(Request)).Problem!.Code);
        Assert.Equal("busy", (await world.Name("alice").LoginAsync("alice", AuthKey)).Problem!.Code);
        world.Hashes.Busy = false;
        Assert.Null((await world.User(Mallory).RegisterUsernameAsync(Request)).Problem);
    }

    [Fact]
    public async Task The_password_itself_is_taken_only_where_the_setting_says_so()
    {
        await using (var world = await StartAsync())
        {
            Assert.Equal("password_not_taken", (await world.User(Alice).RegisterUsernameAsync(Request with { Credential = Password })).Problem!.Code);
            Assert.Equal("password_not_taken", (await world.Name("alice").LoginAsync("alice", Password)).Problem!.Code);
            Assert.Equal(0, world.Hashes.Work);
        }

        await using (var world = await StartAsync(passwords: true))
        {
            Assert.Null((await world.User(Alice).RegisterUsernameAsync(Request with { Credential = Password })).Problem);
            Assert.NotNull((await world.Name("alice").LoginAsync("alice", Password)).Value);
        }
    }

    [Fact]
    public async Task What_is_stored_and_printed_holds_no_credential()
    {
        await using var world = await StartAsync();
        await world.User(Alice).RegisterUsernameAsync(Request);
        var state = new GrainState<UserDocument>(new UserDocument());
        await world.Storage.UserDocuments.ReadStateAsync("user", Orleans.Runtime.GrainId.Create("user", Alice.XOnly.ToHex()), state);
        Assert.StartsWith("$argon2id$", state.State.CredentialHash, StringComparison.Ordinal);
        Assert.DoesNotContain(AuthKey.Secret, System.Text.Json.JsonSerializer.Serialize(state.State, DocumentJson.Options), StringComparison.Ordinal);
        foreach (var text in new object[] { Request, AuthKey, state.State, new ChangePassword(AuthKey, Password, "sealed nsec") }.Select(item => item.ToString()!))
        {
            Assert.DoesNotContain(AuthKey.Secret, text, StringComparison.Ordinal);
            Assert.DoesNotContain("sealed", text, StringComparison.Ordinal);
            Assert.DoesNotContain("argon2", text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("al", "Username must be at least 3 characters")]
    [InlineData("a23456789012345678901234567890123", "Username must be at most 32 characters")]
    [InlineData("al ice", "Username can only contain letters, numbers, underscores, and hyphens")]
    [InlineData("älice", "Username can only contain letters, numbers, underscores, and hyphens")]
    [InlineData("1alice", "Username must start with a letter")]
    public async Task A_name_is_refused_in_the_old_apis_words(string name, string complaint)
    {
        await using var world = await StartAsync();
        Assert.Equal(complaint, (await world.User(Alice).RegisterUsernameAsync(Request with { Username = name })).Problem!.Detail);
    }

    [Theory]
    [InlineData("Abcdef1!", "Password must be at least 10 characters")]
    [InlineData("ABCDEFGHI1!", "Password must contain a lowercase letter")]
    [InlineData("abcdefghi1!", "Password must contain an uppercase letter")]
    [InlineData("Abcdefghij!", "Password must contain a number")]
    [InlineData("Abcdefghij1", "Password must contain a special character")]
    public async Task A_weak_password_is_refused_in_the_old_apis_words(string password, string complaint)
    {
        await using var world = await StartAsync(passwords: true);
        var credential = new Credential(CredentialScheme.Password, password);
        Assert.Equal(complaint, (await world.User(Alice).RegisterUsernameAsync(Request with { Credential = credential })).Problem!.Detail);
    }

    [Theory]
    [InlineData("")]
    [InlineData("aa")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task An_auth_key_has_one_form(string key)
    {
        await using var world = await StartAsync();
        var credential = new Credential(CredentialScheme.AuthKey, key);
        Assert.Equal("auth_key", (await world.User(Alice).RegisterUsernameAsync(Request with { Credential = credential })).Problem!.Code);
        Assert.Equal("auth_key", (await world.Name("alice").LoginAsync("alice", credential)).Problem!.Code);
    }
}
