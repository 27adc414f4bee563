using System.Net.Sockets;
using Coordinator.Cli.Demo;
using Coordinator.Players;

namespace Coordinator.Cli.Synth;

/// <summary>Moves simulators that nobody else moves: mines what waits, lets the oracle speak. Against a deployed service there is nothing to move.</summary>
internal sealed class SynthHand(SynthOptions options, WorldHttp http)
{
    private const int FirstOutcome = 0;

    private readonly ChainWorld? _chain = options.ChainControl is { } control ? new SimulatedChain(http, control) : null;
    private readonly OracleWorld? _oracle = options.OracleControl is { } control ? new OracleWorld(http, control) : null;
    private bool _spoken;

    /// <param name="isReady">Every player holds what a claim on chain needs.</param>
    public async Task MoveAsync(Guid competition, string state, bool isReady, CancellationToken cancellation)
    {
        try
        {
            await TryMoveAsync(competition, state, isReady, cancellation);
        }
        catch (Exception down) when (down is HttpRequestException or IOException or SocketException || (down is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            // tried again at the next look; what does not move for too long is told there
        }
    }

    private async Task TryMoveAsync(Guid competition, string state, bool isReady, CancellationToken cancellation)
    {
        if (_oracle is not null && !_spoken && state == "awaiting_attestation" && isReady)
        {
            // By the outcome: letting it sign would move its clock, and close the next competition's observation.
            await _oracle.AttestAsync(competition, FirstOutcome, cancellation);
            _spoken = true;
        }

        if (_chain is null)
        {
            return;
        }

        var isHurried = options.Payout == PayoutChoice.Onchain && state is "outcome_broadcasted" or "delta_broadcasted";
        if (isHurried || (await _chain.TipAsync(cancellation)).Waiting > 0)
        {
            await _chain.MineAsync(1, null, cancellation);
        }
    }
}
