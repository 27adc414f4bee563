namespace Coordinator.Grains;

/// <summary>How accounts are kept.</summary>
public sealed record UserSettings
{
    /// <summary>Whether clients may send the password itself, as the old API had it: whoever runs the service could then open their vaults.
    /// Default false.</summary>
    public bool AcceptPasswords { get; init; }
}
