namespace Orleans.Embedded;

/// <summary>Ends activations that nothing has used for longer than their class allows.</summary>
internal sealed class IdleCollector(Silo silo)
{
    private ITimer? _clock;

    /// <summary>Refuses settings that cannot work.</summary>
    /// <exception cref="OrleansConfigurationException">An age that the quantum cannot tell apart from none.</exception>
    public void CheckOptions()
    {
        var options = silo.Collection;
        if (options.CollectionQuantum <= TimeSpan.Zero)
        {
            throw new OrleansConfigurationException(
                $"GrainCollectionOptions.CollectionQuantum is {options.CollectionQuantum}; it must be above zero.");
        }
        if (options.CollectionAge <= options.CollectionQuantum)
        {
            throw new OrleansConfigurationException(
                $"GrainCollectionOptions.CollectionAge is {options.CollectionAge}; it must be above CollectionQuantum, {options.CollectionQuantum}.");
        }
        foreach (var (name, age) in options.ClassSpecificCollectionAge.Where(entry => entry.Value <= options.CollectionQuantum))
        {
            throw new OrleansConfigurationException(
                $"GrainCollectionOptions.ClassSpecificCollectionAge of {name} is {age}; it must be above CollectionQuantum, {options.CollectionQuantum}.");
        }
    }

    public void Start() => _clock = silo.TimeProvider.CreateTimer(
        static collector => ((IdleCollector)collector!).Collect(null), this, silo.Collection.CollectionQuantum, silo.Collection.CollectionQuantum);

    public void Stop() => _clock?.Dispose();

    /// <summary>Ends what is idle longer than <paramref name="age"/>, or than its own limit when that is null.</summary>
    public void Collect(TimeSpan? age)
    {
        foreach (var activation in silo.Catalog.Where(candidate => candidate.IdleTime() >= (age ?? LimitOf(candidate.Class))))
        {
            activation.Deactivate(new(DeactivationReasonCode.ActivationIdle, $"Idle for {activation.IdleTime()}."));
        }
    }

    private TimeSpan LimitOf(GrainClass grainClass)
        => grainClass.CollectionAge
            ?? (silo.Collection.ClassSpecificCollectionAge.TryGetValue(grainClass.Type.FullName!, out var age) ? age : silo.Collection.CollectionAge);
}
