using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Providers;
using Orleans.Storage;

namespace Orleans.Embedded;

/// <summary>Makes the documents a grain class asks for in its constructor.</summary>
internal static class PersistentStates
{
    public static object Create(Activation activation, ParameterInfo parameter, PersistentStateAttribute attribute)
    {
        var type = parameter.ParameterType;
        if (!type.IsGenericType || type.GetGenericTypeDefinition() != typeof(IPersistentState<>))
        {
            throw new OrleansConfigurationException(
                $"{activation.Class.Type}: parameter {parameter.Name} has [PersistentState] but is no IPersistentState.");
        }
        var name = attribute.StorageName ?? ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME;
        var storage = activation.ActivationServices.GetKeyedService<IGrainStorage>(name)
            ?? throw new BadProviderConfigException(
                attribute.StorageName is null
                    ? $"No default storage provider found loading grain type {activation.Class.Type}."
                    : $"No storage provider named \"{name}\" found loading grain type {activation.Class.Type}.");
        var made = typeof(PersistentState<>).MakeGenericType(type.GetGenericArguments());
        return Activator.CreateInstance(made, activation, attribute.StateName, storage)!;
    }
}

/// <summary>One document of one activation. Read before <c>OnActivateAsync</c>; operations run one after another.</summary>
internal sealed class PersistentState<T> : IPersistentState<T>
{
    private readonly Activation _activation;
    private readonly string _name;
    private readonly IGrainStorage _storage;
    private readonly GrainState<T> _held = new(FreshState.Of<T>());
    private Task _last = Task.CompletedTask;
    private Operation? _waiting;

    public PersistentState(Activation activation, string name, IGrainStorage storage)
    {
        _activation = activation;
        _name = name;
        _storage = storage;
        activation.ObservableLifecycle.Subscribe(
            $"PersistentState {name}", GrainLifecycleStage.SetupState, cancellation => EnqueueAsync(Kind.Read, cancellation));
    }

    private enum Kind
    {
        Read,
        Write,
        Clear,
    }

    public T State
    {
        get => _held.State;
        set => _held.State = value;
    }

    public string? Etag => _held.ETag;

    public bool RecordExists => _held.RecordExists;

    public Task ReadStateAsync() => EnqueueAsync(Kind.Read, CancellationToken.None);

    public Task WriteStateAsync() => EnqueueAsync(Kind.Write, CancellationToken.None);

    public Task ClearStateAsync() => EnqueueAsync(Kind.Clear, CancellationToken.None);

    public Task ReadStateAsync(CancellationToken cancellationToken) => EnqueueAsync(Kind.Read, cancellationToken);

    public Task WriteStateAsync(CancellationToken cancellationToken) => EnqueueAsync(Kind.Write, cancellationToken);

    public Task ClearStateAsync(CancellationToken cancellationToken) => EnqueueAsync(Kind.Clear, cancellationToken);

    /// <summary>Runs on the activation's scheduler only, so nothing here needs a lock.</summary>
    private Task EnqueueAsync(Kind kind, CancellationToken cancellation)
    {
        _activation.CheckAccess();
        if (_waiting is { } waiting && waiting.Kind == kind && waiting.Token == cancellation)
        {
            return waiting.Completion; // not started yet: it will carry what is in memory then
        }
        var operation = new Operation(kind, cancellation);
        _waiting = operation;
        operation.Completion = RunAsync(_last, operation);
        _last = operation.Completion;
        return operation.Completion;
    }

    private async Task RunAsync(Task before, Operation operation)
    {
        if (!before.IsCompleted)
        {
            await before.ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        }
        if (ReferenceEquals(_waiting, operation))
        {
            _waiting = null;
        }
        operation.Token.ThrowIfCancellationRequested();
        try
        {
            await StoreAsync(operation);
        }
        catch (InconsistentStateException conflict)
        {
            conflict.FailedActivation ??= _activation;
            throw;
        }
        catch (Exception error) when (error is not OrleansException and not OperationCanceledException)
        {
            throw new OrleansException(
                $"Error from storage provider {_storage.GetType().Name}.{_name} during {operation.Kind}StateAsync for grain {_activation.GrainId}: "
                + $"{error.GetType().Name}: {error.Message}", error);
        }
        _activation.Silo.Incarnation.ThrowIfFenced();
    }

    private Task StoreAsync(Operation operation) => operation.Kind switch
    {
        Kind.Read => _storage.ReadStateAsync(_name, _activation.GrainId, _held, operation.Token),
        Kind.Write => _storage.WriteStateAsync(_name, _activation.GrainId, _held, operation.Token),
        _ => _storage.ClearStateAsync(_name, _activation.GrainId, _held, operation.Token),
    };

    private sealed class Operation(Kind kind, CancellationToken token)
    {
        public Kind Kind => kind;

        public CancellationToken Token => token;

        public Task Completion { get; set; } = Task.CompletedTask;
    }
}
