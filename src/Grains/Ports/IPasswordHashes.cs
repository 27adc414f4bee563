namespace Coordinator.Grains;

/// <summary>Slow hashes of credentials. The work is bounded in how much runs and waits at once: past that it says so and does nothing.</summary>
public interface IPasswordHashes
{
    /// <summary>A hash with a salt of its own, as text that <see cref="VerifyAsync"/> takes; null where too many wait.</summary>
    Task<string?> HashAsync(string secret);

    /// <summary>Compares a secret with a hash. Without a hash it does the same work and answers <see cref="PasswordVerdict.Wrong"/>.</summary>
    Task<PasswordVerdict> VerifyAsync(string? hash, string secret);
}

public enum PasswordVerdict
{
    Wrong,
    Right,

    /// <summary>Too many wait: nothing was compared.</summary>
    Busy,
}
