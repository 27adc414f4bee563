using System.Text;
using Coordinator.Bitcoin;
using Coordinator.Dlc;
using Coordinator.Players.Records;
using Coordinator.Players.Wire;

namespace Coordinator.Players.Play;

/// <summary>
/// Verifies the contract, signs rounds until the contract is complete, verifies its own signatures and waits for its ticket's preimage.
/// Secret nonces live here in memory only; a round answers one aggregate, ever (D8).
/// </summary>
internal sealed class SigningPart(PlayerContext player) : IDisposable
{
    private TicketedDlc? _dlc;
    private string? _checked;
    private PlayerRound? _round;
    private string? _roundId;
    private byte[]? _partials;

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (player.Record.TicketPreimage is null)
        {
            if (await ShownAsync(cancellation) is { } shown)
            {
                await StepAsync(shown, cancellation);
            }

            await player.BreatheAsync(cancellation);
        }

        player.Say("ready");
    }

    public void Dispose() => _round?.Dispose();

    private async Task<ShownContract?> ShownAsync(CancellationToken cancellation)
    {
        var answer = await player.Coordinator.ContractAsync(player.Competition, cancellation);
        if (answer.Status == 404)
        {
            var state = (await player.Coordinator.CompetitionAsync(player.Competition, cancellation)).GetProperty("state").GetString();
            return state is "cancelled" or "failed" ? throw new PlayerException($"the competition is {state}") : null;
        }

        return ShownContract.Read(answer.Json("the contract"), player.Record.Seat!.Entry);
    }

    private async Task StepAsync(ShownContract shown, CancellationToken cancellation)
    {
        var dlc = await CheckedAsync(shown, cancellation);
        if (shown.Entry.Signatures is { } signatures)
        {
            await KeepSignaturesAsync(shown, dlc, signatures, cancellation);
            KeepTicketPreimage(shown.Entry.TicketPreimage);
        }
        else if (shown.Round.Length > 0)
        {
            await SignAsync(shown, dlc, cancellation);
        }
    }

    /// <summary>Verifies once per set of parameters, outpoint and PSBT; the announcement comes from the oracle itself.</summary>
    private async Task<TicketedDlc> CheckedAsync(ShownContract shown, CancellationToken cancellation)
    {
        var name = $"{shown.Parameters}{shown.FundingOutpoint}{shown.FundingPsbt}";
        if (_dlc is null || _checked != name)
        {
            if (_round is not null)
            {
                throw new PlayerException("the contract changed after nonces were drawn for it");
            }

            var oracle = await player.Oracle.AskAsync(player.Competition, cancellation);
            _dlc = await player.ComputeAsync(() => ContractCheck.Verify(shown, player.Record, player.Keys.Entry.PublicKey, oracle), cancellation);
            _checked = name;
            player.Say("contract_verified", ("funding_outpoint", shown.FundingOutpoint));
        }

        return _dlc;
    }

    private async Task SignAsync(ShownContract shown, TicketedDlc dlc, CancellationToken cancellation)
    {
        if (_roundId != shown.Round)
        {
            await OpenAsync(shown.Round, dlc, cancellation);
        }

        var (competition, entry) = (player.Competition, player.Record.Seat!.Entry);
        if (!shown.Entry.HasNonces)
        {
            var sent = await player.Coordinator.SendNoncesAsync(competition, entry, shown.Round, _round!.Nonces.ToJsonBytes(), cancellation);
            Report(sent, "nonces", "public nonces");
            return;
        }

        if (shown.Entry.HasPartials)
        {
            return;
        }

        if (_partials is null)
        {
            await AnswerAsync(shown.Round, cancellation);
        }

        if (_partials is not null)
        {
            var sent = await player.Coordinator.SendSignaturesAsync(competition, entry, shown.Round, shown.FundingPsbt, _partials, cancellation);
            Report(sent, "signatures", "partial signatures");
        }
    }

    private async Task OpenAsync(string roundId, TicketedDlc dlc, CancellationToken cancellation)
    {
        _round?.Dispose();
        (_round, _roundId, _partials) = (null, null, null);
        var binding = RoundBinding.Of(dlc, Hex.Decode(roundId));
        _round = await player.ComputeAsync(() => PlayerRound.Open(SigningItems.Of(dlc), player.Keys.Entry, binding), cancellation);
        _roundId = roundId;
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
            player.Say(step, ("round", _roundId));
        }
        else if (sent.Code is not ("old_round" or "signatures_present" or "already_signed" or "nonces_not_aggregated" or "contract_not_available"))
        {
            sent.Expect(what);
        }
    }

    private async Task KeepSignaturesAsync(ShownContract shown, TicketedDlc dlc, string signatures, CancellationToken cancellation)
    {
        if (player.Record.Contract is not null)
        {
            return;
        }

        var problem = await player.ComputeAsync(
            () => !ContractSignatures.TryParse(Encoding.UTF8.GetBytes(signatures), out var own, out var error) ? error
                : ContractEnforcement.TryVerify(dlc, own, player.Keys.Entry.PublicKey, out _, out var problems) ? null
                : problems[0].ToString(),
            cancellation);
        if (problem is not null)
        {
            throw new PlayerException($"the contract's signatures are not good: {problem}");
        }

        player.Save(player.Record with { Contract = new ContractRecord(dlc.Parameters.ToJson(), shown.FundingOutpoint, signatures) });
        _round?.Dispose();
        player.Say("signatures_verified", ("outcomes", dlc.Outcomes.Length));
    }

    private void KeepTicketPreimage(string? preimage)
    {
        if (preimage is null)
        {
            return;
        }

        if (!Hashlock.Parse(player.Record.Seat!.TicketHash).IsOpenedBy(Hex.Decode(preimage)))
        {
            throw new PlayerException("what was shown as the ticket's preimage does not open its hash");
        }

        player.Save(player.Record with { TicketPreimage = preimage });
    }
}
