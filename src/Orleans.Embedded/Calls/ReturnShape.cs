using System.Reflection;

namespace Orleans.Embedded;

/// <summary>What a grain method may return, and how it is awaited on one side and promised on the other.</summary>
internal abstract class ReturnShape
{
    public static ReturnShape Of(MethodInfo method)
    {
        var type = method.ReturnType;
        if (type == typeof(Task) || type == typeof(ValueTask) || type == typeof(void))
        {
            return new PlainReturn(type);
        }
        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        if (definition == typeof(IAsyncEnumerable<>))
        {
            return (ReturnShape)Activator.CreateInstance(typeof(SequenceReturn<>).MakeGenericType(type.GetGenericArguments()))!;
        }
        if (definition == typeof(Task<>) || definition == typeof(ValueTask<>))
        {
            var shape = typeof(ValueReturn<>).MakeGenericType(type.GetGenericArguments());
            return (ReturnShape)Activator.CreateInstance(shape, [definition == typeof(ValueTask<>)])!;
        }
        throw new NotSupportedException(
            $"{method.DeclaringType}.{method.Name} returns {type}: a grain method returns Task, ValueTask, IAsyncEnumerable or void.");
    }

    /// <summary>Whether it is pulled instead of awaited.</summary>
    public virtual bool IsSequence => false;

    /// <summary>Something for the caller to await.</summary>
    public abstract Promise NewPromise();

    /// <summary>A promise already kept, for one-way calls.</summary>
    public abstract Promise Nothing();

    /// <summary>Awaits what the grain's method returned.</summary>
    public abstract Task<object?> AwaitAsync(object? returned);

    /// <summary>For sequences: what the caller gets instead of a promise. Null for everything else.</summary>
    public virtual object? Sequence(Silo silo, GrainReference reference, MethodShape shape, object?[] arguments) => null;
}

internal sealed class PlainReturn(Type type) : ReturnShape
{
    public override Promise NewPromise() => new PlainPromise(type == typeof(ValueTask));

    public override Promise Nothing()
        => new NoPromise(type == typeof(Task) ? Task.CompletedTask : type == typeof(ValueTask) ? ValueTask.CompletedTask : null);

    public override async Task<object?> AwaitAsync(object? returned)
    {
        if (returned is Task task)
        {
            await task;
        }
        else if (returned is ValueTask value)
        {
            await value;
        }
        return null;
    }
}

internal sealed class ValueReturn<T>(bool isValueTask) : ReturnShape
{
    public override Promise NewPromise() => new Promise<T>(isValueTask);

    public override Promise Nothing()
        => new NoPromise(isValueTask ? new ValueTask<T>(default(T)!) : Task.FromResult(default(T)!));

    public override async Task<object?> AwaitAsync(object? returned)
        => returned is Task<T> task ? await task : await (ValueTask<T>)returned!;
}

internal sealed class SequenceReturn<T> : ReturnShape
{
    public override bool IsSequence => true;

    public override Promise NewPromise() => throw new NotSupportedException("A sequence is pulled, not awaited.");

    public override Promise Nothing() => throw new NotSupportedException("A sequence cannot be one-way.");

    public override Task<object?> AwaitAsync(object? returned) => Task.FromResult(returned);

    public override object Sequence(Silo silo, GrainReference reference, MethodShape shape, object?[] arguments)
        => new GrainSequence<T>(silo, reference.GrainId, shape, arguments);
}
