using System.Globalization;
using System.Runtime.CompilerServices;
using Orleans.Storage;

namespace Coordinator.Storage;

/// <summary>What every grain storage does to a grain's state object, so that they cannot differ in it.</summary>
internal static class StoredDocument
{
    /// <summary>The grain has no document: a fresh state, no ETag.</summary>
    public static void SetAbsent<T>(IGrainState<T> grain)
    {
        grain.State = Fresh<T>();
        grain.ETag = null;
        grain.RecordExists = false;
    }

    public static void SetStored<T>(IGrainState<T> grain, long etag)
    {
        grain.ETag = Text(etag);
        grain.RecordExists = true;
    }

    /// <summary>The ETag that the caller expects, or null for "no document yet". An ETag of another store fits no document.</summary>
    public static long? Expected(string? etag) => etag is null
        ? null
        : long.TryParse(etag, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;

    public static string Text(long etag) => etag.ToString(CultureInfo.InvariantCulture);

    public static string Describe(string stateName, GrainId grain) => $"document {stateName} of {grain}";

    public static InconsistentStateException Conflict(string stateName, GrainId grain, long? stored, string? expected)
    {
        var held = stored is { } etag ? Text(etag) : null;
        return new InconsistentStateException(
            $"the {Describe(stateName, grain)} was changed by another: it is at version {held ?? "none"}, not {expected ?? "none"}", held, expected);
    }

    private static T Fresh<T>()
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
            : (T)RuntimeHelpers.GetUninitializedObject(typeof(T)); // what Orleans does
    }
}
