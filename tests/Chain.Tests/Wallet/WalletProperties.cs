using Coordinator.Bitcoin;
using Coordinator.Simulators.Chain;
using Coordinator.Wallet;

namespace Coordinator.Chain.Tests;

/// <summary>Random lives of a wallet, without a wire: nothing is lost, nothing is spent twice, whatever the answers.</summary>
public sealed class WalletProperties
{
    private const int Seeds = 8;
    private const int Steps = 14;
    private static readonly Payer Stranger = new(31);

    [Fact]
    public async Task Every_satoshi_is_in_the_wallet_sent_or_paid_to_miners()
    {
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            await PlayAsync(seed);
        }
    }

    private static async Task PlayAsync(ulong seed)
    {
        using var root = SecretKey.From(Hashes.Sha256(BitConverter.GetBytes(seed)));
        using var keys = new CoordinatorKeys(root);
        var life = new Life(seed, keys);
        for (var step = 0; step < Steps; step++)
        {
            await life.StepAsync(step);
        }

        await life.CheckAsync();
    }

    /// <summary>One wallet on a chain of its own, and what went in and out.</summary>
    private sealed class Life
    {
        private readonly ulong _seed;
        private readonly SplitMix64 _random;
        private readonly ChainModel _model = new(ChainWorld.Start);
        private readonly ModelChain _chain;
        private readonly MemoryCoinReservations _reservations = new();
        private readonly CoordinatorWallet _wallet;
        private long _funded;
        private long _sent;
        private long _fees;

        public Life(ulong seed, CoordinatorKeys keys)
        {
            _seed = seed;
            _random = new SplitMix64(seed);
            _chain = new ModelChain(_model);
            _wallet = new CoordinatorWallet(keys, Network.Regtest, _chain, _reservations, new WalletOptions { StopGap = 10 });
        }

        public async Task StepAsync(int step)
        {
            switch (_random.Below(4))
            {
                case 0:
                    var amount = 20_000 + _random.Below(80_000);
                    var address = ChainWorld.Known(await _wallet.NextAddressAsync(default));
                    _model.Faucet(address.ScriptPubKey, Satoshis.Of(amount));
                    _funded += amount;
                    break;
                case 1:
                    _model.Mine();
                    break;
                default:
                    await SpendAsync(step);
                    break;
            }
        }

        public async Task CheckAsync()
        {
            _model.Mine();
            var view = ChainWorld.Known(await _wallet.ScanAsync(default));
            Assert.True(view.Balance.Confirmed.Value == _funded - _sent - _fees, $"seed {_seed}: {view.Balance} after {_funded} - {_sent} - {_fees}");
            var spent = view.Outputs.Where(output => output.IsSpent).Select(output => output.OutPoint).ToHashSet();
            var reserved = (await _reservations.ListAsync(default)).Select(item => item.Coin.OutPoint).ToHashSet();
            Assert.True(spent.SetEquals(reserved), $"seed {_seed}: spent coins and reserved coins differ");
        }

        private async Task SpendAsync(int step)
        {
            _chain.LostAnswers = _random.Below(3) == 0 ? 1 : 0;
            var pay = 1_000 + _random.Below(30_000);
            var order = new SpendOrder
            {
                Owner = $"step {step}",
                Outputs = [Stranger.Own(pay)],
                FeeRate = FeeRate.FromSatPerKwu(250 + _random.Below(2_000)),
                LeastConfirmations = (int)_random.Below(2),
            };
            if ((await _wallet.SendAsync(order, default)).TryGet(out var payment))
            {
                Assert.True(payment.Broadcast is BroadcastAnswer.Accepted or BroadcastAnswer.Unclear, $"seed {_seed}, step {step}: {payment.Broadcast.Describe()}");
                _chain.LostAnswers = 0;
                Assert.True((await _chain.BroadcastAsync(payment.Transaction, default)).IsOut, $"seed {_seed}, step {step}");
                (_sent, _fees) = (_sent + pay, _fees + payment.Fee.Value);
            }
        }
    }
}
