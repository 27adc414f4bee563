using System.Runtime.CompilerServices;

namespace Orleans.Embedded;

/// <summary>The document a grain starts with when the store has none.</summary>
internal static class FreshState
{
    public static T Of<T>()
    {
        if (typeof(T).IsValueType)
        {
            return default!;
        }
        if (typeof(T) == typeof(string))
        {
            return (T)(object)string.Empty;
        }
        return typeof(T).GetConstructor(Type.EmptyTypes) is not null
            ? Activator.CreateInstance<T>()
            : (T)RuntimeHelpers.GetUninitializedObject(typeof(T));
    }
}
