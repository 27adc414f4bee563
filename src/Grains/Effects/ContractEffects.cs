using System.Text;
using Coordinator.Bitcoin;
using Coordinator.Chain;
using Coordinator.Competitions;
using Coordinator.Dlc;

namespace Coordinator.Grains;

/// <summary>Makes the contract: fee rate, reserved coins, PSBT, parameters. All of it is stored before the state says so.</summary>
public sealed class ContractEffects(
    IChain chain, IGrainFactory grains, IArtefacts artefacts, IContractWork work, ContractLibrary library, IEntropy entropy, CoordinatorSettings settings)
{
    /// <summary>Look: the wallet answers the same owner with the same PSBT. Act: reserve coins, build, store.</summary>
    public async Task<EffectResult> PrepareAsync(EntriesSubmitted state, EffectContext context, CancellationToken cancellation)
    {
        if (!(await chain.GetFeeEstimatesAsync(cancellation)).TryGet(out var estimates))
        {
            return EffectResult.Later("fee estimates cannot be had");
        }

        // Fees may rise above what a mempool takes alone; then only a package brings outcome and split in (D22).
        if (settings.Network == Network.Mainnet && !((await chain.OffersPackagesAsync(cancellation)).TryGet(out var packages) && packages))
        {
            return EffectResult.Later("the chain source takes no packages, or cannot be asked: no pool is funded on mainnet without");
        }

        var rate = ContractRate(estimates, settings);
        if (rate > context.Terms.MaxFeeRate)
        {
            return EffectResult.Later($"the contract's rate would be {rate}, above the terms' {context.Terms.MaxFeeRate}");
        }

        var announcement = AnnouncementRecord.Parse(await artefacts.GetAsync(state.Announcement));
        var parameters = ContractPlan.Parameters(context.Header, announcement.LockingPoints, rate);
        if (await work.RunAsync(() => TicketedDlc.Check(parameters)) is { } refusal)
        {
            return EffectResult.Of(new ContractImpossible($"no contract can be made: {refusal.Kind}: {refusal.Detail}", context.Now));
        }

        var output = FundingOutput.Of(parameters);
        var funded = await grains.GetGrain<IWalletGrain>(0).FundAsync(new FundRequest(
            Owner(context.Id), output.ScriptPubKey.ToHex(), output.Value.Value, rate.SatPerKwu, settings.FundingCoinDepth,
            BumpEffects.Owner(context.Id), BumpRules.Reserve(context.Terms).Value)
        {
            Escrows = [.. EscrowEffects.Inputs(context.Header)],
        });
        if (!funded.TryGet(out var psbt, out var problem))
        {
            return EffectResult.Later($"funding: {problem.Detail}");
        }

        return await StoreAsync(state, context, parameters, psbt);
    }

    /// <summary>The intent under which the wallet holds this competition's coins.</summary>
    public static string Owner(Guid competition) => $"funding/{competition}";

    /// <summary>Twice the one-block estimate, at least 2 sat/vB off regtest (D22).</summary>
    internal static FeeRate ContractRate(FeeEstimates estimates, CoordinatorSettings settings)
    {
        var rate = FeeRate.FromSatPerKwu(estimates.For(1).SatPerKwu * 2);
        var least = FeeRate.FromSatPerVbyte(settings.Network == Network.Regtest ? 1 : 2);
        return rate < least ? least : rate;
    }

    /// <summary>Gives the coins back; nothing was ever broadcast.</summary>
    public async Task<EffectResult> ReleaseAsync(EffectContext context)
    {
        var wallet = grains.GetGrain<IWalletGrain>(0);
        var released = await wallet.ReleaseAsync(Owner(context.Id));
        if (released.Problem is null)
        {
            released = await wallet.ReleaseAsync(BumpEffects.Owner(context.Id));
        }

        return released.TryGet(out _, out var problem) ? EffectResult.Of(new CoinsReleased(context.Now)) : EffectResult.Later(problem.Detail);
    }

    private async Task<EffectResult> StoreAsync(EntriesSubmitted state, EffectContext context, ContractParameters parameters, FundedPsbt psbt)
    {
        var outpoint = OutPoint.Parse(psbt.Outpoint);
        var json = parameters.ToJsonBytes();
        var dlc = await work.RunAsync(() => TicketedDlc.Create(parameters, outpoint, Cores.UpTo(work.Cores)));
        var hash = await artefacts.PutAsync(context.Id, json);
        library.Keep(hash, outpoint, dlc);
        var contract = new ContractRef(
            hash,
            outpoint,
            await artefacts.PutAsync(context.Id, Encoding.ASCII.GetBytes(psbt.Psbt)),
            Satoshis.Of(psbt.Fee),
            parameters.FeeRate,
            ContractPlan.Seats(context.Header.Roster),
            ContractPlan.Players(context.Header.Roster),
            state.Announcement,
            [.. psbt.Coins.Select(OutPoint.Parse)])
        {
            BumpReserve = psbt.BumpReserve > 0 ? Satoshis.Of(psbt.BumpReserve) : null,
        };
        var prepared = new ContractPrepared(contract, Hex.Encode(entropy.Bytes(16)), context.Now);
        return contract.BumpReserve is null
            ? EffectResult.Of(prepared, new Noticed(
                Noticed.NoBumpReserve, $"the wallet has too little to keep {BumpRules.Reserve(context.Terms)} for fee bumping", context.Now))
            : EffectResult.Of(prepared);
    }
}
