namespace Coordinator.Gateway;

/// <summary>Who a listener is for.</summary>
public enum ListenerKind
{
    /// <summary>Players: signed requests.</summary>
    Public,

    /// <summary>Operators: every request carries the token.</summary>
    Operator,

    /// <summary>Scrapers: <c>/metrics</c> and nothing else.</summary>
    Metrics,
}

/// <summary>Set on a connection by the listener that accepted it; no header or port number can pretend to it.</summary>
internal sealed record ListenerFeature(ListenerKind Kind);
