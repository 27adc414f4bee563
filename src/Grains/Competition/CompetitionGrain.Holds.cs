using System.Collections.Immutable;
using Coordinator.Competitions;
using Coordinator.Lightning;

namespace Coordinator.Grains;

/// <summary>After a start: compared with chain and Lightning before anything new. What cannot be explained waits for an operator.</summary>
public sealed partial class CompetitionGrain
{
    private readonly SortedSet<string> _untried = new(StringComparer.Ordinal);
    private bool _chainLooked;
    private bool _invoicesLooked;
    private bool _reconciled;

    /// <summary>A contract may have been funded by what these books have forgotten (a restore): until the chain was looked at once, nothing ends it.</summary>
    private bool IsBlind => !_chainLooked && _committed.State is Gathering && Contracted.Of(_committed.State) is not null;

    public async Task<Answer<CompetitionView>> ReleaseHoldAsync(OperatorWord word)
    {
        if (await DecideAsync(new ReleaseHold(word.Id, word.By, word.Note, clock.GetUtcNow())) is { } problem)
        {
            return problem;
        }

        // What waited for the word need not wait for its pause as well.
        _committed = _committed.Hastened(clock.GetUtcNow());
        Schedule();
        return CompetitionViews.Lean(_committed);
    }

    public async Task<RecheckView> RecheckAsync()
    {
        if (_committed.State is not { } state)
        {
            return new RecheckView(null, [], 0);
        }

        var now = clock.GetUtcNow();
        var waits = IsBlind ? "the chain cannot be asked" : null;
        var facts = new List<Fact>();
        if (state is not (Completed or Cancelled))
        {
            waits ??= await LookAtHashesAsync(state, facts, now);
        }

        if (state is LiveState live and not Completed)
        {
            var found = await services.PayoutFinder.LookAsync(live, now, CancellationToken.None);
            waits ??= found is null ? "the Lightning node cannot be asked about every payout hash" : null;
            facts.AddRange(found ?? []);
        }

        await AbsorbAsync(facts);
        var header = _committed.State!.Header;
        ImmutableArray<string> hashes =
            [.. (_committed.State as LiveState)?.Live.Payouts.Where(payout => payout.MayBeOut || payout.Stage != PayoutStage.Intended).Select(payout => payout.PaymentHash.ToString()) ?? [],
             .. header.Holds.Where(hold => hold.Kind == HoldKind.UnexplainedPayment).Select(hold => hold.Subject)];
        return new RecheckView(waits, hashes, header.Holds.Count(hold => hold is { Kind: HoldKind.UnexplainedPayment, IsOpen: true }));
    }

    /// <summary>A free seat whose hash LND knows was shown to somebody after the backup.</summary>
    private async Task<string?> LookAtHashesAsync(CompetitionState state, List<Fact> facts, DateTimeOffset now)
    {
        foreach (var ticket in state.Header.Roster.Tickets.Where(ticket => !ticket.Final))
        {
            var found = await services.Lightning.FindInvoiceAsync(InvoiceEffects.Name(ticket.Hash), CancellationToken.None);
            if (!found.TryGet(out _))
            {
                if (found.Refusal != LightningRefusal.NotFound)
                {
                    return "the Lightning node cannot be asked about every ticket hash";
                }
            }
            else if (ticket.Stage == TicketStage.Free)
            {
                facts.Add(new TicketHashUsed(ticket.Hash, now));
            }
        }

        return null;
    }

    private void BeginReconciliation(CompetitionState state)
    {
        _committed = _committed.Hastened(clock.GetUtcNow());
        _untried.UnionWith(_committed.Intents.Select(intent => intent.Effect.Key));
        _invoicesLooked = Waiting().Invoices.IsEmpty;
        _chainLooked = !state.WatchesChain;
    }

    /// <summary>Compared: the chain was seen, every invoice was seen or is known to be unknown, and every intent of before has had its look.</summary>
    private void CheckReconciled()
    {
        if (_reconciled || _committed.State is not { } state)
        {
            return;
        }

        _untried.IntersectWith(_committed.Intents.Select(intent => intent.Effect.Key));
        if ((_chainLooked || !state.WatchesChain) && (_invoicesLooked || Waiting().Invoices.IsEmpty) && _untried.Count == 0)
        {
            _reconciled = true;
            services.Intake.Reconciled(Id);
        }
    }

    /// <summary>Why an effect has to wait, or null.</summary>
    private string? Forbidden(Effect effect)
        => services.Intake.Forbids(effect)
            ?? (effect is PayWinner pay && _committed.State is LiveState live && live.Live.PayoutOf(pay.Entry) is { MayBeOut: false } payout
                ? services.Intake.ForbidsPayout(payout.Atomic)
                : null);

    private void CountHolds() => services.Intake.CountHolds(Id, _committed.State?.Header.Holds.Count(hold => hold.IsOpen) ?? 0);
}
