namespace Coordinator.Grains;

/// <summary>What proves to the service that a user name is its owner's.</summary>
[GenerateSerializer]
[Alias("coordinator.credential_scheme")]
public enum CredentialScheme
{
    /// <summary>A key that the browser derives from the password: what the service sees opens no vault.</summary>
    [Id(0)]
    AuthKey,

    /// <summary>The password itself, as the old API had it.</summary>
    [Id(1)]
    Password,
}

/// <param name="Secret">64 lower-case hex digits, or the password. Never printed, stored only as a hash.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.credential")]
public sealed record Credential([property: Id(0)] CredentialScheme Scheme, [property: Id(1)] string Secret)
{
    public override string ToString() => $"Credential {{ {Scheme} }}";
}

/// <param name="EncryptedBitcoinPrivateKey">The wallet's backup, sealed by the player; opaque here.</param>
/// <param name="Network">bitcoin, testnet, signet or regtest.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.register_user")]
public sealed record RegisterUser([property: Id(0)] string EncryptedBitcoinPrivateKey, [property: Id(1)] string Network)
{
    public override string ToString() => $"RegisterUser {{ {Network} }}";
}

/// <param name="EncryptedNsec">The Nostr key, sealed under the password; opaque here.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.register_username")]
public sealed record RegisterUsername(
    [property: Id(0)] string Username,
    [property: Id(1)] Credential Credential,
    [property: Id(2)] string EncryptedNsec,
    [property: Id(3)] string EncryptedBitcoinPrivateKey,
    [property: Id(4)] string Network)
{
    public override string ToString() => $"RegisterUsername {{ {Username}, {Network} }}";
}

[GenerateSerializer]
[Immutable]
[Alias("coordinator.change_password")]
public sealed record ChangePassword(
    [property: Id(0)] Credential Current, [property: Id(1)] Credential Next, [property: Id(2)] string EncryptedNsec)
{
    public override string ToString() => "ChangePassword";
}

/// <param name="Challenge">As <see cref="IUsernameGrain.ChallengeAsync"/> gave it.</param>
/// <param name="SignedEvent">JSON of a Nostr event whose content is the challenge.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.reset_password")]
public sealed record ResetPassword(
    [property: Id(0)] string Username,
    [property: Id(1)] string Challenge,
    [property: Id(2)] string SignedEvent,
    [property: Id(3)] Credential Next,
    [property: Id(4)] string EncryptedNsec)
{
    public override string ToString() => $"ResetPassword {{ {Username} }}";
}

/// <summary>An account as its owner may see it: no hash, no sealed Nostr key.</summary>
/// <param name="Pubkey">64 lower-case hex digits.</param>
/// <param name="Username">Null without one.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.user_view")]
public sealed record UserView(
    [property: Id(0)] string Pubkey,
    [property: Id(1)] string EncryptedBitcoinPrivateKey,
    [property: Id(2)] string Network,
    [property: Id(3)] string? Username,
    [property: Id(4)] DateTimeOffset CreatedAt,
    [property: Id(5)] DateTimeOffset UpdatedAt)
{
    public override string ToString() => $"UserView {{ {Pubkey} }}";
}

/// <summary>What a login by user name answers: sealed values that only the password opens.</summary>
/// <param name="Pubkey">64 lower-case hex digits.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.username_login")]
public sealed record UsernameLoginView(
    [property: Id(0)] string EncryptedNsec,
    [property: Id(1)] string EncryptedBitcoinPrivateKey,
    [property: Id(2)] string Network,
    [property: Id(3)] string Pubkey)
{
    public override string ToString() => $"UsernameLoginView {{ {Pubkey} }}";
}

/// <param name="Challenge">64 lower-case hex digits; good for at least 150 s, at most 300 s, and for one reset.</param>
/// <param name="Pubkey">The key that has to sign it, 64 lower-case hex digits.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.challenge")]
public sealed record ChallengeView([property: Id(0)] string Challenge, [property: Id(1)] string Pubkey);
