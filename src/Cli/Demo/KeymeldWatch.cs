using System.Collections.Immutable;
using System.Net.Sockets;

namespace Coordinator.Cli.Demo;

/// <summary>
/// Follows a competition's signing at the gateway, outside the service: the moments at which the service may be killed, and in the end what
/// was made there. The competition's sessions are those with a participant more than players; the service's trials of the gateway are smaller.
/// </summary>
internal sealed class KeymeldWatch(KeymeldWorld world, int players, Action<string> reached, TimeProvider clock)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);

    private readonly Dictionary<string, int> _told = new(StringComparer.Ordinal);

    /// <summary>Tells every step of the competition's signing as it happens, until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                Tell(await OwnAsync(cancellation));
            }
            catch (Exception late) when (late is OperationCanceledException or HttpRequestException or IOException or SocketException)
            {
                // Cancelled, or on a slow machine an answer is late: the next look sees what this one did not.
            }

            await Task.Delay(Look, clock, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>What the gateway keeps of the competition: for the last page of the story.</summary>
    public async Task TellAsync(DemoLog log, CancellationToken cancellation)
    {
        var (keygens, signings) = await OwnAsync(cancellation);
        var coordinators = keygens.Select(keygen => keygen.Coordinator).Distinct(StringComparer.Ordinal).ToList();
        log.Tell(
            "keymeld",
            $"Keymeld: {keygens.Length} key generation session with {keygens.Sum(keygen => keygen.Registered)} keys, {signings.Length} signing sessions with "
                + $"{signings.Sum(signing => signing.Items)} items, {signings.Count(signing => signing.IsCompleted)} of them complete",
            ("keygen_sessions", keygens.Length),
            ("coordinator_user_id", string.Join(',', coordinators)),
            ("registered", keygens.Sum(keygen => keygen.Registered)),
            ("signing_sessions", signings.Length),
            ("signed_sessions", signings.Count(signing => signing.IsCompleted)),
            ("items", signings.Sum(signing => signing.Items)));
    }

    private async Task<(ImmutableArray<KeygenFacts> Keygens, ImmutableArray<SigningFacts> Signings)> OwnAsync(CancellationToken cancellation)
    {
        var (keygens, signings) = await world.SessionsAsync(cancellation);
        ImmutableArray<KeygenFacts> own = [.. keygens.Where(keygen => keygen.Expected == players + 1)];
        return (own, [.. signings.Where(signing => own.Any(keygen => keygen.Id == signing.Keygen))]);
    }

    private void Tell((ImmutableArray<KeygenFacts> Keygens, ImmutableArray<SigningFacts> Signings) own)
    {
        Tell("registered", own.Keygens.Select(keygen => Math.Max(0, keygen.Registered - 1)).DefaultIfEmpty().Max());
        Tell("keygen_completed", own.Keygens.Count(keygen => keygen.IsCompleted));
        Tell("batch_posted", own.Signings.Length);
        Tell("batch_approved", own.Signings.Count(signing => signing.IsApproved || signing.IsCompleted));
        Tell("batch_signed", own.Signings.Count(signing => signing.IsCompleted));
    }

    private void Tell(string moment, int count)
    {
        for (var told = _told.GetValueOrDefault(moment); told < count; told++)
        {
            _told[moment] = told + 1;
            reached(moment);
        }
    }
}
