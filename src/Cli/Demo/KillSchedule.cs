using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using Coordinator.Cli.Processes;

namespace Coordinator.Cli.Demo;

/// <summary>
/// When the service is killed: <c>state</c> or <c>step:count</c>, where a step is what a player says it did, or what happened at the Keymeld
/// gateway. Each moment is used once.
/// </summary>
internal sealed class KillSchedule
{
    private static readonly string[] Entering = ["ticket", "paid", "entered", "contract_verified"];

    /// <summary><c>nonces</c> of the last player is the window between nonces and signatures.</summary>
    private static readonly string[] SigningLocally = ["nonces", "signed", "signatures"];

    /// <summary>Keys of players registered, key generation, and signing sessions as the gateway shows them.</summary>
    private static readonly string[] SigningRemotely = ["registered", "keygen_completed", "batch_posted", "batch_approved", "batch_signed"];

    private static readonly string[] Settling =
        ["signing_complete", "funding_broadcasted", "ready", "attested", "outcome_broadcasted", "invoice", "received", "delta_broadcasted"];

    private readonly Lock _gate = new();
    private readonly List<(string Name, int Count)> _pending;
    private readonly Dictionary<string, int> _seen = new(StringComparer.Ordinal);

    public KillSchedule(ImmutableArray<string> moments) => _pending = [.. moments.Select(Parse)];

    /// <summary>The moments that a demo goes through (D33).</summary>
    public static ImmutableArray<string> Moments(SigningChoice signing)
        => [.. Entering, .. signing == SigningChoice.Keymeld ? SigningRemotely : SigningLocally, .. Settling];

    /// <summary>Moments separated by commas; <c>random</c> is any of them.</summary>
    public static ImmutableArray<string> Read(string text, SigningChoice signing)
        => [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(moment => moment == "random" ? Moments(signing)[RandomNumberGenerator.GetInt32(Moments(signing).Length)] : moment)];

    /// <summary>True where a text names a moment.</summary>
    public static bool IsMoment(string text, SigningChoice signing) => Moments(signing).Contains(Parse(text).Name) && Parse(text).Count > 0;

    /// <summary>Something happened: whether the service dies now.</summary>
    public bool Strikes(string name)
    {
        lock (_gate)
        {
            var count = _seen[name] = _seen.GetValueOrDefault(name) + 1;
            return _pending.RemoveAll(moment => moment.Name == name && moment.Count == count) > 0;
        }
    }

    private static (string Name, int Count) Parse(string text)
    {
        var parts = text.Split(':');
        return parts.Length == 1 ? (text, 1)
            : parts.Length == 2 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? (parts[0], count)
            : (text, 0);
    }
}
