namespace Orleans.Embedded;

/// <summary>One life of a silo. Whatever a silo's grains are given to act on the world is to hold this and ask it before and after it
/// acts: a killed silo is fenced, and a stale life throws.</summary>
/// <remarks>Whoever starts silos again and again puts one with the next number into each host's services before adding the silo; else the
/// number is the second of the start, since 2026.</remarks>
public sealed class SiloIncarnation(int generation)
{
    private volatile bool _fenced;

    /// <summary>Tells this life from others.</summary>
    public int Generation { get; } = generation;

    /// <summary>Whether this life is over by a kill.</summary>
    public bool IsFenced => _fenced;

    /// <summary>Throws when this life is over by a kill.</summary>
    /// <exception cref="SiloUnavailableException">It is.</exception>
    public void ThrowIfFenced()
    {
        if (_fenced)
        {
            throw new SiloUnavailableException($"This silo (generation {Generation}) was killed; nothing may act for it any more.");
        }
    }

    /// <summary>Ends this life as a crash would: no <c>OnDeactivateAsync</c>, pending turns are dropped, whatever still runs is fenced.
    /// Callers outside of the silo get <see cref="SiloUnavailableException"/>. Safe to repeat.</summary>
    public void Kill()
    {
        if (!_fenced)
        {
            _fenced = true;
            OnKill?.Invoke();
        }
    }

    internal Action? OnKill { get; set; }

    internal static SiloIncarnation StartingNow(TimeProvider clock)
        => new((int)((clock.GetUtcNow().ToUnixTimeSeconds() - 1_767_225_600) % int.MaxValue));
}
