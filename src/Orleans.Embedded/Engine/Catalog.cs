namespace Orleans.Embedded;

/// <summary>The live activations of a silo, by id.</summary>
internal sealed class Catalog(Silo silo)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<GrainId, List<Activation>> _live = [];
    private bool _sealed;
    private int _count;

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _count;
            }
        }
    }

    /// <summary>Every activation, in the order of ids: the order must not depend on hash codes.</summary>
    public IReadOnlyList<Activation> Snapshot() => Where(static _ => true);

    /// <summary>Those that the question is true of, in the order of ids. Only they are sorted: asking every minute costs next to nothing.</summary>
    public IReadOnlyList<Activation> Where(Func<Activation, bool> question)
    {
        lock (_gate)
        {
            return [.. _live.Values.SelectMany(list => list).Where(question).OrderBy(activation => activation.GrainId)];
        }
    }

    /// <summary>The activation to take a request, made if need be.</summary>
    /// <exception cref="SiloUnavailableException">The silo makes no more activations.</exception>
    public Activation FindOrCreate(GrainId grainId)
    {
        Activation made;
        lock (_gate)
        {
            if (!_live.TryGetValue(grainId, out var list))
            {
                list = [];
            }
            var grainClass = list.Count > 0 ? list[0].Class : ClassOf(grainId);
            if (list.Count > 0 && (list.Count >= grainClass.MaxWorkers || list.Exists(activation => activation.Load == 0)))
            {
                return list.MinBy(activation => activation.Load)!;
            }
            if (_sealed)
            {
                throw new SiloUnavailableException($"The silo is stopping and activates no more grains: {grainId}.");
            }
            made = new Activation(silo, grainId, grainClass);
            list.Add(made);
            _live[grainId] = list;
            _count++;
        }
        EngineMeter.Count(grainId, 1);
        made.Begin();
        return made;
    }

    public void Remove(Activation activation)
    {
        lock (_gate)
        {
            if (!_live.TryGetValue(activation.GrainId, out var list) || !list.Remove(activation))
            {
                return;
            }
            _count--;
            if (list.Count == 0)
            {
                _live.Remove(activation.GrainId);
            }
        }
        EngineMeter.Count(activation.GrainId, -1);
    }

    /// <summary>Makes no more activations.</summary>
    public void Seal()
    {
        lock (_gate)
        {
            _sealed = true;
        }
    }

    private GrainClass ClassOf(GrainId grainId)
        => silo.Map.Find(grainId.Type)
            ?? throw new OrleansException($"No active nodes are compatible with grain {grainId}: there is no class of that stored name.");
}
