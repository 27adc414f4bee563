using System.Collections.Immutable;
using Coordinator.Competitions;
using Coordinator.Dlc;
using Coordinator.Keymeld;

namespace Coordinator.Grains;

/// <summary>
/// Signs a contract over as many signing sessions as it needs. A session's random id is on disk before the service hears of it, and its approval
/// is on disk before it is given: what goes on without one is not ours. Every signature is verified under our own derivation.
/// </summary>
public sealed class KeymeldBatches(
    KeymeldAccess access, KeymeldKeygen keygen, ContractLibrary library, IArtefacts artefacts, IContractWork work, IEntropy entropy, TimeProvider clock)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(250);

    /// <summary>How a contract's items are spread; always the same for the same contract and session.</summary>
    public static ImmutableArray<ContractBatch> Plan(SigningItems items, KeymeldSession session)
        => ContractBatches.Plan(items, [.. session.Tickets()], session.CoordinatorUser, session.Id);

    /// <summary>Look: the session by its id. Act: create it. Ends when the service waits for the coordinator.</summary>
    public async Task<EffectResult> StartAsync(StartBatch effect, RemoteSigning state, EffectContext context, CancellationToken cancellation)
    {
        var session = context.Header.Keymeld!;
        if (access.Gateway is not { } gateway)
        {
            return EffectResult.Later(KeymeldAccess.NotConfigured);
        }

        using var secret = access.Secret(session);
        using var me = access.Coordinator(context.Id, session);
        var look = await LookAsync(gateway, effect.Batch, me, secret, cancellation);
        if (look is KeymeldAnswer<SigningStatus>.Refused { IsNotFound: true })
        {
            var dlc = await library.GetAsync(state.Contract);
            var batch = await work.RunAsync(() => Plan(SigningItems.Of(dlc), session)[effect.Index]);
            var sent = await gateway.StartSigningAsync(batch.Order(effect.Batch, Lifetime), secret, cancellation);
            if (!sent.TryGet(out _))
            {
                return sent is KeymeldAnswer<Acknowledged>.Refused { IsNotFound: true }
                    ? Burned(context, "the gateway does not know the session any more")
                    : EffectResult.Later($"signing session: {sent.Describe()}");
            }

            look = await LookAsync(gateway, effect.Batch, me, secret, cancellation);
        }

        return look.TryGet(out var status) ? Started(effect.Batch, status, session, context) : Unseen(look, context);
    }

    /// <summary>Look: the session's status. Act: approve it, once that is on disk; then wait a little for its results.</summary>
    public async Task<EffectResult> FinishAsync(FinishBatch effect, RemoteSigning state, EffectContext context, CancellationToken cancellation)
    {
        var session = context.Header.Keymeld!;
        if (access.Gateway is not { } gateway)
        {
            return EffectResult.Later(KeymeldAccess.NotConfigured);
        }

        using var secret = access.Secret(session);
        using var me = access.Coordinator(context.Id, session);
        var (end, pause) = (clock.GetUtcNow() + Patience, FirstPause);
        while (true)
        {
            var look = await LookAsync(gateway, effect.Batch, me, secret, cancellation);
            if (await EndAsync(effect, state, look, context) is { } result)
            {
                return result;
            }

            if (look.TryGet(out var status) && status.State == SigningState.CollectingParticipants && !status.Approved.Contains(me.User)
                && await gateway.ApproveAsync(effect.Batch, me, cancellation) is var approved && !approved.TryGet(out _))
            {
                return EffectResult.Later($"approval: {approved.Describe()}");
            }

            if (clock.GetUtcNow() + pause >= end)
            {
                return EffectResult.Later($"the signing session is {status?.State}");
            }

            await Task.Delay(pause, clock, cancellation);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <summary>Reads the roster again, puts the signatures together and verifies all of them once more against the contract.</summary>
    public async Task<EffectResult> AssembleAsync(RemoteSigning state, EffectContext context, CancellationToken cancellation)
    {
        var session = context.Header.Keymeld!;
        if (access.Gateway is not { } gateway)
        {
            return EffectResult.Later(KeymeldAccess.NotConfigured);
        }

        using var secret = access.Secret(session);
        var dlc = await library.GetAsync(state.Contract);
        if (await keygen.AgainAsync(gateway, context, secret, cancellation) is { } differs)
        {
            return differs;
        }

        var packed = new byte[state.Batches.Length][];
        for (var batch = 0; batch < packed.Length; batch++)
        {
            packed[batch] = await artefacts.GetAsync(state.Batches[batch].Signatures!.Value);
        }

        var json = await work.RunAsync(() => Assemble(dlc, packed));
        return EffectResult.Of(new ContractSigned(RemoteSigning.Round, await artefacts.PutAsync(context.Id, json), context.Now));
    }

    /// <summary>The session's status, asked for again with a new proof where the first one was refused.</summary>
    private static async Task<KeymeldAnswer<SigningStatus>> LookAsync(
        IKeymeldGateway gateway, Guid batch, KeymeldParticipant me, SessionSecret secret, CancellationToken cancellation)
    {
        var look = await gateway.GetSigningAsync(batch, me, secret, cancellation);
        return look is KeymeldAnswer<SigningStatus>.Refused { IsNotFound: false } ? await gateway.GetSigningAsync(batch, me, secret, cancellation) : look;
    }

    /// <summary>A gateway that twice refuses the coordinator's own proof has another key for its seat than the one registered (D13).</summary>
    private static EffectResult Unseen(KeymeldAnswer<SigningStatus> look, EffectContext context)
        => look is KeymeldAnswer<SigningStatus>.Refused { Status: 400 or 401 or 403 }
            ? Burned(context, $"the coordinator's registration was changed: {look.Describe()}")
            : EffectResult.Later($"signing session: {look.Describe()}");

    private byte[] Assemble(TicketedDlc dlc, byte[][] packed)
    {
        var items = SigningItems.Of(dlc);
        var signatures = ContractBatches.Assemble(items, packed);
        var problems = SignatureCheck.Verify(items.MarketMaker, signatures, Cores.UpTo(work.Cores));
        return problems.IsEmpty
            ? signatures.ToJsonBytes()
            : throw new InvalidOperationException($"stored signatures do not verify: {problems[0]}");
    }

    /// <summary>A session of ours waits for the coordinator; anything else was changed by somebody.</summary>
    private static EffectResult Started(Guid batch, SigningStatus status, KeymeldSession session, EffectContext context)
        => status.State != SigningState.CollectingParticipants ? Burned(context, $"a signing session went on to {status.State} without the coordinator's approval")
            : !status.RequiringApproval.Contains(session.CoordinatorUser) ? Burned(context, "the coordinator's registration was changed: it requires no approval any more")
            : EffectResult.Of(new BatchPosted(session.Id, batch, context.Now));

    /// <summary>What ends the waiting; null where the session goes on as it should.</summary>
    private async Task<EffectResult?> EndAsync(FinishBatch effect, RemoteSigning state, KeymeldAnswer<SigningStatus> look, EffectContext context)
    {
        if (!look.TryGet(out var status))
        {
            return look is KeymeldAnswer<SigningStatus>.Refused { IsNotFound: true }
                ? Failed(effect, context, "the gateway does not know the signing session any more")
                : Unseen(look, context);
        }

        var session = context.Header.Keymeld!;
        switch (status.State)
        {
            case SigningState.CollectingParticipants when !status.RequiringApproval.Contains(session.CoordinatorUser):
                return Burned(context, "the coordinator's registration was changed: it requires no approval any more");
            case SigningState.Failed:
                return Failed(effect, context, "the signing session has failed");
            case SigningState.Completed:
                break;
            default:
                return null;
        }

        var dlc = await library.GetAsync(state.Contract);
        var batch = await work.RunAsync(() => Plan(SigningItems.Of(dlc), session)[effect.Index]);
        return await work.RunAsync(() => ContractBatches.Read(batch, status)) switch
        {
            BatchResult.Complete complete => EffectResult.Of(
                new BatchSigned(session.Id, effect.Batch, await artefacts.PutAsync(context.Id, complete.Packed), context.Now)),
            BatchResult.Suspicious suspicious => Burned(context, suspicious.Problems[0].ToString()),
            BatchResult.Bad bad => Failed(effect, context, $"{bad.Problems.Length} signatures are not as they must be, the first: {bad.Problems[0]}"),
            _ => null,
        };
    }

    private EffectResult Failed(FinishBatch effect, EffectContext context, string why)
        => EffectResult.Of(new BatchFailed(context.Header.Keymeld!.Id, effect.Batch, entropy.Uuid7(context.Now), why, context.Now));

    private static EffectResult Burned(EffectContext context, string why) => EffectResult.Of(new KeymeldBurned(context.Header.Keymeld!.Id, why, context.Now));
}
