namespace Coordinator.Web;

/// <summary>Why a request has no session.</summary>
internal enum SessionLook
{
    Live,

    /// <summary>No sign-in was shown.</summary>
    Missing,

    /// <summary>It is over, or this process does not know it.</summary>
    Expired,
}

/// <summary>The operator's sign-ins, in memory only: they end with the process. Ids are kept as hashes, and looked up by them.</summary>
internal sealed class OperatorSessions(TimeProvider time, DashboardOptions options)
{
    /// <summary>More than one operator needs; the one that was not used for longest makes room.</summary>
    private const int Most = 64;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, OperatorSession> _byHash = new(StringComparer.Ordinal);

    /// <summary>A new sign-in.</summary>
    /// <returns>Its id, which only the browser keeps.</returns>
    public string Open()
    {
        var id = RandomText.Make();
        lock (_gate)
        {
            foreach (var over in _byHash.Where(pair => IsOver(pair.Value)).Select(pair => pair.Key).ToList())
            {
                _byHash.Remove(over);
            }

            if (_byHash.Count >= Most)
            {
                _byHash.Remove(_byHash.MinBy(pair => pair.Value.LastUsed).Key);
            }

            _byHash[HashOf(id)] = new OperatorSession(time.GetUtcNow());
        }

        return id;
    }

    /// <summary>The sign-in of an id.</summary>
    /// <param name="id">As the browser sent it; null where it sent none.</param>
    /// <param name="isUse">Somebody did something; a page that refreshes itself is none.</param>
    public (SessionLook Look, OperatorSession? Session) Find(string? id, bool isUse)
    {
        if (string.IsNullOrEmpty(id))
        {
            return (SessionLook.Missing, null);
        }

        lock (_gate)
        {
            var hash = HashOf(id.Length <= 200 ? id : string.Empty);
            if (!_byHash.TryGetValue(hash, out var session))
            {
                return (SessionLook.Expired, null);
            }

            if (IsOver(session))
            {
                _byHash.Remove(hash);
                return (SessionLook.Expired, null);
            }

            session.LastUsed = isUse ? time.GetUtcNow() : session.LastUsed;
            return (SessionLook.Live, session);
        }
    }

    /// <summary>Ends a sign-in. Safe to repeat.</summary>
    public void Close(string? id)
    {
        if (id is { Length: > 0 and <= 200 })
        {
            lock (_gate)
            {
                _byHash.Remove(HashOf(id));
            }
        }
    }

    private bool IsOver(OperatorSession session)
        => time.GetUtcNow() - session.LastUsed >= options.SessionIdle || time.GetUtcNow() - session.Begun >= options.SessionLife;

    private static string HashOf(string id) => Convert.ToHexString(RandomText.Hash(id));
}
