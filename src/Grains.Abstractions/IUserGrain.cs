using Orleans.Concurrency;

namespace Coordinator.Grains;

/// <summary>One player's account; the key is the x-only Nostr key in hex. Only calls that this key signed may change anything.</summary>
[Alias("coordinator.IUserGrain")]
public interface IUserGrain : IGrainWithStringKey
{
    /// <summary>Makes the account. The same again is the same answer; other content is a conflict.</summary>
    [Alias("register")]
    Task<Answer<UserView>> RegisterAsync(RegisterUser request);

    /// <summary>The account, or <c>invalid_login</c>.</summary>
    [AlwaysInterleave]
    [Alias("get")]
    Task<Answer<UserView>> GetAsync();

    /// <summary>Makes the account together with a user name. The same again is the same answer.</summary>
    [Alias("register_username")]
    Task<Answer<Done>> RegisterUsernameAsync(RegisterUsername request);

    /// <summary>Replaces credential and sealed key of a user name's account.</summary>
    [Alias("change_password")]
    Task<Answer<Done>> ChangePasswordAsync(ChangePassword request);

    /// <summary>What a user name's login answers, or <c>invalid_login</c> after the same work where there is no such account. Called by the
    /// name's grain, which asks here for names that nobody has, too.</summary>
    [Alias("login")]
    Task<Answer<UsernameLoginView>> LoginAsync(string username, Credential credential);

    /// <summary>A reset challenge; of an account that does not exist it looks the same. Changes nothing.</summary>
    [Alias("challenge")]
    Task<ChallengeView> ChallengeAsync(string username);

    /// <summary>Replaces credential and sealed key where the account's key signed the challenge. A challenge works once.</summary>
    [Alias("reset_password")]
    Task<Answer<Done>> ResetPasswordAsync(ResetPassword request);
}

/// <summary>A user name; the key is the name. Finds its owner's account. Where nobody has the name, it asks an account that nobody can own,
/// so that answers and times do not tell which names exist.</summary>
[Alias("coordinator.IUsernameGrain")]
public interface IUsernameGrain : IGrainWithStringKey
{
    /// <summary>Gives the name to a key unless another one has it; false then. Safe to repeat.</summary>
    [Alias("claim")]
    Task<bool> ClaimAsync(string pubkey);

    /// <summary>Frees the name where this key has it. Safe to repeat.</summary>
    [Alias("release")]
    Task ReleaseAsync(string pubkey);

    /// <inheritdoc cref="IUserGrain.LoginAsync"/>
    [AlwaysInterleave]
    [Alias("login")]
    Task<Answer<UsernameLoginView>> LoginAsync(string username, Credential credential);

    /// <inheritdoc cref="IUserGrain.ChallengeAsync"/>
    [AlwaysInterleave]
    [Alias("challenge")]
    Task<ChallengeView> ChallengeAsync(string username);

    /// <inheritdoc cref="IUserGrain.ResetPasswordAsync"/>
    [AlwaysInterleave]
    [Alias("reset_password")]
    Task<Answer<Done>> ResetPasswordAsync(ResetPassword request);
}
