namespace Coordinator.Simulators.Oracle;

/// <summary>The world's clock, moved by what the model keeps. Signed requests are still judged by the world's clock.</summary>
public sealed class OracleClock(TimeProvider world, OracleModel model)
{
    public DateTimeOffset Now => world.GetUtcNow() + model.ClockOffset;

    /// <summary>Moves the oracle's clock ahead; negative moves it back.</summary>
    public void Advance(TimeSpan by) => model.ClockOffset += by;

    /// <summary>Sets the oracle's clock, which then runs on.</summary>
    public void Set(DateTimeOffset now) => model.ClockOffset = now - world.GetUtcNow();
}
