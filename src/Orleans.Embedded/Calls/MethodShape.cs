using System.Collections.Concurrent;
using System.Reflection;
using Orleans.Concurrency;

namespace Orleans.Embedded;

/// <summary>What the engine knows of one interface method, worked out once.</summary>
internal sealed class MethodShape
{
    private static readonly ConcurrentDictionary<MethodInfo, MethodShape> Known = new();

    private readonly MethodInvoker _invoker;

    private MethodShape(MethodInfo method)
    {
        Method = method;
        _invoker = MethodInvoker.Create(method);
        InterfaceType = method.DeclaringType!;
        InterfaceName = InterfaceType.FullName ?? InterfaceType.Name;
        InterfaceKey = GrainInterfaceType.Create(InterfaceType.GetCustomAttribute<AliasAttribute>()?.Alias ?? InterfaceName);
        Returns = ReturnShape.Of(method);
        IsOneWay = method.IsDefined(typeof(OneWayAttribute)) || method.ReturnType == typeof(void);
        AlwaysInterleaves = method.IsDefined(typeof(AlwaysInterleaveAttribute));
        ReadsOnly = method.IsDefined(typeof(ReadOnlyAttribute));
        Timeout = (method.GetCustomAttribute<ResponseTimeoutAttribute>() ?? InterfaceType.GetCustomAttribute<ResponseTimeoutAttribute>())?.Timeout;
        TokenIndex = Array.FindIndex(method.GetParameters(), parameter => parameter.ParameterType == typeof(CancellationToken));
    }

    public MethodInfo Method { get; }

    public Type InterfaceType { get; }

    public string InterfaceName { get; }

    public GrainInterfaceType InterfaceKey { get; }

    public ReturnShape Returns { get; }

    public bool IsOneWay { get; }

    public bool AlwaysInterleaves { get; }

    public bool ReadsOnly { get; }

    /// <summary>The method's own time limit, where it has one.</summary>
    public TimeSpan? Timeout { get; }

    /// <summary>Where the cancellation token stands among the arguments; -1 when there is none.</summary>
    public int TokenIndex { get; }

    public static MethodShape Of(MethodInfo method) => Known.GetOrAdd(method, static known => new MethodShape(known));

    public Promise NewPromise() => IsOneWay ? Returns.Nothing() : Returns.NewPromise();

    /// <summary>Calls the instance; an exception thrown before the first await comes out as it is.</summary>
    public object? Invoke(object instance, object?[] arguments) => _invoker.Invoke(instance, arguments.AsSpan());

    public override string ToString() => $"{InterfaceName}.{Method.Name}";
}
