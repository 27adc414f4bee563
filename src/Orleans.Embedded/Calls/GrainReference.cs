using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Orleans.Embedded;

namespace Orleans.Runtime;

/// <summary>A reference to a grain under one interface. Equal to every other reference to the same grain.</summary>
/// <remarks>Made by the factory only; the constructor is public because the proxy generator needs it.</remarks>
public class GrainReference : DispatchProxy, IAddressable, IEquatable<GrainReference>
{
    /// <summary>One reference per interface that points nowhere: a copy of it spares the proxy generator's lookups.</summary>
    private static readonly ConcurrentDictionary<Type, GrainReference> Blanks = new();

    private ICallRouter? _router;

    /// <summary>The grain.</summary>
    public GrainId GrainId { get; private set; }

    /// <summary>Whether both point to the same grain.</summary>
    public bool Equals(GrainReference? other) => other is not null && GrainId == other.GrainId;

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => Equals(obj as GrainReference);

    /// <inheritdoc/>
    public override int GetHashCode() => GrainId.GetHashCode();

    /// <summary>The grain's id, for logs.</summary>
    public override string ToString() => $"GrainReference:{GrainId}";

    internal static GrainReference Create(Type grainInterface, GrainId grainId, ICallRouter router)
    {
        var reference = (GrainReference)Blanks.GetOrAdd(grainInterface, static type => (GrainReference)Create(type, typeof(GrainReference))).MemberwiseClone();
        reference.GrainId = grainId;
        reference._router = router;
        return reference;
    }

    internal TGrainInterface Under<TGrainInterface>() => (TGrainInterface)(object)Create(typeof(TGrainInterface), GrainId, _router!);

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        => _router!.Send(this, MethodShape.Of(targetMethod!), args ?? []);
}
