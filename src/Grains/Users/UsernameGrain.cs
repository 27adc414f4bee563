namespace Coordinator.Grains;

/// <summary>Who has a user name. Everything else is asked of the owner's account, or of one that nobody can own.</summary>
[GrainType("username")]
public sealed class UsernameGrain(
    [PersistentState("username", "users")] IPersistentState<UsernameDocument> stored, ResetChallenges challenges) : Grain, IUsernameGrain
{
    private string? _owner;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        UnreadableDocumentException.Require(stored.State.Schema, UsernameDocument.CurrentSchema, $"the user name {this.GetPrimaryKeyString()}");
        _owner = stored.State.Owner;
        return Task.CompletedTask;
    }

    public async Task<bool> ClaimAsync(string pubkey)
    {
        if (_owner is null)
        {
            await WriteAsync(pubkey);
        }

        return _owner == pubkey;
    }

    public async Task ReleaseAsync(string pubkey)
    {
        if (_owner == pubkey)
        {
            await WriteAsync(null);
        }
    }

    public Task<Answer<UsernameLoginView>> LoginAsync(string username, Credential credential)
        => Account(username).LoginAsync(username, credential);

    public Task<ChallengeView> ChallengeAsync(string username) => Account(username).ChallengeAsync(username);

    public Task<Answer<Done>> ResetPasswordAsync(ResetPassword request) => Account(request.Username).ResetPasswordAsync(request);

    /// <summary>The decoy is worked out in either case: it takes time.</summary>
    private IUserGrain Account(string username)
    {
        var decoy = challenges.Decoy(username);
        return GrainFactory.GetGrain<IUserGrain>(_owner ?? decoy);
    }

    private async Task WriteAsync(string? owner)
    {
        stored.State = stored.State with { Owner = owner };
        try
        {
            await stored.WriteStateAsync();
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }

        _owner = owner;
    }
}
