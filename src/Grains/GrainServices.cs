using Microsoft.Extensions.DependencyInjection;

namespace Coordinator.Grains;

/// <summary>Registers what grains are made of. Ports (chain, Lightning, oracle, storage, secrets, entropy, work) are the host's to register.</summary>
public static class GrainServices
{
    public static IServiceCollection AddCoordinatorGrains(this IServiceCollection services) => services
        .AddSingleton<ContractLibrary>()
        .AddSingleton<InvoiceEffects>()
        .AddSingleton<OracleEffects>()
        .AddSingleton<DoorEffects>()
        .AddSingleton<ContractEffects>()
        .AddSingleton<SigningEffects>()
        .AddSingleton<EscrowLooker>()
        .AddSingleton<EscrowEffects>()
        .AddSingleton<FundingEffects>()
        .AddSingleton<SettlementEffects>()
        .AddSingleton<PayoutEffects>()
        .AddSingleton<BumpEffects>()
        .AddSingleton<FeeLooker>()
        .AddSingleton<PayoutFinder>()
        .AddSingleton<Intake>()
        .AddSingleton<StandingBoard>()
        .AddSingleton<EffectMeter>()
        .AddSingleton<KeymeldAccess>()
        .AddSingleton<KeymeldOpening>()
        .AddSingleton<KeymeldSeats>()
        .AddSingleton<KeymeldKeygen>()
        .AddSingleton<KeymeldBatches>()
        .AddSingleton<KeymeldProbing>()
        .AddSingleton<EffectRunner>()
        .AddSingleton<ChainLooker>()
        .AddSingleton<CompetitionServices>()
        .AddSingleton<ResetChallenges>()
        .AddSingleton<WakeBoard>()
        .AddSingleton<IWakes>(provider => provider.GetRequiredService<WakeBoard>());

    /// <summary>The watchers; register after the silo, so that grains can be called as long as they run.</summary>
    public static IServiceCollection AddCoordinatorWatchers(this IServiceCollection services) => services
        .AddHostedService<BlockWatcher>()
        .AddHostedService<InvoiceWatcher>();
}
