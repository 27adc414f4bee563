using System.Diagnostics;
using Coordinator.Bitcoin;
using Coordinator.Competitions;

namespace Coordinator.Grains;

/// <summary>Spans of effects and of steps, in the trace of their competition. They hold names, hashes and transaction ids; never a secret.</summary>
internal static class EffectTrace
{
    private static readonly ActivitySource Source = new("Coordinator.Grains");

    /// <summary>Somebody listens; otherwise nothing here costs anything.</summary>
    public static bool IsOn => Source.HasListeners();

    /// <summary>An attempt begins. Inside of a call of the same competition it is part of that call.</summary>
    public static Activity? Start(Effect effect, EffectContext context)
    {
        var own = CompetitionTrace.Of(context.Id);
        var parent = Activity.Current is { } current && current.TraceId == own.TraceId ? current.Context : own;
        var span = Source.StartActivity($"effect {EffectMeter.KindOf(effect)}", ActivityKind.Internal, parent);
        if (span is null)
        {
            return null;
        }

        span.SetTag(CompetitionTrace.CompetitionKey, context.Id.ToString());
        span.SetTag("coordinator.effect", effect.Key);
        span.SetTag("coordinator.state", context.State.Wire);
        var (ticket, entry, hash) = SubjectOf(effect);
        Tag(span, CompetitionTrace.TicketKey, (ticket ?? TicketOf(hash, context))?.ToString());
        Tag(span, "coordinator.entry.id", entry?.ToString());
        Tag(span, "coordinator.payment_hash", hash?.ToString());
        Tag(span, "coordinator.funding.txid", Contracted.Of(context.State)?.Contract.FundingTxid.ToString());
        return span;
    }

    /// <summary>What became of it.</summary>
    public static void End(Activity? span, EffectResult result)
    {
        if (span is not null)
        {
            span.SetTag("coordinator.effect.outcome", result.TryAgain is null ? EffectMeter.Done : EffectMeter.Later);
            Tag(span, "coordinator.effect.says", result.TryAgain);
            Tag(span, "coordinator.effect.facts", result.Facts.Count == 0 ? null : string.Join(' ', result.Facts.Select(fact => fact.GetType().Name)));
        }
    }

    /// <summary>It ended in an exception: its type only, since messages may quote anything.</summary>
    public static void Fail(Activity? span, Exception failure)
    {
        span?.SetTag("error.type", failure.GetType().FullName);
        span?.SetStatus(ActivityStatusCode.Error);
    }

    /// <summary>A competition is in another state: a span without length.</summary>
    public static void Step(CompetitionState state, string? before)
    {
        if (!IsOn)
        {
            return;
        }

        using var span = Source.StartActivity($"state {state.Wire}", ActivityKind.Internal, CompetitionTrace.Of(state.Header.Terms.Id));
        if (span is not null)
        {
            span.SetTag(CompetitionTrace.CompetitionKey, state.Header.Terms.Id.ToString());
            Tag(span, "coordinator.state.before", before);
            Tag(span, "coordinator.funding.txid", Contracted.Of(state)?.Contract.FundingTxid.ToString());
        }
    }

    private static (Guid? Ticket, Guid? Entry, Hash32? Hash) SubjectOf(Effect effect) => effect switch
    {
        IssueInvoice issue => (issue.Ticket, null, issue.Hash),
        RotateTicket rotate => (rotate.Ticket, null, rotate.Hash),
        SettleInvoice settle => (settle.Ticket, null, settle.Hash),
        CancelInvoice cancel => (null, null, cancel.Hash),
        PrepareEscrow prepare => (prepare.Ticket, null, prepare.Hash),
        BroadcastEscrow send => (send.Ticket, null, send.Hash),
        DoubleSpendEscrow take => (take.Ticket, null, take.Hash),
        ReclaimEscrow reclaim => (reclaim.Ticket, null, reclaim.Hash),
        ReleaseEscrow release => (release.Ticket, null, release.Hash),
        PayWinner pay => (null, pay.Entry, pay.PaymentHash),
        BarPlayer bar => (null, bar.Entry, null),
        _ => (null, null, null),
    };

    private static Guid? TicketOf(Hash32? hash, EffectContext context)
        => hash is { } known ? context.Header.Roster.Tickets.FirstOrDefault(ticket => ticket.Hash == known)?.Id : null;

    private static void Tag(Activity span, string name, string? value)
    {
        if (value is not null)
        {
            span.SetTag(name, value);
        }
    }
}
