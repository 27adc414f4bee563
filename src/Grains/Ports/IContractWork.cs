namespace Coordinator.Grains;

/// <summary>Where computations of seconds run: beside the grains in production, in place in simulation. Pure work only.</summary>
public interface IContractWork
{
    Task<T> RunAsync<T>(Func<T> work);

    /// <summary>How many cores one computation may use.</summary>
    int Cores { get; }
}
