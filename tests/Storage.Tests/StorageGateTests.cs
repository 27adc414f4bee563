using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;

namespace Coordinator.Storage.Tests;

public sealed class StorageGateTests
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
    private static readonly GrainId Grain = GrainId.Create("competition", "a");
    private readonly MemoryDisk _disk = new();

    [Fact]
    public async Task A_killed_silo_s_gate_keeps_it_from_the_disk()
    {
        var dead = Storage(new Gate { OnEnter = "grain.write" });
        await Assert.ThrowsAsync<InvalidOperationException>(() => dead.WriteStateAsync("s", Grain, new GrainState<List<int>>([1])));
        Assert.False((await ReadAsync()).RecordExists);
    }

    [Fact]
    public async Task A_crash_after_the_write_leaves_the_write_on_the_disk()
    {
        var state = new GrainState<List<int>>([1]);
        await Assert.ThrowsAsync<InvalidOperationException>(() => Storage(new Gate { OnLeave = "grain.write" }).WriteStateAsync("s", Grain, state));
        Assert.Null(state.ETag);
        Assert.Equal([1], (await ReadAsync()).State);
    }

    [Fact]
    public async Task A_gate_that_waits_stores_the_document_of_the_call()
    {
        var gate = new Gate { Wait = new TaskCompletionSource() };
        var state = new GrainState<List<int>>([1]);
        var writing = Storage(gate).WriteStateAsync("s", Grain, state);
        state.State = [2];
        Assert.False(writing.IsCompleted);
        gate.Wait.SetResult();
        await writing;
        Assert.Equal([1], (await ReadAsync()).State);
        Assert.Equal([2], state.State);
        Assert.NotNull(state.ETag);
    }

    [Fact]
    public async Task The_next_silo_finds_what_the_last_one_stored_and_a_copy_goes_its_own_way()
    {
        await Storage(new Gate()).WriteStateAsync("s", Grain, new GrainState<List<int>>([1]));
        var backup = _disk.Copy();
        var state = await ReadAsync();
        state.State = [2];
        await Storage(new Gate()).WriteStateAsync("s", Grain, state);
        var restored = new GrainState<List<int>>();
        await backup.Ports(Json).Documents.ReadStateAsync("s", Grain, restored);
        Assert.Equal([1], restored.State);
        Assert.Equal([2], (await ReadAsync()).State);
    }

    [Fact]
    public void Every_operation_of_a_twin_completes_on_the_caller_s_thread()
    {
        Assert.True(Storage(new Gate()).WriteStateAsync("s", Grain, new GrainState<List<int>>([1])).IsCompletedSuccessfully);
        Assert.True(_disk.Ports(Json).Reminders.ReadRows(0, 0).IsCompletedSuccessfully);
        Assert.True(_disk.Ports(Json).Artefacts.GetAsync(new byte[32]).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_simulated_silo_gets_the_twins()
    {
        var silo = new Silo();
        silo.AddStorage(_disk.Ports(Json).Behind(new Gate()));
        await using var services = silo.Services.BuildServiceProvider();
        await services.GetRequiredKeyedService<IGrainStorage>("users").WriteStateAsync("s", Grain, new GrainState<List<int>>([1]));
        Assert.False((await ReadAsync()).RecordExists); // another provider
        Assert.NotNull(services.GetRequiredService<IReminderTable>());
        Assert.NotNull(services.GetRequiredService<IArtefactStore>());
        Assert.NotNull(services.GetRequiredService<IReservationStore>());
        Assert.NotNull(services.GetRequiredService<IDirectoryIndex>());
        Assert.NotNull(services.GetRequiredService<ICursorStore>());
    }

    private IGrainStorage Storage(IStorageGate gate) => _disk.Ports(Json).Behind(gate).Documents;

    private async Task<GrainState<List<int>>> ReadAsync()
    {
        var state = new GrainState<List<int>>();
        await Storage(new Gate()).ReadStateAsync("s", Grain, state);
        return state;
    }

    private sealed class Gate : IStorageGate
    {
        public string? OnEnter { get; init; }

        public string? OnLeave { get; init; }

        public TaskCompletionSource? Wait { get; init; }

        public Task EnterAsync(string operation) => operation == OnEnter
            ? throw new InvalidOperationException("killed")
            : Wait?.Task ?? Task.CompletedTask;

        public Task LeaveAsync(string operation) => operation == OnLeave ? throw new InvalidOperationException("killed") : Task.CompletedTask;
    }

    private sealed class Silo : ISiloBuilder
    {
        public IServiceCollection Services { get; } = new ServiceCollection();

        public IConfiguration Configuration { get; } = new ConfigurationBuilder().Build();
    }
}
