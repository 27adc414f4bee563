using System.Text;
using Coordinator.Bitcoin;
using Coordinator.Dlc;
using Coordinator.Players.Records;
using Coordinator.Players.Wire;

namespace Coordinator.Players.Play;

/// <summary>
/// Verifies the contract, signs it or follows how it is signed remotely, verifies its own signatures and waits for its ticket's preimage.
/// </summary>
internal sealed class ContractPart(PlayerContext player) : IDisposable
{
    private readonly LocalSigning _local = new(player);
    private readonly RemoteCheck _remote = new(player);
    private readonly EscrowPart _escrow = new(player);
    private TicketedDlc? _dlc;
    private string? _checked;

    /// <summary>Until everything is held that a claim on chain needs.</summary>
    /// <returns>False where there will be no pool and this player's escrow came back instead.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellation)
    {
        while (player.Record.TicketPreimage is null)
        {
            if (player.Record.Seat!.Escrow is not null && await IsCalledOffAsync(cancellation))
            {
                var sats = await _escrow.TakeBackAsync(cancellation)
                    ?? throw new PlayerException("the competition was called off before its escrows were paid for");
                await SettlementPart.FinishAsync(player, "escrow_back", sats, cancellation);
                return false;
            }

            if (await ShownAsync(cancellation) is { } shown)
            {
                await StepAsync(shown, cancellation);
            }

            await player.BreatheAsync(cancellation);
        }

        player.Say("ready");
        return true;
    }

    private async Task<bool> IsCalledOffAsync(CancellationToken cancellation)
        => (await player.Coordinator.CompetitionAsync(player.Competition, cancellation)).GetProperty("state").GetString() is "cancelled" or "failed";

    public void Dispose()
    {
        _local.Dispose();
        _remote.Dispose();
    }

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
        if (player.Record.Seat!.Keymeld is { } seat)
        {
            await _remote.FollowAsync(shown, seat, dlc, cancellation);
        }

        if (shown.Entry.Signatures is { } signatures)
        {
            var own = await KeepSignaturesAsync(shown, dlc, signatures, cancellation);
            if (shown.Keymeld is not { } session || await _remote.CompareAsync(session, dlc, own, cancellation))
            {
                await _escrow.SignAsync(shown, cancellation);
                KeepTicketPreimage(shown.Entry.TicketPreimage);
            }
        }
        else if (shown.Round.Length > 0)
        {
            await _local.StepAsync(shown, dlc, cancellation);
        }
    }

    /// <summary>Verifies once per set of parameters, outpoint and PSBT; the announcement comes from the oracle itself.</summary>
    private async Task<TicketedDlc> CheckedAsync(ShownContract shown, CancellationToken cancellation)
    {
        var name = $"{shown.Parameters}{shown.FundingOutpoint}{shown.FundingPsbt}";
        if (_dlc is null || _checked != name)
        {
            if (_local.HasBegun)
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

    /// <summary>Verifies this player's signatures and stores them; the stored ones where there are some.</summary>
    private async Task<ContractSignatures> KeepSignaturesAsync(ShownContract shown, TicketedDlc dlc, string signatures, CancellationToken cancellation)
    {
        if (player.Record.Contract is { } kept)
        {
            return ContractSignatures.Parse(Encoding.UTF8.GetBytes(kept.Signatures));
        }

        var (own, problem) = await player.ComputeAsync<(ContractSignatures?, string?)>(
            () => !ContractSignatures.TryParse(Encoding.UTF8.GetBytes(signatures), out var read, out var error) ? (null, error)
                : ContractEnforcement.TryVerify(dlc, read, player.Keys.Entry.PublicKey, out _, out var problems) ? (read, null)
                : (null, problems[0].ToString()),
            cancellation);
        if (own is null)
        {
            throw new PlayerException($"the contract's signatures are not good: {problem}");
        }

        player.Save(player.Record with { Contract = new ContractRecord(dlc.Parameters.ToJson(), shown.FundingOutpoint, signatures) });
        player.Say("signatures_verified", ("outcomes", dlc.Outcomes.Length));
        return own;
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
