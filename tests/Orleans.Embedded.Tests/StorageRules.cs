using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Hosting;
using Orleans.Storage;

namespace Coordinator.Engine.Tests;

public sealed class StorageRules
{
    [Fact]
    public async Task State_is_read_before_the_activation_and_survives_it()
    {
        await using var silo = await TestSilo.StartAsync();
        var account = silo.Grains.GetGrain<IAccount>("a");
        Assert.Equal((null, false), await account.VersionAsync());
        await account.DepositAsync(5);
        await silo.Cluster.DeactivateAsync(account);
        Assert.Equal(5, await account.BalanceAsync());
        Assert.Equal(["balance at activation 0", "balance at activation 5"], silo.Notebook.Lines);
        Assert.True((await account.VersionAsync()).Exists);
        await account.ClearAsync();
        Assert.Equal((null, false), await account.VersionAsync());
    }

    [Fact]
    public async Task A_failed_write_leaves_the_change_in_memory_and_comes_wrapped()
    {
        var storage = new FaultyStorage();
        await using var silo = await StartAsync(storage);
        var account = silo.Grains.GetGrain<IAccount>("a");
        await account.DepositAsync(5);
        storage.Fail = new IOException("the disk is full");
        var wrapped = await Assert.ThrowsAsync<OrleansException>(() => account.DepositAsync(1));
        Assert.IsType<IOException>(wrapped.InnerException);
        Assert.StartsWith("Error from storage provider FaultyStorage.account during WriteStateAsync", wrapped.Message, StringComparison.Ordinal);
        Assert.Equal(6, await account.BalanceAsync());
        Assert.Equal(1, silo.Notebook.Count("balance at activation 0"));
    }

    [Fact]
    public async Task An_escaping_conflict_ends_the_activation_and_the_next_call_reads_again()
    {
        var storage = new FaultyStorage();
        await using var silo = await StartAsync(storage);
        var account = silo.Grains.GetGrain<IAccount>("a");
        await account.DepositAsync(5);
        storage.Fail = new InconsistentStateException("changed", "2", "1");
        var conflict = await Assert.ThrowsAsync<InconsistentStateException>(() => account.DepositAsync(1));
        Assert.Equal(("2", "1"), (conflict.StoredEtag, conflict.CurrentEtag));
        storage.Fail = null;
        Assert.Equal(5, await account.BalanceAsync());
        Assert.True(silo.Notebook.Has("balance at activation 5"));
    }

    [Fact]
    public async Task A_conflict_that_the_grain_handles_does_not_end_it()
    {
        var storage = new FaultyStorage();
        await using var silo = await StartAsync(storage);
        var account = silo.Grains.GetGrain<IAccount>("a");
        await account.DepositAsync(5);
        storage.Fail = new InconsistentStateException("changed", "2", "1");
        storage.FailsReads = false;
        Assert.Equal("read again", await account.DepositCarefullyAsync(1));
        Assert.Equal(5, await account.BalanceAsync());
        Assert.Single(silo.Notebook.Lines);
    }

    [Fact]
    public async Task A_read_that_fails_fails_the_activation()
    {
        var storage = new FaultyStorage { Fail = new IOException("unreadable") };
        await using var silo = await StartAsync(storage);
        var account = silo.Grains.GetGrain<IAccount>("a");
        Assert.IsType<IOException>((await Assert.ThrowsAsync<OrleansException>(account.BalanceAsync)).InnerException);
        storage.Fail = null;
        Assert.Equal(0, await account.BalanceAsync());
    }

    [Fact]
    public async Task Outside_of_the_grain_storage_refuses()
    {
        await using var silo = await TestSilo.StartAsync();
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => silo.Grains.GetGrain<IAccount>("a").DepositOutsideAsync(1));
        Assert.StartsWith("Activation access violation", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Operations_on_one_document_are_queued_and_a_waiting_write_serves_several_callers()
    {
        var storage = new FaultyStorage { Door = new TaskCompletionSource() };
        await using var silo = await StartAsync(storage);
        var account = silo.Grains.GetGrain<IAccount>("a");
        var deposits = account.DepositTwiceAtOnceAsync(5);
        await silo.UntilAsync(() => storage.Writes == 1, "the first write");
        storage.Door.SetResult();
        await deposits;
        Assert.Equal(2, storage.Writes);
        Assert.Equal(15, await account.BalanceAsync());
        await silo.Cluster.DeactivateAsync(account);
        Assert.Equal(15, await account.BalanceAsync());
    }

    [Fact]
    public async Task A_missing_provider_is_named()
    {
        await using var silo = await TestSilo.StartAsync(builder => builder.Services.RemoveAllKeyed());
        var refused = await Assert.ThrowsAsync<BadProviderConfigException>(() => silo.Grains.GetGrain<IAccount>("a").BalanceAsync());
        Assert.Contains("No default storage provider", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_joins_the_lifecycle_by_its_static_type_only()
    {
        var joined = new JoiningStorage();
        var hidden = new JoiningStorage();
        await using (var silo = await TestSilo.StartAsync(builder =>
        {
            builder.Services.AddGrainStorage("joined", (_, _) => joined);
            builder.Services.AddGrainStorage<IGrainStorage>("hidden", (_, _) => hidden);
        }))
        {
            Assert.Equal((1, 0), (joined.Starts, hidden.Starts));
        }
        Assert.Equal((1, 0), (joined.Stops, hidden.Stops));
    }

    private static Task<TestSilo> StartAsync(IGrainStorage storage) => TestSilo.StartAsync(builder =>
    {
        builder.Services.RemoveAllKeyed();
        builder.Services.AddGrainStorage("Default", (_, _) => storage);
    });
}

/// <summary>Storage in memory that can fail and wait.</summary>
public sealed class FaultyStorage : IGrainStorage
{
    private readonly Dictionary<string, (int Balance, int Version)> _accounts = new(StringComparer.Ordinal);
    private int _writes;

    public Exception? Fail { get; set; }

    public bool FailsReads { get; set; } = true;

    public TaskCompletionSource? Door { get; set; }

    public int Writes => Volatile.Read(ref _writes);

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (Fail is { } error && FailsReads)
        {
            throw error;
        }
        var found = _accounts.TryGetValue(grainId.ToString(), out var account);
        grainState.State = (T)(object)new Account { Balance = account.Balance };
        (grainState.ETag, grainState.RecordExists) = (found ? $"{account.Version}" : null, found);
        return Task.CompletedTask;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        Interlocked.Increment(ref _writes);
        if (Door is { } door)
        {
            await door.Task;
        }
        if (Fail is { } error)
        {
            throw error;
        }
        var version = _accounts.GetValueOrDefault(grainId.ToString()).Version + 1;
        _accounts[grainId.ToString()] = (((Account)(object)grainState.State!).Balance, version);
        (grainState.ETag, grainState.RecordExists) = ($"{version}", true);
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        _accounts.Remove(grainId.ToString());
        (grainState.ETag, grainState.RecordExists) = (null, false);
        return Task.CompletedTask;
    }
}

/// <summary>Storage that counts its starts and stops.</summary>
public sealed class JoiningStorage : IGrainStorage, ILifecycleParticipant<ISiloLifecycle>
{
    public int Starts { get; private set; }

    public int Stops { get; private set; }

    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe<JoiningStorage>(
        ServiceLifecycleStage.ApplicationServices,
        _ =>
        {
            Starts++;
            return Task.CompletedTask;
        },
        _ =>
        {
            Stops++;
            return Task.CompletedTask;
        });

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.CompletedTask;

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.CompletedTask;

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.CompletedTask;
}

internal static class ServiceRemoval
{
    /// <summary>Takes the storage providers out that were added before.</summary>
    public static void RemoveAllKeyed(this IServiceCollection services)
    {
        foreach (var service in services.Where(service => service.ServiceType == typeof(IGrainStorage)).ToList())
        {
            services.Remove(service);
        }
    }
}
