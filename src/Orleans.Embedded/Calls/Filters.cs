using System.Reflection;
using Orleans.Serialization.Invocation;

namespace Orleans;

/// <summary>One call on its way through the filters.</summary>
public interface IGrainCallContext
{
    /// <summary>The call.</summary>
    IInvokable Request { get; }

    /// <summary>The grain instance on the way in, the reference on the way out.</summary>
    object Grain { get; }

    /// <summary>The grain that calls; null when the caller is no grain.</summary>
    GrainId? SourceId { get; }

    /// <summary>The grain that is called.</summary>
    GrainId TargetId { get; }

    /// <summary>The interface's stored name.</summary>
    GrainInterfaceType InterfaceType { get; }

    /// <summary>The interface's name.</summary>
    string InterfaceName { get; }

    /// <summary>The method's name.</summary>
    string MethodName { get; }

    /// <summary>The interface's method.</summary>
    MethodInfo InterfaceMethod { get; }

    /// <summary>The result; may be read after <see cref="Invoke"/> and replaced.</summary>
    object? Result { get; set; }

    /// <summary>The answer; may be replaced by another, an exception included.</summary>
    Response? Response { get; set; }

    /// <summary>Goes on to the next filter, and from the last one to the grain. The grain's exception comes out of here.</summary>
    Task Invoke();
}

/// <summary>A call on its way into a grain.</summary>
public interface IIncomingGrainCallContext : IGrainCallContext
{
    /// <summary>The activation that is called.</summary>
    IGrainContext TargetContext { get; }

    /// <summary>The class's method.</summary>
    MethodInfo ImplementationMethod { get; }
}

/// <summary>A call on its way out of a grain or of a client.</summary>
public interface IOutgoingGrainCallContext : IGrainCallContext
{
    /// <summary>The activation that calls; null when the caller is no grain.</summary>
    IGrainContext? SourceContext { get; }
}

/// <summary>Sees every call into the grains of a silo, in the order of registration; a grain class may implement it for itself.</summary>
public interface IIncomingGrainCallFilter
{
    /// <summary>Calls <see cref="IGrainCallContext.Invoke"/>, or sets a result; doing neither fails the call.</summary>
    Task Invoke(IIncomingGrainCallContext context);
}

/// <summary>Sees every call out of a silo's grains and clients, in the order of registration.</summary>
public interface IOutgoingGrainCallFilter
{
    /// <summary>Calls <see cref="IGrainCallContext.Invoke"/>, or sets a result; doing neither fails the call.</summary>
    Task Invoke(IOutgoingGrainCallContext context);
}

/// <summary>A filter as a function.</summary>
public delegate Task IncomingGrainCallFilterDelegate(IIncomingGrainCallContext context);

/// <summary>A filter as a function.</summary>
public delegate Task OutgoingGrainCallFilterDelegate(IOutgoingGrainCallContext context);
