using Coordinator.Bitcoin;
using Coordinator.Simulators.Chain;
using Coordinator.Wallet;

namespace Coordinator.Chain.Tests;

/// <summary>What looking for coins costs, and that it goes on where it stopped.</summary>
public sealed class WalletSyncTests : IDisposable
{
    private const int Gap = 10;
    private static readonly Payer Stranger = new(31);
    private readonly SecretKey _root = SecretKey.From(Hex.Decode("fd0cf5a9cf8f6c91ce7a5e1882dded87b5dac5d506cbbacebf318f30627f3e8c"));
    private readonly CoordinatorKeys _keys;
    private readonly ChainModel _model = new(ChainWorld.Start);
    private readonly CountingChain _chain;
    private readonly MemoryCoinReservations _reservations = new();

    public WalletSyncTests()
    {
        _keys = new CoordinatorKeys(_root);
        _chain = new CountingChain(new ModelChain(_model));
    }

    public void Dispose()
    {
        _keys.Dispose();
        _root.Dispose();
    }

    [Fact]
    public async Task Preparing_again_on_the_same_block_asks_for_no_address()
    {
        var wallet = Open();
        Pay(wallet, 0, 100_000, 100_000, 100_000);
        Done(await wallet.PrepareAsync(Order("a", 50_000), default));
        _chain.Histories = 0;
        Done(await wallet.PrepareAsync(Order("b", 50_000), default));
        Done(await wallet.ReserveAsync("c", Satoshis.Of(50_000), 1, default));
        Assert.Equal(0, _chain.Histories);
    }

    [Fact]
    public async Task What_a_later_look_was_told_is_not_taken_back_by_an_earlier_one_that_waited_for_its_answers()
    {
        var wallet = Open();
        await wallet.ScanAsync(default);
        var gate = new TaskCompletionSource();
        _chain.AnswersWait = gate.Task;
        var earlier = wallet.ScanAsync(default);
        _chain.AnswersWait = Task.CompletedTask;
        Pay(wallet, 0, 100_000);
        Assert.Equal(1u, ChainWorld.Known(await wallet.ScanAsync(default)).NextExternal);
        gate.SetResult();
        Assert.Equal(1u, ChainWorld.Known(await earlier).NextExternal);
        Done(await wallet.PrepareAsync(Order("a", 50_000), default));
    }

    [Fact]
    public async Task What_was_signed_or_mined_is_seen_by_the_next_choice()
    {
        var wallet = Open();
        Pay(wallet, 0, 100_000);
        await SendAsync(wallet, "a", 50_000);
        Assert.Equal(WalletRefusal.InsufficientFunds, (await wallet.PrepareAsync(Order("b", 20_000), default)).Refusal);
        _model.Mine();
        await _reservations.SettleAsync("a", default);
        Done(await wallet.PrepareAsync(Order("b", 20_000), default));
        Pay(wallet, 1, 80_000);
        Done(await wallet.PrepareAsync(Order("c", 70_000), default));
    }

    [Fact]
    public async Task A_look_costs_what_may_have_changed_and_not_what_ever_was()
    {
        var wallet = Open();
        Pay(wallet, 0, 1_000_000);
        for (var i = 0; i < 30; i++)
        {
            await SendAsync(wallet, $"send {i}", 1_000);
            _model.Mine();
            await _reservations.SettleAsync($"send {i}", default);
        }

        _model.Mine(100, TimeSpan.FromMinutes(10));
        await wallet.ScanAsync(default);
        _chain.Histories = 0;
        var view = ChainWorld.Known(await wallet.ScanAsync(default));
        Assert.Equal(30u, view.NextInternal);

        // Both gaps, the used external address, the coin there is, its batch, and five that are asked for again.
        Assert.InRange(_chain.Histories, (2 * Gap) + 2, (2 * Gap) + 12);
        Assert.Equal(ChainWorld.Known(await Open().ScanAsync(default)).Outputs, view.Outputs);
    }

    [Fact]
    public async Task Old_change_that_is_paid_again_is_found_by_a_sync_at_once_and_by_looks_in_the_end()
    {
        var wallet = Open();
        Pay(wallet, 0, 1_000_000);
        for (var i = 0; i < 12; i++)
        {
            await SendAsync(wallet, $"send {i}", 1_000);
            _model.Mine();
            await _reservations.SettleAsync($"send {i}", default);
        }

        _model.Mine(100, TimeSpan.FromMinutes(10));
        await wallet.ScanAsync(default);
        _model.Faucet(wallet.AddressAt(new Derivation(Keychain.Internal, 3)).ScriptPubKey, Satoshis.Of(7_777));
        _model.Mine();
        Assert.True(ChainWorld.Known(await wallet.SyncAsync(anew: true, 10_000, default)).IsComplete);
        Assert.Contains(ChainWorld.Known(await wallet.ScanAsync(default)).Outputs, output => output.Output.Value.Value == 7_777);

        _model.Faucet(wallet.AddressAt(new Derivation(Keychain.Internal, 4)).ScriptPubKey, Satoshis.Of(8_888));
        var looks = 0;
        while (!ChainWorld.Known(await wallet.ScanAsync(default)).Outputs.Any(output => output.Output.Value.Value == 8_888))
        {
            Assert.True(looks++ < 10, "ten looks did not find it");
        }
    }

    [Fact]
    public async Task A_first_look_that_fails_goes_on_where_it_stopped()
    {
        var wallet = Open();
        Pay(wallet, 0, [.. Enumerable.Repeat(1_000L, 40)]);
        _chain.FailAfter = 30;
        Assert.Equal(ChainFault.ConnectionLost, (await wallet.ScanAsync(default)).Fault);
        Assert.Equal((30, false), (wallet.Progress!.Asked, wallet.Progress.IsComplete));
        _chain.FailAfter = null;
        _model.Mine();
        _chain.Histories = 0;
        Assert.Equal(40_000, ChainWorld.Known(await wallet.ScanAsync(default)).Balance.Confirmed.Value);
        Assert.True(_chain.Histories <= 40 + (2 * Gap) - 30, $"{_chain.Histories} questions");
        Assert.True(wallet.Progress!.IsComplete);
    }

    [Fact]
    public async Task A_sync_goes_on_in_parts_and_tells_how_far_it_is_whatever_happens_between()
    {
        var wallet = Open();
        Pay(wallet, 0, [.. Enumerable.Repeat(20_000L, 23)]);
        await wallet.ScanAsync(default);
        var parts = new List<ScanProgress>();
        for (var part = 0; part < 50 && (part == 0 || !parts[^1].IsComplete); part++)
        {
            parts.Add(ChainWorld.Known(await wallet.SyncAsync(anew: part == 0, 7, default)));
            if (part is 1 or 2)
            {
                _model.Mine();
                Done(await wallet.PrepareAsync(Order($"between {part}", 5_000), default));
            }
        }

        Assert.True(parts[^1].IsComplete);
        Assert.True(parts.Count >= 3, $"{parts.Count} parts");
        Assert.Equal(parts.Select(part => part.Asked).Order(), parts.Select(part => part.Asked));
        Assert.Equal(23, ChainWorld.Known(await wallet.ScanAsync(default)).Outputs.Count);
    }

    [Fact]
    public async Task Any_life_of_a_wallet_is_seen_as_by_a_new_one()
    {
        for (ulong seed = 1; seed <= 6; seed++)
        {
            var random = new SplitMix64(seed);
            var wallet = Open();
            for (var step = 0; step < 25; step++)
            {
                await StepAsync(wallet, random, $"seed {seed}, step {step}");
                var (known, fresh) = (ChainWorld.Known(await wallet.ScanAsync(default)), ChainWorld.Known(await Open().ScanAsync(default)));
                Assert.True(known.Outputs.SequenceEqual(fresh.Outputs), $"seed {seed}, step {step}: the views differ");
                Assert.True((known.NextExternal, known.NextInternal) == (fresh.NextExternal, fresh.NextInternal), $"seed {seed}, step {step}");
            }
        }
    }

    private async Task StepAsync(CoordinatorWallet wallet, SplitMix64 random, string owner)
    {
        switch (random.Below(5))
        {
            case 0:
                _model.Faucet(ChainWorld.Known(await wallet.NextAddressAsync(default)).ScriptPubKey, Satoshis.Of(20_000 + random.Below(80_000)));
                break;
            case 1:
                _model.Mine((int)random.Below(40) + 1, TimeSpan.FromMinutes(10));
                break;
            case 2 when _model.Height > 3:
                _model.Reorganise(1 + (int)random.Below(2));
                break;
            default:
                if ((await wallet.PrepareAsync(Order(owner, 1_000 + random.Below(30_000)), default)).TryGet(out var payment)
                    && (await wallet.FinalizeAsync(owner, wallet.ToPsbt(payment), default)).TryGet(out var signed))
                {
                    _ = await _chain.BroadcastAsync(signed, default);
                    await _reservations.SettleAsync(owner, default);
                }

                break;
        }
    }

    private CoordinatorWallet Open() => new(_keys, Network.Regtest, _chain, _reservations, new WalletOptions { StopGap = Gap });

    private void Pay(CoordinatorWallet wallet, uint first, params long[] amounts)
    {
        foreach (var (i, amount) in amounts.Index())
        {
            _model.Faucet(wallet.AddressAt(new Derivation(Keychain.External, first + (uint)i)).ScriptPubKey, Satoshis.Of(amount));
        }

        _model.Mine();
    }

    private static async Task SendAsync(CoordinatorWallet wallet, string owner, long amount)
        => Assert.True(Done(await wallet.SendAsync(Order(owner, amount), default)).Broadcast.IsOut);

    private static SpendOrder Order(string owner, long amount) => new() { Owner = owner, Outputs = [Stranger.Own(amount)], FeeRate = WalletWorld.Rate };

    private static T Done<T>(WalletAnswer<T> answer) => WalletWorld.Done(answer);

    /// <summary>Counts questions for histories, and stops answering them after a number.</summary>
    private sealed class CountingChain(IChain inner) : IChain
    {
        private int _histories;

        public int Histories
        {
            get => _histories;
            set => _histories = value;
        }

        public int? FailAfter { get; set; }

        /// <summary>An answer that is asked for now is found at once, and arrives after this.</summary>
        public Task AnswersWait { get; set; } = Task.CompletedTask;

        public Task<ChainAnswer<ChainTip>> GetTipAsync(CancellationToken cancellation) => inner.GetTipAsync(cancellation);

        public Task<ChainAnswer<BlockHash?>> FindBlockHashAsync(int height, CancellationToken cancellation) => inner.FindBlockHashAsync(height, cancellation);

        public Task<ChainAnswer<TransactionStatus>> GetStatusAsync(Txid txid, CancellationToken cancellation) => inner.GetStatusAsync(txid, cancellation);

        public Task<ChainAnswer<Transaction?>> FindTransactionAsync(Txid txid, CancellationToken cancellation) => inner.FindTransactionAsync(txid, cancellation);

        public Task<ChainAnswer<OutputSpending>> GetSpendingAsync(OutPoint output, CancellationToken cancellation) => inner.GetSpendingAsync(output, cancellation);

        public Task<ChainAnswer<FeeEstimates>> GetFeeEstimatesAsync(CancellationToken cancellation) => inner.GetFeeEstimatesAsync(cancellation);

        public Task<ChainAnswer<ScriptHistory>> GetScriptHistoryAsync(Script script, CancellationToken cancellation)
            => Interlocked.Increment(ref _histories) > FailAfter
                ? Task.FromResult<ChainAnswer<ScriptHistory>>(new ChainAnswer<ScriptHistory>.Unavailable(ChainFault.ConnectionLost, "the test said so"))
                : WaitAsync(inner.GetScriptHistoryAsync(script, cancellation), AnswersWait);

        private static async Task<T> WaitAsync<T>(Task<T> answer, Task gate)
        {
            await gate;
            return await answer;
        }

        public Task<BroadcastAnswer> BroadcastAsync(Transaction transaction, CancellationToken cancellation) => inner.BroadcastAsync(transaction, cancellation);

        public Task<BroadcastAnswer> BroadcastPackageAsync(IReadOnlyList<Transaction> transactions, CancellationToken cancellation)
            => inner.BroadcastPackageAsync(transactions, cancellation);
    }
}
