using Coordinator.Bitcoin;
using Coordinator.Nostr;

namespace Coordinator.Grains;

/// <summary>One player's account. Logins and challenges of accounts that do not exist come here as well and cost the same.</summary>
[GrainType("user")]
public sealed class UserGrain(
    [PersistentState("user", "users")] IPersistentState<UserDocument> stored,
    IPasswordHashes hashes,
    ResetChallenges challenges,
    UserSettings settings,
    TimeProvider clock) : Grain, IUserGrain
{
    private UserDocument _committed = new();

    private string Pubkey => this.GetPrimaryKeyString();

    private static Problem InvalidLogin => Problems.Invalid("invalid_login", "Invalid login");

    private static Problem Busy => Problems.Unavailable("busy", "Too many logins at once; send the same request again");

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        UnreadableDocumentException.Require(stored.State.Schema, UserDocument.CurrentSchema, $"the account of {Pubkey}");
        _committed = stored.State;
        return Task.CompletedTask;
    }

    public async Task<Answer<UserView>> RegisterAsync(RegisterUser request)
    {
        if (_committed.CreatedAt is not null)
        {
            return Holds(request.EncryptedBitcoinPrivateKey, request.Network) ? View() : Exists();
        }

        await LetGoAsync();
        await WriteAsync(Fresh(request.EncryptedBitcoinPrivateKey, request.Network));
        return View();
    }

    public Task<Answer<UserView>> GetAsync()
        => Task.FromResult(_committed.CreatedAt is null ? (Answer<UserView>)InvalidLogin : View());

    public async Task<Answer<Done>> RegisterUsernameAsync(RegisterUsername request)
    {
        if ((UserRules.Username(request.Username) ?? UserRules.NewCredential(request.Credential, settings)) is { } complaint)
        {
            return complaint;
        }

        if (_committed.CreatedAt is not null)
        {
            return await RepeatAsync(request);
        }

        // Before anything is looked up, so that a taken name takes as long as a free one.
        if (await hashes.HashAsync(request.Credential.Secret) is not { } hash)
        {
            return Busy;
        }

        if (_committed.ClaimingUsername != request.Username)
        {
            await LetGoAsync();
            await WriteAsync(_committed with { ClaimingUsername = request.Username });
        }

        if (!await GrainFactory.GetGrain<IUsernameGrain>(request.Username).ClaimAsync(Pubkey))
        {
            await WriteAsync(_committed with { ClaimingUsername = null });
            return new Problem(ProblemKind.Conflict, "username_taken", "This username is taken");
        }

        await WriteAsync(Fresh(request.EncryptedBitcoinPrivateKey, request.Network) with
        {
            Username = request.Username,
            Scheme = request.Credential.Scheme,
            CredentialHash = hash,
            EncryptedNsec = request.EncryptedNsec,
        });
        return Done.Instance;
    }

    public async Task<Answer<Done>> ChangePasswordAsync(ChangePassword request)
    {
        if ((UserRules.NewCredential(request.Next, settings) ?? UserRules.Scheme(request.Current, settings)) is { } complaint)
        {
            return complaint;
        }

        if (_committed.CreatedAt is null)
        {
            return Problems.NotFound("user_not_found", $"User not found with pubkey: {Nip19.EncodePublicKey(XOnlyPublicKey.Parse(Pubkey))}");
        }

        return _committed.CredentialHash is null
            ? Problems.Invalid("no_password", "User does not have password authentication")
            : await VerifyAsync(request.Current) switch
            {
                PasswordVerdict.Busy => Busy,
                PasswordVerdict.Wrong => Problems.Invalid("wrong_password", "Invalid current password"),
                PasswordVerdict.Right => await ReplaceAsync(request.Next, request.EncryptedNsec),
            };
    }

    public async Task<Answer<UsernameLoginView>> LoginAsync(string username, Credential credential)
    {
        if (UserRules.Scheme(credential, settings) is { } complaint)
        {
            return complaint;
        }

        // Nothing is read of the account before the hash is done.
        return await VerifyAsync(credential, username) switch
        {
            PasswordVerdict.Busy => Busy,
            PasswordVerdict.Wrong => InvalidLogin,
            PasswordVerdict.Right => new UsernameLoginView(
                _committed.EncryptedNsec!, _committed.EncryptedBitcoinPrivateKey!, _committed.Network!, Pubkey),
        };
    }

    public Task<ChallengeView> ChallengeAsync(string username)
        => Task.FromResult(new ChallengeView(challenges.Current(username, HashOf(username)), Pubkey));

    public async Task<Answer<Done>> ResetPasswordAsync(ResetPassword request)
        => (UserRules.NewCredential(request.Next, settings) ?? challenges.Check(request, Pubkey, HashOf(request.Username))) is { } complaint
            ? complaint
            : HashOf(request.Username) is null ? Problems.Invalid("reset_challenge", "Invalid or expired challenge")
            : await ReplaceAsync(request.Next, request.EncryptedNsec);

    private static Answer<UserView> Exists() => new Problem(ProblemKind.Conflict, "user_exists", "This key has an account with other content; log in");

    private string? HashOf(string username) => _committed.Username == username ? _committed.CredentialHash : null;

    private Task<PasswordVerdict> VerifyAsync(Credential credential, string? username = null)
        => hashes.VerifyAsync(
            _committed.Scheme == credential.Scheme && (username is null || username == _committed.Username) ? _committed.CredentialHash : null,
            credential.Secret);

    private async Task<Answer<Done>> ReplaceAsync(Credential next, string encryptedNsec)
    {
        if (await hashes.HashAsync(next.Secret) is not { } hash)
        {
            return Busy;
        }

        await WriteAsync(_committed with
        {
            Scheme = next.Scheme,
            CredentialHash = hash,
            EncryptedNsec = encryptedNsec,
            UpdatedAt = clock.GetUtcNow(),
        });
        return Done.Instance;
    }

    /// <summary>The account is there: the same request again is the same answer.</summary>
    private async Task<Answer<Done>> RepeatAsync(RegisterUsername request)
    {
        var same = Holds(request.EncryptedBitcoinPrivateKey, request.Network)
            && _committed.Username == request.Username && _committed.EncryptedNsec == request.EncryptedNsec;
        return await VerifyAsync(request.Credential, request.Username) switch
        {
            PasswordVerdict.Busy => Busy,
            PasswordVerdict.Right when same => Done.Instance,
            PasswordVerdict.Right or PasswordVerdict.Wrong => Exists().Problem!,
        };
    }

    /// <summary>Frees a name whose registration was never finished.</summary>
    private async Task LetGoAsync()
    {
        if (_committed.ClaimingUsername is { } name)
        {
            await GrainFactory.GetGrain<IUsernameGrain>(name).ReleaseAsync(Pubkey);
        }
    }

    private bool Holds(string backup, string network) => _committed.EncryptedBitcoinPrivateKey == backup && _committed.Network == network;

    private UserDocument Fresh(string backup, string network)
    {
        var now = clock.GetUtcNow();
        return new UserDocument { CreatedAt = now, UpdatedAt = now, EncryptedBitcoinPrivateKey = backup, Network = network };
    }

    private UserView View() => new(
        Pubkey, _committed.EncryptedBitcoinPrivateKey!, _committed.Network!, _committed.Username, _committed.CreatedAt!.Value, _committed.UpdatedAt!.Value);

    private async Task WriteAsync(UserDocument next)
    {
        stored.State = next;
        try
        {
            await stored.WriteStateAsync();
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }

        _committed = next;
    }
}
