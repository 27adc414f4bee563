using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Embedded;
using Orleans.Storage;

namespace Coordinator.Engine.Tests;

/// <summary>The same engine under seeded turns and a virtual clock: one seed, one story, kills included.</summary>
public sealed class SeededRuns
{
    [Fact]
    public void One_seed_gives_one_story_and_other_seeds_give_others()
    {
        var stories = new HashSet<string>(StringComparer.Ordinal);
        for (var seed = 1UL; seed <= 20; seed++)
        {
            var first = Tell(seed);
            Assert.True(first == Tell(seed), $"seed {seed} told two stories");
            stories.Add(first);
        }
        Assert.True(stories.Count > 15, $"20 seeds told only {stories.Count} stories");
    }

    private static string Tell(ulong seed)
    {
        var world = new World(seed);
        var notebook = new Notebook();
        var storage = new SlowStorage(world.Clock);
        var table = new MemoryReminderTable();
        world.Run(() => PlayAsync(world, notebook, storage, table));
        Assert.True(world.Leaks.Count == 0, $"seed {seed}: {world.Leaks.FirstOrDefault()}");
        notebook.Write($"{storage.Total} at {world.Clock.GetTimestamp().ToString(CultureInfo.InvariantCulture)} after {world.Turns}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(notebook.ToString())));
    }

    private static async Task PlayAsync(World world, Notebook notebook, SlowStorage storage, IReminderTable table)
    {
        for (var life = 0; life < 3; life++)
        {
            await using var services = Build(world, notebook, storage, table);
            var silo = services.GetServices<IHostedService>().Single();
            await silo.StartAsync(CancellationToken.None);
            var grains = services.GetRequiredService<IGrainFactory>();
            await grains.GetGrain<IReminded>("r").SetAsync("look", TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
            await grains.GetGrain<ITicker>("t").StartAsync(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), life == 1, true, null);
            var players = Enumerable.Range(0, 4).Select(player => DepositAsync(world, grains, notebook, player)).ToArray();
            if (life < 2)
            {
                await Task.Delay(TimeSpan.FromSeconds(20 + (int)(world.Next() % 100)), world.Clock);
                services.GetRequiredService<SiloIncarnation>().Kill();
                notebook.Write($"killed {life}");
            }
            await Task.WhenAll(players);
            if (life == 2)
            {
                await silo.StopAsync(CancellationToken.None);
            }
        }
    }

    private static async Task DepositAsync(World world, IGrainFactory grains, Notebook notebook, int player)
    {
        for (var round = 0; round < 10; round++)
        {
            var account = $"{(player + round) % 3}";
            try
            {
                await Task.Delay(TimeSpan.FromSeconds((int)(world.Next() % 10)), world.Clock);
                await grains.GetGrain<IAccount>(account).DepositAsync(1);
                notebook.Write($"{player} paid {account}");
            }
            catch (OrleansException error)
            {
                notebook.Write($"{player} lost {account} {error.Message}");
            }
        }
    }

    private static ServiceProvider Build(World world, Notebook notebook, SlowStorage storage, IReminderTable table)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(world.Clock);
        services.AddSingleton<ITurns>(world);
        services.AddSingleton(notebook);
        services.AddOrleans(silo =>
        {
            silo.AddReminders();
            silo.Services.AddSingleton(table);
            Orleans.Runtime.Hosting.StorageProviderExtensions.AddGrainStorage(silo.Services, "Default", (_, _) => storage);
        });
        return services.BuildServiceProvider();
    }

    /// <summary>Storage that takes a while of virtual time.</summary>
    private sealed class SlowStorage(TimeProvider clock) : IGrainStorage
    {
        private readonly SortedDictionary<string, int> _balances = new(StringComparer.Ordinal);

        public int Total => _balances.Values.Sum();

        public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), clock);
            grainState.State = (T)(object)new Account { Balance = _balances.GetValueOrDefault(grainId.ToString()) };
        }

        public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            var balance = ((Account)(object)grainState.State!).Balance;
            await Task.Delay(TimeSpan.FromMilliseconds(50), clock);
            _balances[grainId.ToString()] = balance;
            (grainState.ETag, grainState.RecordExists) = ("1", true);
        }

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.CompletedTask;
    }
}
