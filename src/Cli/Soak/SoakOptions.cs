using Coordinator.Cli.Processes;

namespace Coordinator.Cli.Soak;

/// <summary>What a soak does.</summary>
/// <param name="Competitions">How many at once.</param>
/// <param name="Time">How long something goes wrong every second, and new competitions begin where old ones ended.</param>
/// <param name="Seed">Of faults, keys, picks and outcomes.</param>
internal sealed record SoakOptions(int Competitions, TimeSpan Time, ulong Seed, SigningChoice Signing);
