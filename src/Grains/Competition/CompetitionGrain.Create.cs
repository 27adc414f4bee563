using System.Security.Cryptography;
using Coordinator.Bitcoin;
using Coordinator.Chain;
using Coordinator.Competitions;

namespace Coordinator.Grains;

/// <summary>Creation: terms are checked, tickets are made, everything is on disk before the answer.</summary>
public sealed partial class CompetitionGrain
{
    public async Task<Answer<CompetitionView>> CreateAsync(CreateCompetition request)
    {
        if (request.Id != Id)
        {
            return Problems.Invalid("invalid_terms", "the id is not the competition's");
        }

        if (_committed.State is not null)
        {
            return await AgainAsync(request);
        }

        if (services.Intake.Refusal is { } closed)
        {
            return closed;
        }

        if (!(await services.ChainSource.GetFeeEstimatesAsync(CancellationToken.None)).TryGet(out var estimates))
        {
            return Problems.Unavailable("chain_unavailable", "fee estimates cannot be had: try again shortly");
        }

        var now = clock.GetUtcNow();
        var (terms, refusals) = TermsRules.Accept(Proposed(request), Policy(estimates, services.Settings), now);
        return terms is null ? Problems.Of(refusals) : await MakeAsync(terms, now);
    }

    private async Task<Answer<CompetitionView>> MakeAsync(CompetitionTerms terms, DateTimeOffset now)
    {
        using var key = services.Secrets.MarketMakerKey(Id);
        var roster = Roster.Of(Enumerable.Range(0, terms.Entries).Select(_ => NewTicket(now)));
        KeymeldSession? keymeld = null;
        if (terms.Signing == SigningMode.Keymeld)
        {
            var opened = await services.KeymeldOpening.OpenAsync(terms, [.. roster.Tickets.Select(ticket => ticket.Id)], now);
            if (!opened.TryGet(out keymeld, out var problem))
            {
                return problem;
            }
        }

        // Nobody's payout may ever use a hash that a ticket has (D39).
        await Task.WhenAll(roster.Tickets.Select(ticket => GrainFactory.ClaimAsync(Claims.Hash, ticket.Hash.ToString(), Claims.Ticket(ticket.Id))));
        await CommitAsync(new Created(new Header(terms, key.PublicKey, now, roster, [], keymeld)));
        await GrainFactory.GetGrain<IDirectoryGrain>(0).PutAsync(CompetitionViews.Lean(_committed));
        return CompetitionViews.Lean(_committed);
    }

    private static TermsPolicy Policy(FeeEstimates estimates, CoordinatorSettings settings) => new(
        settings.Network, settings.SettlementDepth, settings.SigningWindow, settings.MaxFeeRate, ContractEffects.ContractRate(estimates, settings),
        settings.Signing)
    {
        SignatureGrace = settings.SignatureGrace,
        EntriesPerPlayer = settings.EntriesPerPlayer,
        ReclaimGrace = settings.ReclaimGrace,
    };

    /// <summary>The same creation again is the same answer; another one under the same id is refused.</summary>
    private async Task<Answer<CompetitionView>> AgainAsync(CreateCompetition request)
    {
        var view = CompetitionViews.Lean(_committed);
        var same = CompetitionViews.SameTerms(view.Submission, request);
        if (same)
        {
            await GrainFactory.GetGrain<IDirectoryGrain>(0).PutAsync(view);
        }

        return same ? view : new Problem(ProblemKind.Conflict, "competition_exists", $"a competition {Id} with other terms exists");
    }

    private Ticket NewTicket(DateTimeOffset now)
    {
        var id = services.Entropy.Uuid7(now);
        var preimage = services.Entropy.Bytes(32);
        var ticket = new Ticket(id, Hash32.Of(preimage), services.Secrets.Seal(InvoiceEffects.Purpose(id), preimage));
        CryptographicOperations.ZeroMemory(preimage);
        return ticket;
    }

    private static ProposedTerms Proposed(CreateCompetition request) => new(
        request.Id,
        request.SigningDate,
        request.StartObservationDate,
        request.EndObservationDate,
        request.Locations,
        request.NumberOfValuesPerEntry,
        request.NumberOfPlacesWin,
        request.TotalAllowedEntries,
        request.EntryFee,
        request.CoordinatorFeePercentage,
        request.TotalCompetitionPool,
        request.RelativeLocktimeBlockDelta)
    {
        SettlementDepth = request.SettlementDepth,
        Escrow = request.Escrow,
        EscrowRefundBlocks = request.EscrowRefundBlocks,
    };
}
