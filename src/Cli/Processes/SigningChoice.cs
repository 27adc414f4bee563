namespace Coordinator.Cli.Processes;

/// <summary>How the service has contracts signed.</summary>
internal enum SigningChoice
{
    /// <summary>Through the Keymeld simulator: players leave an encrypted key with their entry.</summary>
    Keymeld,

    /// <summary>By every player's client.</summary>
    Local,
}
