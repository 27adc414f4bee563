using System.Reflection;
using Orleans.Serialization.Invocation;

namespace Orleans.Embedded;

/// <summary>One call of one grain method.</summary>
internal sealed class MethodCall : PromisedRequest, IInvokable
{
    private readonly Silo _silo;
    private readonly object?[] _arguments;
    private RequestContext.Baggage? _baggage;
    private object? _target;

    public MethodCall(Silo silo, GrainId target, MethodShape shape, object?[] arguments, Promise promise, CancellationToken token, Activation? source)
        : base(silo, promise, shape.IsOneWay ? TimeSpan.Zero : silo.TimeoutOf(shape), token, source)
    {
        _silo = silo;
        _arguments = arguments;
        TargetId = target;
        Shape = shape;
        SourceId = source?.GrainId;
        if (token.CanBeCanceled)
        {
            arguments[shape.TokenIndex] = CalleeToken;
        }
    }

    public GrainId TargetId { get; }

    public GrainId? SourceId { get; }

    public MethodShape Shape { get; }

    public override bool Interleaves => Shape.AlwaysInterleaves;

    public override bool ReadsOnly => Shape.ReadsOnly;

    public override CallChain? Chain => _baggage?.Chain;

    public override IInvokable Invokable => this;

    public int GetArgumentCount() => _arguments.Length;

    public object? GetArgument(int index) => _arguments[index];

    public void SetArgument(int index, object? value) => _arguments[index] = value;

    public string GetMethodName() => Shape.Method.Name;

    public string GetInterfaceName() => Shape.InterfaceName;

    public MethodInfo GetMethod() => Shape.Method;

    public Type GetInterfaceType() => Shape.InterfaceType;

    public object? GetTarget() => _target;

    /// <summary>Takes what travels with the call from the sender's flow, what its filters added included.</summary>
    public void Carry() => _baggage = RequestContext.Export();

    /// <summary>Calls the instance itself, past all filters.</summary>
    public Task<object?> InvokeTargetAsync() => Shape.Returns.AwaitAsync(Shape.Invoke(_target!, _arguments));

    protected override async Task<object?> InvokeAsync(Activation activation)
    {
        RequestContext.Import(_baggage);
        _target = activation.GrainInstance;
        if (!Shape.InterfaceType.IsInstanceOfType(_target))
        {
            throw new InvalidCastException($"Grain {TargetId} of class {_target?.GetType()} does not implement {Shape.InterfaceName}.");
        }
        return _silo.IncomingFilters.Length == 0 && _target is not IIncomingGrainCallFilter
            ? await InvokeTargetAsync()
            : await IncomingCall.RunAsync(this, activation, _silo.IncomingFilters);
    }

    protected override string Describe() => $"{Shape} of {TargetId}";
}
