using Coordinator.Bitcoin;
using Coordinator.Dlc;
using Coordinator.Players.Wire;

namespace Coordinator.Players.Play;

/// <summary>
/// Signs rounds of a contract that was verified. Secret nonces live here in memory only; a round answers one aggregate, ever (D8).
/// </summary>
internal sealed class LocalSigning(PlayerContext player) : IDisposable
{
    private PlayerRound? _round;
    private OwnNonces? _own;
    private byte[]? _partials;

    /// <summary>Nonces were drawn for the contract as it was shown: it may not change any more.</summary>
    public bool HasBegun => _round is not null;

    /// <summary>Does what the shown round waits for, if that is this player.</summary>
    public async Task StepAsync(ShownContract shown, TicketedDlc dlc, CancellationToken cancellation)
    {
        var step = OwnNonces.Next(_own, shown.Round, shown.Entry.HasNonces, shown.Entry.HasPartials);
        if (step == SigningStep.Open)
        {
            await OpenAsync(shown.Round, dlc, cancellation);
        }
        else if (step == SigningStep.Adopt)
        {
            _own = new OwnNonces(shown.Round, Offered: true, Accepted: false, Signed: false);
        }

        if (step == SigningStep.Sign)
        {
            await SignAsync(shown, cancellation);
        }
        else if (step != SigningStep.Wait)
        {
            await SendNoncesAsync(shown, cancellation);
        }
    }

    private async Task SendNoncesAsync(ShownContract shown, CancellationToken cancellation)
    {
        _own = _own!.Value with { Offered = true };
        var sent = await player.Coordinator.SendNoncesAsync(
            player.Competition, player.Record.Seat!.Entry, shown.Round, _round!.Nonces.ToJsonBytes(), cancellation);
        _own = _own.Value with { Accepted = sent.IsSuccess };
        Report(sent, "nonces", "public nonces");
    }

    private async Task SignAsync(ShownContract shown, CancellationToken cancellation)
    {
        if (_partials is null)
        {
            await AnswerAsync(shown.Round, cancellation);
        }

        if (_partials is not null)
        {
            var sent = await player.Coordinator.SendSignaturesAsync(
                player.Competition, player.Record.Seat!.Entry, shown.Round, shown.FundingPsbt, _partials, cancellation);
            Report(sent, "signatures", "partial signatures");
        }
    }

    /// <summary>Forgets the nonces.</summary>
    public void Dispose() => _round?.Dispose();

    private async Task OpenAsync(string roundId, TicketedDlc dlc, CancellationToken cancellation)
    {
        _round?.Dispose();
        (_round, _own, _partials) = (null, null, null);
        var binding = RoundBinding.Of(dlc, Hex.Decode(roundId));
        _round = await player.ComputeAsync(() => PlayerRound.Open(SigningItems.Of(dlc), player.Keys.Entry, binding), cancellation);
        _own = new OwnNonces(roundId, Offered: false, Accepted: false, Signed: false);
        player.Say("round", ("round", roundId));
    }

    /// <summary>Takes the aggregate of this round, if it is there, and signs it once.</summary>
    private async Task AnswerAsync(string roundId, CancellationToken cancellation)
    {
        var answer = await player.Coordinator.AggregateNoncesAsync(player.Competition, cancellation);
        if (!answer.IsSuccess || answer.Round != roundId)
        {
            return;
        }

        var round = _round!;
        _own = _own!.Value with { Signed = true };
        _partials = await player.ComputeAsync(
            () =>
            {
                var shape = round.Items.AllItems.Shape;
                return SigMap<AggregateNonce>.TryParse(shape, answer.Body, out var aggregate, out var error)
                    ? round.Sign(aggregate).ToJsonBytes()
                    : throw new PlayerException($"the aggregate nonces do not read: {error}");
            },
            cancellation);
        player.Say("signed", ("round", roundId));
    }

    private void Report(ApiAnswer sent, string step, string what)
    {
        if (sent.IsSuccess)
        {
            player.Say(step, ("round", _own?.Round));
        }
        else if (sent.Code is not ("old_round" or "signatures_present" or "already_signed" or "nonces_not_aggregated" or "contract_not_available"))
        {
            sent.Expect(what);
        }
    }
}
