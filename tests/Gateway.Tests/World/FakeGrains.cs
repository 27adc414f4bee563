using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using Coordinator.Grains;

namespace Coordinator.Gateway.Tests.World;

/// <summary>A grain factory whose grains write down what they are asked and answer samples, or what a test tells them to.</summary>
public sealed class FakeGrains
{
    public FakeGrains()
    {
        var life = 0L;
        Changes = (_, _) => new(++life, 1, [Competition]);
        Factory = DispatchProxy.Create<IGrainFactory, FactoryProxy>();
        ((FactoryProxy)(object)Factory).Owner = this;
    }

    public IGrainFactory Factory { get; }

    /// <summary>What grains other than the replay guard were asked, in order: <c>method</c> and arguments.</summary>
    public ConcurrentQueue<(string Method, object?[] Arguments, object Key)> Calls { get; } = new();

    /// <summary>Whose entries were looked at; not among <see cref="Calls"/>.</summary>
    public ConcurrentQueue<(string Method, object?[] Arguments, object Key)> Reads { get; } = new();

    /// <summary>Which shard was asked for which event.</summary>
    public ConcurrentQueue<(long Shard, string EventId)> Taken { get; } = new();

    /// <summary>What every grain but the replay guard refuses with.</summary>
    public Problem? Refusal { get; set; }

    /// <summary>What every grain but the replay guard throws.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Holds every answer of a competition back until it is set.</summary>
    public TaskCompletionSource? Silence { get; set; }

    /// <summary>What the replay guard says to fresh events.</summary>
    public ReplayVerdict Verdict { get; set; } = ReplayVerdict.Fresh;

    public CompetitionView Competition { get; set; } = Samples.Fresh;

    /// <summary>What the directory says; by default that <see cref="Competition"/> is all there is, in a life of its own each time.</summary>
    public Func<long, long, DirectoryChanges> Changes { get; set; }

    public ContractView Contract { get; set; } = Samples.Contract;

    public StoryView Story { get; set; } = Samples.Story;

    public ImmutableArray<HoldView> Holds { get; set; } = [Samples.Hold];

    public ServiceStatus Status { get; set; } = Samples.Status;

    public TicketView Ticket { get; set; } = Samples.Ticket;

    public AggregateNoncesView Aggregate { get; set; } = new("0f", """{"by_outcome":{},"by_win_condition":{}}""");

    public ImmutableArray<Guid> Known { get; set; } = [Samples.CompetitionId];

    public Func<Guid, ImmutableArray<EntryView>> Entries { get; set; } = _ => [Samples.Entry];

    internal T Answer<T>(string method, object key, T answer, params object?[] arguments)
    {
        Calls.Enqueue((method, arguments, key));
        return Failure is null ? answer : throw Failure;
    }

    internal async Task<Answer<T>> Ask<T>(string method, object key, T answer, params object?[] arguments)
    {
        var reply = Answer(method, key, Refusal is { } refusal ? (Answer<T>)refusal : answer, arguments);
        await (Silence?.Task ?? Task.CompletedTask);
        return reply;
    }

    private object Resolve(Type grain, object key)
        => grain == typeof(ICompetitionGrain) ? new FakeCompetition(this, (Guid)key)
            : grain == typeof(IDirectoryGrain) ? new FakeDirectory(this)
            : grain == typeof(IPlayerGrain) ? new FakePlayer(this, (string)key)
            : grain == typeof(IReplayGuardGrain) ? new FakeReplayGuard(this, (long)key)
            : grain == typeof(IUserGrain) ? new FakeUser(this, (string)key)
            : grain == typeof(IUsernameGrain) ? new FakeUsername(this, (string)key)
            : grain == typeof(IWalletGrain) ? new FakeWallet(this)
            : grain == typeof(IServiceGrain) ? new FakeService(this)
            : throw new InvalidOperationException($"no fake for {grain}");

    internal class FactoryProxy : DispatchProxy
    {
        internal FakeGrains? Owner { get; set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => Owner!.Resolve(targetMethod!.ReturnType, args![0]!);
    }

    private sealed class FakeDirectory(FakeGrains owner) : IDirectoryGrain
    {
        public Task PutAsync(CompetitionView view) => Task.FromResult(owner.Answer("put", 0, 0, view));

        public Task<ImmutableArray<CompetitionView>> ListAsync()
            => Task.FromResult(owner.Answer<ImmutableArray<CompetitionView>>("list", 0, [owner.Competition]));

        public Task<DirectoryChanges> ChangesAsync(long epoch, long after)
        {
            owner.Reads.Enqueue(("changes", [epoch, after], 0));
            return Task.FromResult(owner.Failure is null ? owner.Changes(epoch, after) : throw owner.Failure);
        }
    }

    private sealed class FakePlayer(FakeGrains owner, string key) : IPlayerGrain
    {
        public Task AddAsync(Guid competition) => Task.FromResult(owner.Answer("add", key, 0, competition));

        public Task<ImmutableArray<Guid>> CompetitionsAsync() => Task.FromResult(owner.Answer("competitions", key, owner.Known));

        public Task BarAsync(PlayerBar bar) => Task.FromResult(owner.Answer("bar", key, 0, bar));

        public Task<PlayerBar?> BarredAsync() => Task.FromResult(owner.Answer("barred", key, (PlayerBar?)null));
    }

    private sealed class FakeReplayGuard(FakeGrains owner, long shard) : IReplayGuardGrain
    {
        public Task<ReplayVerdict> TakeAsync(string eventId, long createdAt)
        {
            var seen = owner.Taken.Any(taken => taken.EventId == eventId);
            owner.Taken.Enqueue((shard, eventId));
            return Task.FromResult(seen ? ReplayVerdict.Replayed : owner.Verdict);
        }
    }

    private sealed class FakeWallet(FakeGrains owner) : IWalletGrain
    {
        public Task<Answer<string>> AddressAsync() => owner.Ask("address", 0, "bcrt1pexample");

        public Task<Answer<WalletBalanceView>> BalanceAsync() => owner.Ask("balance", 0, new WalletBalanceView(1, 2, 3, 4, 5));

        public Task<Answer<ImmutableArray<WalletOutputView>>> OutputsAsync() => owner.Ask<ImmutableArray<WalletOutputView>>(
            "outputs", 0, [new(new string('a', 64) + ":1", 5_000, "5120aa", "External", 7, null, "intent-1", true)]);

        public Task<Answer<ImmutableArray<FeeEstimateView>>> EstimatedFeesAsync() => owner.Ask<ImmutableArray<FeeEstimateView>>(
            "estimated_fees", 0, [new(1, 3_125), new(2, 2_000), new(144, 250)]);

        public Task<Answer<FundedPsbt>> FundAsync(FundRequest request) => throw new NotSupportedException();

        public Task<Answer<string>> FinalizeAsync(string owner1, string psbt) => throw new NotSupportedException();

        public Task<Answer<string>> FinalizeEscrowsAsync(FinalizeEscrows request) => throw new NotSupportedException();

        public Task<Answer<string>> DoubleSpendAsync(string owner1, long rateSatPerKwu) => throw new NotSupportedException();

        public Task<Answer<string>> ScriptForAsync(string purpose) => throw new NotSupportedException();

        public Task<Answer<BumpChildView>> BumpAsync(BumpRequest request) => throw new NotSupportedException();

        public Task<Answer<Done>> EndBumpsAsync(string owner1) => throw new NotSupportedException();

        public Task<Answer<Done>> ReleaseAsync(string owner1) => throw new NotSupportedException();

        public Task<bool> WakeAsync() => throw new NotSupportedException();

        public Task<ImmutableArray<HoldView>> HoldsAsync() => throw new NotSupportedException();

        public Task<Answer<Done>> ReleaseHoldAsync(OperatorWord word) => throw new NotSupportedException();

        public Task<ImmutableArray<string>> OwnersAsync() => throw new NotSupportedException();

        public Task<Answer<string>> SendAsync(SendRequest request) => owner.Ask("send", 0, new string('b', 64), request);

        public Task<Answer<SendPreviewView>> PreviewSendAsync(SendRequest request)
            => owner.Ask("preview_send", 0, new SendPreviewView(request.Amount ?? 9_000, 141, 250, 2, 4_000), request);

        public Task<ImmutableArray<SendView>> SendsAsync() => Task.FromResult(owner.Answer<ImmutableArray<SendView>>(
            "sends", 0, [new SendView("rent", "bcrt1prent", 1_000, new string('d', 64), "waiting", 141, null)]));

        public Task<Answer<BumpedSendView>> BumpSendAsync(BumpSendRequest request)
            => owner.Ask("bump_send", 0, new BumpedSendView(new string('c', 64), 1_500, null), request);

        public Task<Answer<WalletSyncView>> SyncAsync(SyncRequest request) => owner.Ask("sync", 0, new WalletSyncView(100, 7, 9, 812, false), request);
    }

    private sealed class FakeCompetition(FakeGrains owner, Guid key) : ICompetitionGrain
    {
        public Task<Answer<CompetitionView>> CreateAsync(CreateCompetition request) => owner.Ask("create", key, owner.Competition, request);

        public Task<Answer<CompetitionView>> GetAsync() => owner.Ask("get", key, owner.Competition);

        public Task<Answer<TicketView>> RequestTicketAsync(TicketRequest request)
            => owner.Ask("request_ticket", key, owner.Ticket, request);

        public Task<Answer<string>> TicketStatusAsync(string player, Guid ticket)
            => owner.Ask("ticket_status", key, "Paid", player, ticket);

        public Task<Answer<EntryView>> SubmitEntryAsync(EntryRequest request) => owner.Ask("submit_entry", key, Samples.Entry, request);

        public Task<ImmutableArray<EntryView>> EntriesOfAsync(string player)
        {
            owner.Reads.Enqueue(("entries_of", [player], key));
            return Task.FromResult(owner.Failure is null ? owner.Entries(key) : throw owner.Failure);
        }

        public Task<Answer<ContractView>> ContractAsync(string player) => owner.Ask("contract", key, owner.Contract, player);

        public Task<Answer<Done>> SubmitNoncesAsync(NoncesRequest request) => owner.Ask("submit_nonces", key, Done.Instance, request);

        public Task<Answer<AggregateNoncesView>> AggregateNoncesAsync(string player)
            => owner.Ask("aggregate_nonces", key, owner.Aggregate, player);

        public Task<Answer<Done>> SubmitSignaturesAsync(SignaturesRequest request)
            => owner.Ask("submit_signatures", key, Done.Instance, request);

        public Task<Answer<Done>> RequestPayoutAsync(PayoutRequest request) => owner.Ask("request_payout", key, Done.Instance, request);

        public Task<Answer<EscrowView>> EscrowAsync(string player, Guid ticket) => owner.Ask("escrow", key, Samples.Escrow, player, ticket);

        public Task<Answer<Done>> SignEscrowAsync(EscrowSignatureRequest request) => owner.Ask("sign_escrow", key, Done.Instance, request);

        public Task<Answer<string>> RefundEscrowAsync(EscrowRefundRequest request) => owner.Ask("refund_escrow", key, "3006", request);

        public Task<ImmutableArray<OwedShareView>> OwedAsync() => Task.FromResult(owner.Answer("owed", key, Samples.OwedShares));

        public Task<Answer<StoryView>> StoryAsync() => owner.Ask("story", key, owner.Story with { Competition = owner.Competition });

        public Task<Answer<CompetitionView>> CancelAsync(string reason) => owner.Ask("cancel", key, owner.Competition, reason);

        public Task<Answer<Done>> DeleteAsync() => owner.Ask("delete", key, Done.Instance);

        public Task<Answer<CompetitionView>> ReleaseShareAsync(Guid entry) => owner.Ask("release_share", key, owner.Competition, entry);

        public Task<Answer<CompetitionView>> ReleaseHoldAsync(OperatorWord word) => throw new NotSupportedException();

        public Task<RecheckView> RecheckAsync() => throw new NotSupportedException();

        public Task WakeAsync(WakeReason reason) => throw new NotSupportedException();
    }
}

/// <summary>The service as a whole, for operators.</summary>
internal sealed class FakeService(FakeGrains owner) : IServiceGrain
{
    public Task StartAsync() => throw new NotSupportedException();

    public Task<ServiceStatus> StatusAsync() => Task.FromResult(owner.Answer("status", 0L, owner.Status));

    public Task<Answer<ServiceStatus>> SettleOnlyAsync(bool on, OperatorWord word) => owner.Ask("settle_only", 0L, owner.Status, on, word);

    public Task<ImmutableArray<HoldView>> HoldsAsync() => Task.FromResult(owner.Answer("holds", 0L, owner.Holds));

    public Task<Answer<Done>> ReleaseHoldAsync(OperatorWord word) => owner.Ask("release_hold", 0L, Done.Instance, word);

    public Task AdvanceAsync() => throw new NotSupportedException();
}
