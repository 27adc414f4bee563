using System.Collections.Immutable;
using System.Text;
using Coordinator.Bitcoin;
using Coordinator.Dlc;
using Coordinator.Grains;
using Coordinator.Players;

namespace Coordinator.Simulation;

/// <summary>Own nonces, own partial signatures, own verification.</summary>
internal sealed partial class SimPlayer
{
    private PlayerRound? _round;
    private OwnNonces? _own;
    private string? _lied;
    private bool _lost;

    private async Task SignAsync(string state)
    {
        if (await AskAsync(grain => grain.ContractAsync(Player)) is not { RoundId.Length: > 0 } contract)
        {
            return;
        }

        var mine = contract.Entries.First(entry => entry.EntryId == Entry!.Id);
        Index = mine.PlayerIndex;
        if (mine.NoncesSubmitted && Plan.LosesNonces && !_lost)
        {
            // A client that was restarted: its nonces were in its memory only.
            (_lost, _own) = (true, null);
        }

        var step = OwnNonces.Next(_own, contract.RoundId, mine.NoncesSubmitted, mine.PartialsSubmitted);
        if (step == SigningStep.Open)
        {
            OpenRound(contract);
        }
        else if (step == SigningStep.Adopt)
        {
            _own = new OwnNonces(contract.RoundId, Offered: true, Accepted: false, Signed: false);
        }

        if (step == SigningStep.Sign)
        {
            if (state == "awaiting_signatures" && await AskAsync(grain => grain.AggregateNoncesAsync(Player)) is { } aggregate && aggregate.Round == contract.RoundId)
            {
                await SendPartialsAsync(contract, aggregate);
            }
        }
        else if (step != SigningStep.Wait)
        {
            _own = _own!.Value with { Offered = true };
            var sent = await AskAsync(grain => grain.SubmitNoncesAsync(new NoncesRequest(Player, Entry!.Id, contract.RoundId, Nonces())));
            _own = _own.Value with { Accepted = sent is not null };
        }
    }

    private ImmutableArray<byte> Nonces() => ImmutableArray.Create(_round!.Nonces.ToJsonBytes());

    private void OpenRound(ContractView contract)
    {
        var dlc = _competition.ContractOf(contract);
        _round?.Dispose();
        _round = PlayerRound.Open(SigningItems.Of(dlc), _key, RoundBinding.Of(dlc, Hex.Decode(contract.RoundId)));
        _own = new OwnNonces(contract.RoundId, Offered: false, Accepted: false, Signed: false);
    }

    private async Task SendPartialsAsync(ContractView contract, AggregateNoncesView aggregate)
    {
        var all = SigMap<AggregateNonce>.Parse(_round!.Items.AllItems.Shape, Encoding.UTF8.GetBytes(aggregate.Json));
        _own = _own!.Value with { Signed = true };
        var partials = _round.Sign(all);
        if (Plan.Lies && (_lied is null || Plan.LiesOn))
        {
            _lied = contract.RoundId;
            var wrong = partials.Packed.ToArray();

            // A place of its own: the errors of two liars would cancel each other now and then, by nonces that no seed draws.
            wrong[^(1 + _number)] ^= 1;
            partials = SigMap<PartialSignature>.FromPacked(partials.Shape, wrong);
        }

        var body = ImmutableArray.Create(partials.ToJsonBytes());
        await AskAsync(grain => grain.SubmitSignaturesAsync(new SignaturesRequest(Player, Entry!.Id, contract.RoundId, body, contract.FundingPsbt)));
    }

    /// <summary>Own signatures, verified, and the ticket preimage, once they are there.</summary>
    private async Task FetchAsync()
    {
        if ((Signed is not null && TicketPreimage is not null) || await AskAsync(grain => grain.ContractAsync(Player)) is not { } contract)
        {
            return;
        }

        var mine = contract.Entries.First(entry => entry.EntryId == Entry!.Id);
        Index = mine.PlayerIndex;
        if (Signed is null && mine.Signatures is { } json)
        {
            if (!ContractEnforcement.TryVerify(
                _competition.ContractOf(contract), ContractSignatures.Parse(Encoding.UTF8.GetBytes(json)), _key.PublicKey, out var signed, out var why))
            {
                throw new Violation("players can enforce their contract", $"{Name}: the signatures of its contract are not good: {why}");
            }

            Signed = signed;
        }

        TicketPreimage ??= mine.TicketPreimage is { } preimage ? Hex.Decode(preimage) : null;
    }
}
