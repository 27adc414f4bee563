namespace Orleans;

/// <summary>Reads ids and keys from references, and from grains for themselves.</summary>
public static class GrainExtensions
{
    /// <summary>The id behind a reference or a grain.</summary>
    /// <exception cref="ArgumentException">The object is neither.</exception>
    public static GrainId GetGrainId(this IAddressable grain)
    {
        ArgumentNullException.ThrowIfNull(grain);
        return grain switch
        {
            GrainReference reference => reference.GrainId,
            IGrainBase { GrainContext: { } context } => context.GrainId,
            _ => throw new ArgumentException($"{grain.GetType()} is neither a grain reference nor a grain.", nameof(grain)),
        };
    }

    /// <summary>The key as a GUID.</summary>
    public static Guid GetPrimaryKey(this IAddressable grain) => grain.GetGrainId().GetGuidKey();

    /// <summary>The key as a GUID and a text.</summary>
    public static Guid GetPrimaryKey(this IAddressable grain, out string? keyExt) => grain.GetGrainId().GetGuidKey(out keyExt);

    /// <summary>The key as an integer.</summary>
    public static long GetPrimaryKeyLong(this IAddressable grain) => grain.GetGrainId().GetIntegerKey();

    /// <summary>The key as an integer and a text.</summary>
    public static long GetPrimaryKeyLong(this IAddressable grain, out string? keyExt) => grain.GetGrainId().GetIntegerKey(out keyExt);

    /// <summary>The key as it stands.</summary>
    public static string GetPrimaryKeyString(this IAddressable grain) => grain.GetGrainId().Key.ToString();

    /// <summary>A reference to this grain under an interface of its class: what a grain hands to others instead of <c>this</c>.</summary>
    public static TGrainInterface AsReference<TGrainInterface>(this IAddressable grain) where TGrainInterface : IAddressable
    {
        ArgumentNullException.ThrowIfNull(grain);
        var reference = grain as GrainReference ?? (grain as IGrainBase)?.GrainContext.GrainReference;
        return reference is null
            ? throw new ArgumentException($"{grain.GetType()} is neither a grain reference nor a grain.", nameof(grain))
            : reference.Under<TGrainInterface>();
    }

    /// <summary>The same reference under another interface. Whether the class has it shows at the first call.</summary>
    public static TGrainInterface Cast<TGrainInterface>(this IAddressable grain) where TGrainInterface : IAddressable
        => grain is TGrainInterface already ? already : grain.AsReference<TGrainInterface>();
}
