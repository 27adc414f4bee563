namespace Orleans.Runtime
{
    /// <summary>Looks at the silo and tidies it up. Its key is 0.</summary>
    [Alias("Orleans.Runtime.IManagementGrain")]
    public interface IManagementGrain : IGrainWithIntegerKey
    {
        /// <summary>The silos and where they are in their lives: here, one.</summary>
        Task<Dictionary<SiloAddress, SiloStatus>> GetHosts(bool onlyActive = false);

        /// <summary>How many activations live, this grain's own among them.</summary>
        Task<int> GetTotalActivationCount();

        /// <summary>Ends every activation that was idle for this long.</summary>
        Task ForceActivationCollection(TimeSpan ageLimit);

        /// <summary>The ids of a type that live now, in order.</summary>
        ValueTask<List<GrainId>> GetActiveGrains(GrainType type);
    }
}

namespace Orleans.Embedded
{
    /// <summary>See <see cref="IManagementGrain"/>.</summary>
    [GrainType("sys.svc.management")]
    internal sealed class ManagementGrain(Silo silo) : Grain, IManagementGrain
    {
        public Task<Dictionary<SiloAddress, SiloStatus>> GetHosts(bool onlyActive = false)
            => Task.FromResult(new Dictionary<SiloAddress, SiloStatus> { [silo.SiloAddress] = silo.Status });

        public Task<int> GetTotalActivationCount() => Task.FromResult(silo.Catalog.Count);

        public Task ForceActivationCollection(TimeSpan ageLimit)
        {
            silo.Collector.Collect(ageLimit);
            return Task.CompletedTask;
        }

        public ValueTask<List<GrainId>> GetActiveGrains(GrainType type)
            => new(silo.Catalog.Snapshot().Select(activation => activation.GrainId).Where(id => id.Type == type).Distinct().ToList());
    }
}
