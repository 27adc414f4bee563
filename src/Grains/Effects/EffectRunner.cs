using Coordinator.Competitions;

namespace Coordinator.Grains;

/// <summary>Gives every effect to its handler. An effect that no longer fits its state does nothing.</summary>
public sealed class EffectRunner(
    InvoiceEffects invoices,
    OracleEffects oracle,
    DoorEffects door,
    ContractEffects contracts,
    SigningEffects signing,
    FundingEffects funding,
    SettlementEffects settlement,
    PayoutEffects payouts,
    BumpEffects bumps,
    EscrowEffects escrows,
    KeymeldSeats seats,
    KeymeldKeygen keygen,
    KeymeldBatches batches,
    KeymeldProbing probing)
{
    /// <summary>One attempt. Throws nothing but what is a bug or a lost database.</summary>
    public Task<EffectResult> RunAsync(Effect effect, EffectContext context, CancellationToken cancellation)
        => EffectTrace.IsOn ? TraceAsync(effect, context, cancellation) : RunKindAsync(effect, context, cancellation);

    private async Task<EffectResult> TraceAsync(Effect effect, EffectContext context, CancellationToken cancellation)
    {
        using var span = EffectTrace.Start(effect, context);
        try
        {
            var result = await RunKindAsync(effect, context, cancellation);
            EffectTrace.End(span, result);
            return result;
        }
        catch (Exception failure)
        {
            EffectTrace.Fail(span, failure);
            throw;
        }
    }

    private Task<EffectResult> RunKindAsync(Effect effect, EffectContext context, CancellationToken cancellation) => (effect, context.State) switch
    {
        (IssueInvoice issue, Open) => invoices.IssueAsync(issue, context, cancellation),
        (CancelInvoice cancel, _) => invoices.CancelAsync(cancel, context, cancellation),
        (RotateTicket rotate, _) => escrows.RotateAsync(rotate, context, cancellation),
        (PrepareEscrow or CheckBeforeEscrow or BroadcastEscrow or DoubleSpendEscrow or ReclaimEscrow or ReleaseEscrow, _)
            => RunEscrowAsync(effect, context, cancellation),
        (SettleInvoice settle, AwaitingEscrow) => escrows.SettleAsync(settle, context, cancellation),
        (SettleInvoice settle, LiveState) => invoices.SettleAsync(settle, context, cancellation),
        (CreateOracleEvent, _) => oracle.CreateAsync(context, cancellation),
        (SubmitOracleEntries, _) => oracle.SubmitAsync(context, cancellation),
        (PrepareContract, EntriesSubmitted state) => contracts.PrepareAsync(state, context, cancellation),
        (BarPlayer bar, Cancelled state) => door.BarAsync(bar, state, context),
        (ReleaseCoins, _) => contracts.ReleaseAsync(context),
        (AggregateNonces, ContractCreated state) => signing.AggregateNoncesAsync(state, context),
        (SignOwnPart, AwaitingSignatures state) => signing.SignOwnAsync(state, context),
        (AggregateSignatures, AwaitingSignatures state) => signing.AggregateSignaturesAsync(state, context),
        (CheckBeforeFunding, SigningComplete state) => funding.CheckAsync(state, context, cancellation),
        (EndBumps, _) => bumps.EndAsync(context),
        (_, LiveState state) => RunLiveAsync(effect, state, context, cancellation),
        (_, Gathering) => RunRemoteAsync(effect, context, cancellation),
        _ => Task.FromResult(EffectResult.Of()),
    };

    private Task<EffectResult> RunEscrowAsync(Effect effect, EffectContext context, CancellationToken cancellation) => (effect, context.State) switch
    {
        (PrepareEscrow prepare, Open) => escrows.PrepareAsync(prepare, context, cancellation),
        (CheckBeforeEscrow, AwaitingEscrow) => escrows.CheckAsync(context, cancellation),
        (BroadcastEscrow send, _) => escrows.BroadcastAsync(send, context, cancellation),
        (DoubleSpendEscrow take, Cancelled or Failed) => escrows.DoubleSpendAsync(take, context, cancellation),
        (ReclaimEscrow reclaim, Cancelled or Failed) => escrows.ReclaimAsync(reclaim, context, cancellation),
        (ReleaseEscrow release, Cancelled or Failed) => escrows.ReleaseAsync(release, context),
        _ => Task.FromResult(EffectResult.Of()),
    };

    private Task<EffectResult> RunRemoteAsync(Effect effect, EffectContext context, CancellationToken cancellation) => (effect, context.State) switch
    {
        (ProbeKeymeld, _) => probing.ProbeAsync(context, cancellation),
        (RegisterSeat register, _) => seats.RegisterAsync(register, context, cancellation),
        (CompleteKeygen, KeygenPending) => keygen.CompleteAsync(context, cancellation),
        (StartBatch start, RemoteSigning state) => batches.StartAsync(start, state, context, cancellation),
        (FinishBatch finish, RemoteSigning state) => batches.FinishAsync(finish, state, context, cancellation),
        (AssembleSignatures, RemoteSigning state) => batches.AssembleAsync(state, context, cancellation),
        _ => Task.FromResult(EffectResult.Of()),
    };

    private Task<EffectResult> RunLiveAsync(Effect effect, LiveState state, EffectContext context, CancellationToken cancellation) => effect switch
    {
        BroadcastFunding => funding.BroadcastAsync(state, cancellation),
        BroadcastOutcome outcome => settlement.OutcomeAsync(outcome, state, cancellation),
        BroadcastExpiry => settlement.ExpiryAsync(state, cancellation),
        BroadcastClose => settlement.CloseAsync(state, cancellation),
        BroadcastSplit split => settlement.SplitAsync(split, state, cancellation),
        ReclaimOutcome => settlement.ReclaimAsync(state, cancellation),
        SweepShare share => settlement.ShareAsync(share, state, cancellation),
        BumpEffect bump => bumps.RunAsync(bump, state, context, cancellation),
        PayWinner pay => payouts.PayAsync(pay, context, cancellation),
        _ => Task.FromResult(EffectResult.Of()),
    };
}
