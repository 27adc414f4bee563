using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;

namespace Coordinator.Cli.Demo;

/// <summary>
/// When the service is killed: <c>state</c> or <c>step:count</c>, where a step is what a player says it did. Each moment is used once.
/// </summary>
internal sealed class KillSchedule
{
    /// <summary>The moments that the demonstration of D33 goes through; <c>nonces</c> of the last player is the window between nonces and signatures.</summary>
    public static readonly ImmutableArray<string> Moments =
    [
        "ticket", "paid", "entered", "contract_verified", "nonces", "signed", "signatures", "signing_complete", "funding_broadcasted", "ready",
        "attested", "outcome_broadcasted", "invoice", "received", "delta_broadcasted",
    ];

    private readonly Lock _gate = new();
    private readonly List<(string Name, int Count)> _pending;
    private readonly Dictionary<string, int> _seen = new(StringComparer.Ordinal);

    public KillSchedule(ImmutableArray<string> moments) => _pending = [.. moments.Select(Parse)];

    /// <summary>Moments separated by commas; <c>random</c> is any of them.</summary>
    public static ImmutableArray<string> Read(string text)
        => [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(moment => moment == "random" ? Moments[RandomNumberGenerator.GetInt32(Moments.Length)] : moment)];

    /// <summary>True where a text names a moment.</summary>
    public static bool IsMoment(string text) => Moments.Contains(Parse(text).Name) && Parse(text).Count > 0;

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
