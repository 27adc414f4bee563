using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Storage;

namespace Orleans.Providers
{
    /// <summary>Names that providers go by.</summary>
    public static class ProviderConstants
    {
        /// <summary>The storage provider that is meant when a grain names none.</summary>
        public const string DEFAULT_STORAGE_PROVIDER_NAME = "Default";
    }
}

namespace Orleans.Runtime.Hosting
{
    /// <summary>Adds storage providers.</summary>
    public static class StorageProviderExtensions
    {
        /// <summary>Adds a provider as a keyed <see cref="IGrainStorage"/>. It joins the silo's lifecycle where the type argument (not the
        /// instance) implements <see cref="ILifecycleParticipant{T}"/> of <see cref="ISiloLifecycle"/>.</summary>
        /// <param name="name"><c>Default</c> is the provider grains get that name none.</param>
        public static IServiceCollection AddGrainStorage<T>(
            this IServiceCollection collection, string name, Func<IServiceProvider, string, T> factory) where T : IGrainStorage
        {
            ArgumentNullException.ThrowIfNull(collection);
            ArgumentNullException.ThrowIfNull(factory);
            collection.AddKeyedSingleton<IGrainStorage>(name, (services, key) => factory(services, (string)key!));
            if (string.Equals(name, Orleans.Providers.ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, StringComparison.Ordinal))
            {
                collection.TryAddSingleton(services => services.GetRequiredKeyedService<IGrainStorage>(name));
            }
            if (typeof(ILifecycleParticipant<ISiloLifecycle>).IsAssignableFrom(typeof(T)))
            {
                collection.AddSingleton(services =>
                    (ILifecycleParticipant<ISiloLifecycle>)services.GetRequiredKeyedService<IGrainStorage>(name));
            }
            return collection;
        }
    }
}

namespace Orleans.Hosting
{
    /// <summary>Adds storage that ends with the silo.</summary>
    public static class MemoryGrainStorageSiloBuilderExtensions
    {
        /// <summary>Adds a provider that keeps serialized documents in memory.</summary>
        public static ISiloBuilder AddMemoryGrainStorage(this ISiloBuilder builder, string name)
        {
            ArgumentNullException.ThrowIfNull(builder);
            Orleans.Runtime.Hosting.StorageProviderExtensions.AddGrainStorage(
                builder.Services, name, static (_, _) => new Orleans.Embedded.MemoryGrainStorage());
            return builder;
        }

        /// <summary>Adds it as the provider grains get that name none.</summary>
        public static ISiloBuilder AddMemoryGrainStorageAsDefault(this ISiloBuilder builder)
            => builder.AddMemoryGrainStorage(Orleans.Providers.ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME);
    }
}
