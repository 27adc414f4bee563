namespace Orleans.Embedded;

/// <summary>One life of a silo. Whatever a silo's grains are given to act on the world is to hold this and ask it before and after it
/// acts: a killed silo is fenced, and a stale life throws.</summary>
public sealed class SiloIncarnation
{
    private static int s_last;

    private volatile bool _fenced;

    /// <summary>A number that no other life in this process has.</summary>
    public int Generation { get; } = Interlocked.Increment(ref s_last);

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
}
