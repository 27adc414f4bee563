using System.Collections.Immutable;
using Orleans.Embedded;

namespace Orleans.Runtime;

/// <summary>Values that travel with calls, from caller to callee; what the callee changes does not come back.</summary>
public static class RequestContext
{
    private static readonly AsyncLocal<Baggage?> Local = new();

    /// <summary>The names that are set, in ordinal order.</summary>
    public static IEnumerable<string> Keys => Current.Values.Keys;

    /// <summary>What is set, in ordinal order of the names.</summary>
    public static IEnumerable<KeyValuePair<string, object>> Entries => Current.Values;

    internal static Baggage Current => Local.Value ?? Baggage.Empty;

    /// <summary>A value; null when it is not set.</summary>
    public static object? Get(string key) => Current.Values.GetValueOrDefault(key);

    /// <summary>Sets a value for this flow and the calls it makes.</summary>
    public static void Set(string key, object value)
    {
        ArgumentNullException.ThrowIfNull(value);
        Local.Value = Current with { Values = Current.Values.SetItem(key, value) };
    }

    /// <summary>Takes a value out; false when it was not set.</summary>
    public static bool Remove(string key)
    {
        var found = Current.Values.ContainsKey(key);
        Local.Value = Current with { Values = Current.Values.Remove(key) };
        return found;
    }

    /// <summary>Takes everything out.</summary>
    public static void Clear() => Local.Value = null;

    /// <summary>Until the section is disposed, calls that come back to this grain along the chain of the calls it makes run at once.</summary>
    public static ReentrancySection AllowCallChainReentrancy()
    {
        var before = Current;
        var chain = before.Chain ?? new CallChain();
        var activation = Activation.Current;
        activation?.OpenSection(chain);
        Local.Value = before with { Chain = chain };
        return new ReentrancySection(before.Chain, activation, chain);
    }

    /// <summary>Until the section is disposed, the calls made are not part of a chain that may come back.</summary>
    public static ReentrancySection SuppressCallChainReentrancy()
    {
        var before = Current;
        Local.Value = before with { Chain = null };
        return new ReentrancySection(before.Chain, null, null);
    }

    internal static void Import(Baggage? baggage) => Local.Value = baggage;

    internal static Baggage? Export() => Local.Value;

    /// <summary>Ends what <see cref="AllowCallChainReentrancy"/> or <see cref="SuppressCallChainReentrancy"/> began.</summary>
    public readonly struct ReentrancySection : IDisposable
    {
        private readonly CallChain? _before;
        private readonly Activation? _activation;
        private readonly CallChain? _opened;

        internal ReentrancySection(CallChain? before, Activation? activation, CallChain? opened)
        {
            _before = before;
            _activation = activation;
            _opened = opened;
        }

        /// <summary>Restores what was before.</summary>
        public void Dispose()
        {
            if (_opened is not null)
            {
                _activation?.CloseSection(_opened);
            }
            Local.Value = Current with { Chain = _before };
        }
    }

    internal sealed record Baggage(ImmutableSortedDictionary<string, object> Values, CallChain? Chain)
    {
        public static readonly Baggage Empty = new(ImmutableSortedDictionary.Create<string, object>(StringComparer.Ordinal), null);
    }
}
