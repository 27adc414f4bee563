namespace Coordinator.Grains;

/// <summary>What is on disk for one key. There is an account where <see cref="CreatedAt"/> is set.</summary>
public sealed record UserDocument
{
    public const int CurrentSchema = 1;

    public int Schema { get; init; } = CurrentSchema;

    public DateTimeOffset? CreatedAt { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }

    public string? EncryptedBitcoinPrivateKey { get; init; }

    public string? Network { get; init; }

    public string? Username { get; init; }

    /// <summary>A name this key is about to claim: written first, so that a claim is never forgotten.</summary>
    public string? ClaimingUsername { get; init; }

    public CredentialScheme? Scheme { get; init; }

    /// <summary>Argon2id, as a PHC string.</summary>
    public string? CredentialHash { get; init; }

    public string? EncryptedNsec { get; init; }

    /// <summary>Not the compiler's: it would print the hash.</summary>
    public override string ToString() => $"UserDocument {{ {Username} }}";
}

/// <summary>What is on disk for one user name.</summary>
public sealed record UsernameDocument
{
    public const int CurrentSchema = 1;

    public int Schema { get; init; } = CurrentSchema;

    /// <summary>64 lower-case hex digits; null where the name is free.</summary>
    public string? Owner { get; init; }
}
