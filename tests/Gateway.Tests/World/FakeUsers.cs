using Coordinator.Grains;

namespace Coordinator.Gateway.Tests.World;

/// <summary>An account that writes down what it is asked.</summary>
internal sealed class FakeUser(FakeGrains owner, string key) : IUserGrain
{
    public Task<Answer<UserView>> RegisterAsync(RegisterUser request) => owner.Ask("register", key, Samples.User, request);

    public Task<Answer<UserView>> GetAsync() => owner.Ask("get_user", key, Samples.User);

    public Task<Answer<Done>> RegisterUsernameAsync(RegisterUsername request) => owner.Ask("register_username", key, Done.Instance, request);

    public Task<Answer<Done>> ChangePasswordAsync(ChangePassword request) => owner.Ask("change_password", key, Done.Instance, request);

    public Task<Answer<UsernameLoginView>> LoginAsync(string username, Credential credential) => throw new NotSupportedException();

    public Task<ChallengeView> ChallengeAsync(string username) => throw new NotSupportedException();

    public Task<Answer<Done>> ResetPasswordAsync(ResetPassword request) => throw new NotSupportedException();
}

/// <summary>A user name that writes down what it is asked.</summary>
internal sealed class FakeUsername(FakeGrains owner, string key) : IUsernameGrain
{
    public Task<bool> ClaimAsync(string pubkey) => throw new NotSupportedException();

    public Task ReleaseAsync(string pubkey) => throw new NotSupportedException();

    public Task<Answer<UsernameLoginView>> LoginAsync(string username, Credential credential)
        => owner.Ask("login", key, Samples.Login, username, credential);

    public Task<ChallengeView> ChallengeAsync(string username)
        => Task.FromResult(owner.Answer("challenge", key, new ChallengeView(new string('f', 64), GatewayWorld.AliceKey), username));

    public Task<Answer<Done>> ResetPasswordAsync(ResetPassword request) => owner.Ask("reset_password", key, Done.Instance, request);
}
