using System.Reflection;

namespace Orleans.Serialization.Invocation;

/// <summary>One call as filters and interleaving predicates see it.</summary>
public interface IInvokable
{
    /// <summary>How many arguments there are, a cancellation token included.</summary>
    int GetArgumentCount();

    /// <summary>One argument.</summary>
    object? GetArgument(int index);

    /// <summary>Replaces one argument.</summary>
    void SetArgument(int index, object? value);

    /// <summary>The method's name.</summary>
    string GetMethodName();

    /// <summary>The interface's name.</summary>
    string GetInterfaceName();

    /// <summary>The interface's method.</summary>
    MethodInfo GetMethod();

    /// <summary>The interface.</summary>
    Type GetInterfaceType();

    /// <summary>The grain instance; null before it is known.</summary>
    object? GetTarget();
}

/// <summary>The answer to a call: a result, or an exception.</summary>
public sealed class Response
{
    private Response(object? result, Exception? exception)
    {
        Result = result;
        Exception = exception;
    }

    /// <summary>An answer without a value.</summary>
    public static Response Completed { get; } = new(null, null);

    /// <summary>The value; null where there is none or the call failed.</summary>
    public object? Result { get; }

    /// <summary>The failure; null where it went well.</summary>
    public Exception? Exception { get; }

    /// <summary>An answer with a value.</summary>
    public static Response FromResult<TResult>(TResult value) => new(value, null);

    /// <summary>A failure.</summary>
    public static Response FromException(Exception exception) => new(null, exception);
}
