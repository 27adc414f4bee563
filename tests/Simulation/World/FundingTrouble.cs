using Coordinator.Bitcoin;
using Coordinator.Competitions;
using Coordinator.Simulators.Chain;
using Coordinator.Wallet;

namespace Coordinator.Simulation;

/// <summary>What befalls a funding transaction between its broadcast and its first block.</summary>
internal sealed class FundingTrouble(SimWorld world, SimCompetition competition)
{
    /// <summary>No block takes it until the faults end.</summary>
    public async Task HoldAsync()
    {
        while (!competition.IsOver && world.Faults.Active)
        {
            await world.Delay(TimeSpan.FromMinutes(1));
            if (Unconfirmed() is { } funding)
            {
                world.Faults.Happens(FaultKind.StuckTransaction, $"c{competition.Plan.Number}'s funding {FaultyChain.Short(funding)}, for long");
                world.Chain.Hold(funding);
                while (world.Faults.Active)
                {
                    await world.Delay(TimeSpan.FromMinutes(10));
                }

                world.Chain.Release(funding);
            }
        }
    }

    /// <summary>The same key elsewhere: spends its coins, so that it can never be in a block. They go back to the wallet, less a fee.</summary>
    public async Task SpendAsync()
    {
        while (!competition.IsOver && world.Faults.Active)
        {
            await world.Delay(TimeSpan.FromMinutes(1));
            if (Unconfirmed() is { } funding)
            {
                if (world.Chain.Find(funding) is not null)
                {
                    world.Chain.Evict(funding);
                }

                if (await DrainAsync() is { } conflict)
                {
                    world.Faults.Happens(FaultKind.CoinSpentElsewhere, $"c{competition.Plan.Number}: {FaultyChain.Short(conflict.Txid)} instead of {FaultyChain.Short(funding)}");
                    world.Mine([conflict]);
                }

                return;
            }
        }
    }

    /// <summary>The funding transaction, once it was sent and while it is in no block and no ticket is settled.</summary>
    private Txid? Unconfirmed()
    {
        var live = world.Documents.Select(document => document.State).OfType<LiveState>()
            .FirstOrDefault(state => state.Header.Terms.Id == competition.Id)?.Live;
        return live is { Settling: false } && world.Chain.Find(live.Contract.FundingTxid) is null or { Block: null } ? live?.Contract.FundingTxid : null;
    }

    private async Task<Transaction?> DrainAsync()
    {
        var wallet = new CoordinatorWallet(world.Keys, Network.Regtest, new ModelChain(world.Chain), new MemoryCoinReservations(), new WalletOptions());
        var order = new SpendOrder
        {
            Owner = "elsewhere",
            DrainTo = wallet.AddressAt(new Derivation(Keychain.External, 0)).ScriptPubKey,
            FeeRate = FeeRate.FromSatPerVbyte(3),
        };
        return (await wallet.PrepareAsync(order, CancellationToken.None)).TryGet(out var prepared)
            && (await wallet.FinalizeAsync("elsewhere", wallet.ToPsbt(prepared), CancellationToken.None)).TryGet(out var conflict)
                ? conflict
                : null;
    }
}
