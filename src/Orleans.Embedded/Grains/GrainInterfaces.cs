namespace Orleans.Runtime
{
    /// <summary>Anything that can be called by reference.</summary>
    public interface IAddressable;
}

namespace Orleans
{
    /// <summary>A grain interface: every method returns a task, a value task, an async sequence, or nothing (one-way).</summary>
    public interface IGrain : IAddressable;

    /// <summary>A grain whose key is a GUID.</summary>
    public interface IGrainWithGuidKey : IGrain;

    /// <summary>A grain whose key is a 64-bit integer.</summary>
    public interface IGrainWithIntegerKey : IGrain;

    /// <summary>A grain whose key is a text, taken verbatim.</summary>
    public interface IGrainWithStringKey : IGrain;

    /// <summary>A grain whose key is a GUID and a text.</summary>
    public interface IGrainWithGuidCompoundKey : IGrain;

    /// <summary>A grain whose key is a 64-bit integer and a text.</summary>
    public interface IGrainWithIntegerCompoundKey : IGrain;

    /// <summary>Hands out references. Asking twice gives equal references; nothing is activated until the first call.</summary>
    public interface IGrainFactory
    {
        /// <summary>A reference by GUID.</summary>
        TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey, string? grainClassNamePrefix = null)
            where TGrainInterface : IGrainWithGuidKey;

        /// <summary>A reference by integer.</summary>
        TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string? grainClassNamePrefix = null)
            where TGrainInterface : IGrainWithIntegerKey;

        /// <summary>A reference by text.</summary>
        TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
            where TGrainInterface : IGrainWithStringKey;

        /// <summary>A reference by GUID and text.</summary>
        TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey, string keyExtension, string? grainClassNamePrefix = null)
            where TGrainInterface : IGrainWithGuidCompoundKey;

        /// <summary>A reference by integer and text.</summary>
        TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string keyExtension, string? grainClassNamePrefix = null)
            where TGrainInterface : IGrainWithIntegerCompoundKey;

        /// <summary>A reference by id.</summary>
        TGrainInterface GetGrain<TGrainInterface>(GrainId grainId) where TGrainInterface : IAddressable;

        /// <summary>A reference by id without an interface; <c>Cast</c> or <c>AsReference</c> gives it one.</summary>
        IAddressable GetGrain(GrainId grainId);

        /// <summary>A reference by interface and GUID.</summary>
        IGrain GetGrain(Type grainInterfaceType, Guid grainPrimaryKey);

        /// <summary>A reference by interface and integer.</summary>
        IGrain GetGrain(Type grainInterfaceType, long grainPrimaryKey);

        /// <summary>A reference by interface and text.</summary>
        IGrain GetGrain(Type grainInterfaceType, string grainPrimaryKey);

        /// <summary>A reference by interface, GUID and text.</summary>
        IGrain GetGrain(Type grainInterfaceType, Guid grainPrimaryKey, string keyExtension);

        /// <summary>A reference by interface, integer and text.</summary>
        IGrain GetGrain(Type grainInterfaceType, long grainPrimaryKey, string keyExtension);
    }

    /// <summary>A grain factory that also knows its container.</summary>
    public interface IClusterClient : IGrainFactory
    {
        /// <summary>The container of the host.</summary>
        IServiceProvider ServiceProvider { get; }
    }
}
