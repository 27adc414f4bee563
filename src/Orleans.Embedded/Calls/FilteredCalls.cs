using System.Reflection;
using Orleans.Serialization.Invocation;

namespace Orleans.Embedded;

/// <summary>A call on its way through a chain of filters.</summary>
internal abstract class FilteredCall(MethodShape shape, IInvokable request, GrainId target, GrainId? source)
{
    private object? _result;
    private Response? _response;
    private bool _answered;

    public IInvokable Request => request;

    public GrainId? SourceId => source;

    public GrainId TargetId => target;

    public GrainInterfaceType InterfaceType => shape.InterfaceKey;

    public string InterfaceName => shape.InterfaceName;

    public string MethodName => shape.Method.Name;

    public MethodInfo InterfaceMethod => shape.Method;

    public object? Result
    {
        get => _result;
        set => (_result, _response, _answered) = (value, null, true);
    }

    public Response? Response
    {
        get => _response ?? (_answered ? Response.FromResult(_result) : null);
        set => (_result, _response, _answered) = (value?.Result, value, value is not null);
    }

    /// <summary>What the caller gets, once the first filter has returned.</summary>
    protected object? Answer()
    {
        if (!_answered)
        {
            throw new InvalidOperationException(
                $"Broken filter chain: a call filter on {InterfaceName}.{MethodName} neither called Invoke nor set a result.");
        }
        return _response?.Exception is { } error ? throw error : _result;
    }
}

/// <summary>On the way in: the silo's filters in the order of registration, then the grain's own, then the grain.</summary>
internal sealed class IncomingCall : FilteredCall, IIncomingGrainCallContext
{
    private readonly MethodCall _call;
    private readonly Activation _activation;
    private readonly IIncomingGrainCallFilter[] _filters;
    private int _next;

    private IncomingCall(MethodCall call, Activation activation, IIncomingGrainCallFilter[] filters)
        : base(call.Shape, call, call.TargetId, call.SourceId)
    {
        _call = call;
        _activation = activation;
        _filters = activation.GrainInstance is IIncomingGrainCallFilter own ? [.. filters, own] : filters;
    }

    public object Grain => _activation.GrainInstance!;

    public IGrainContext TargetContext => _activation;

    public MethodInfo ImplementationMethod
    {
        get
        {
            var map = Grain.GetType().GetInterfaceMap(InterfaceMethod.DeclaringType!);
            var index = Array.IndexOf(map.InterfaceMethods, InterfaceMethod);
            return index < 0 ? InterfaceMethod : map.TargetMethods[index];
        }
    }

    public static async Task<object?> RunAsync(MethodCall call, Activation activation, IIncomingGrainCallFilter[] filters)
    {
        var context = new IncomingCall(call, activation, filters);
        await context.Invoke();
        return context.Answer();
    }

    public async Task Invoke()
    {
        if (_next < _filters.Length)
        {
            await _filters[_next++].Invoke(this);
            return;
        }
        Result = await _call.InvokeTargetAsync();
    }
}

/// <summary>On the way out: the silo's outgoing filters, then the send.</summary>
internal sealed class OutgoingCall(
    MethodShape shape, GrainReference reference, IInvokable request, Activation? source, IOutgoingGrainCallFilter[] filters, Func<Task<object?>> send)
    : FilteredCall(shape, request, reference.GrainId, source?.GrainId), IOutgoingGrainCallContext
{
    private int _next;

    public object Grain => reference;

    public IGrainContext? SourceContext => source;

    public async Task<object?> RunAsync()
    {
        await Invoke();
        return Answer();
    }

    public async Task Invoke()
    {
        if (_next < filters.Length)
        {
            await filters[_next++].Invoke(this);
            return;
        }
        Result = await send();
    }
}
