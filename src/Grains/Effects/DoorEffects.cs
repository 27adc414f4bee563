using Coordinator.Competitions;

namespace Coordinator.Grains;

/// <summary>Who gets no ticket for a while (D10).</summary>
public sealed class DoorEffects(IGrainFactory grains, CoordinatorSettings settings)
{
    /// <summary>Writes it into the player's own record. The time counts from the cancellation, so repeating it adds nothing.</summary>
    public async Task<EffectResult> BarAsync(BarPlayer effect, Cancelled state, EffectContext context)
    {
        var from = state.Header.StampOf("cancelled_at") ?? context.Now;
        await grains.GetGrain<IPlayerGrain>(effect.Player.ToHex()).BarAsync(new PlayerBar(from + settings.BarTime, context.Id, effect.Entry));
        return EffectResult.Of(new PlayerBarred(effect.Entry, context.Now));
    }
}
