namespace Coordinator.Engine.Tests;

public sealed class TurnRules
{
    [Fact]
    public async Task A_call_reaches_its_grain_and_brings_the_result_back()
    {
        await using var silo = await TestSilo.StartAsync();
        var worker = silo.Grains.GetGrain<IWorker>("a");
        Assert.Equal(7, await worker.EchoAsync(7));
        Assert.Equal(8, await worker.ValueAsync(8));
        await worker.TouchAsync();
        Assert.Equal("worker/a", await worker.WhoAsync());
        Assert.Equal(1, silo.Notebook.Count("activate a"));
    }

    [Fact]
    public async Task One_request_runs_from_start_to_finish_before_the_next_starts()
    {
        await using var silo = await TestSilo.StartAsync();
        var worker = silo.Grains.GetGrain<IWorker>("a");
        var first = worker.PassAsync("first");
        await silo.UntilAsync(() => silo.Notebook.Has("in first"), "the first request");
        var second = worker.PassAsync("second");
        await TestSilo.SettleAsync();
        Assert.False(silo.Notebook.Has("in second"));
        silo.Notebook.Open("second");
        silo.Notebook.Open("first");
        await Task.WhenAll(first, second);
        Assert.Equal(["activate a", "in first", "out first", "in second", "out second"], silo.Notebook.Lines);
    }

    [Fact]
    public async Task A_call_to_oneself_waits_until_it_times_out()
    {
        await using var silo = await TestSilo.StartAsync();
        var call = silo.Grains.GetGrain<IWorker>("a").CallBackAsync(allow: false);
        await silo.AdvanceUntilAsync(TimeSpan.FromSeconds(10), () => call.IsCompleted, "the timeout");
        await Assert.ThrowsAsync<TimeoutException>(() => call);
    }

    [Fact]
    public async Task A_call_back_along_the_chain_runs_where_the_grain_allows_it()
    {
        await using var silo = await TestSilo.StartAsync();
        var worker = silo.Grains.GetGrain<IWorker>("a");
        await worker.CallBackAsync(allow: true);
        await worker.VisitAsync("b", allow: true);
        var refused = worker.VisitAsync("b", allow: false);
        await silo.AdvanceUntilAsync(TimeSpan.FromSeconds(10), () => refused.IsCompleted, "the timeout of A to B to A");
        await Assert.ThrowsAsync<TimeoutException>(() => refused);
    }

    [Fact]
    public async Task An_interleaving_method_runs_beside_another_request()
    {
        await using var silo = await TestSilo.StartAsync();
        var worker = silo.Grains.GetGrain<IWorker>("a");
        var held = worker.PassAsync("held");
        await silo.UntilAsync(() => silo.Notebook.Has("in held"), "the held request");
        Assert.Contains("in held", await worker.PeekAsync(), StringComparison.Ordinal);
        silo.Notebook.Open("held");
        await held;
    }

    [Fact]
    public async Task Reads_run_beside_reads_and_not_beside_others()
    {
        await using var silo = await TestSilo.StartAsync();
        var worker = silo.Grains.GetGrain<IWorker>("a");
        var reads = Enumerable.Range(0, 8).Select(number => worker.ReadAsync($"read{number}")).ToArray();
        await silo.UntilAsync(() => silo.Notebook.Lines.Count(line => line.StartsWith("in read", StringComparison.Ordinal)) == 8, "eight reads at once");
        var write = worker.PassAsync("write");
        await TestSilo.SettleAsync();
        Assert.False(silo.Notebook.Has("in write"));
        silo.Notebook.Open("write");
        foreach (var number in Enumerable.Range(0, 8))
        {
            silo.Notebook.Open($"read{number}");
        }
        await Task.WhenAll([.. reads, write]);
    }

    [Fact]
    public async Task A_reentrant_grain_takes_eight_requests_at_once()
    {
        await using var silo = await TestSilo.StartAsync();
        var worker = silo.Grains.GetGrain<IReentrantWorker>(255);
        var calls = Enumerable.Range(0, 8).Select(_ => worker.PassAsync("door")).ToArray();
        await silo.UntilAsync(() => silo.Notebook.Count("in door") == 8, "eight requests at once");
        silo.Notebook.Open("door");
        await Task.WhenAll(calls);
        Assert.Equal("tests.re/FF", worker.GetGrainId().ToString());
    }

    [Fact]
    public async Task A_predicate_decides_which_requests_interleave()
    {
        await using var silo = await TestSilo.StartAsync();
        var worker = silo.Grains.GetGrain<IChoosyWorker>(new Guid("00000000-0000-0000-0000-000000000001"));
        var slow = worker.PassAsync("slow");
        var slower = worker.PassAsync("slower");
        var quick = worker.PassAsync("quick");
        await silo.UntilAsync(() => silo.Notebook.Has("in quick"), "the quick request");
        Assert.False(silo.Notebook.Has("in slow") && silo.Notebook.Has("in slower"));
        silo.Notebook.Open("quick");
        silo.Notebook.Open("slow");
        silo.Notebook.Open("slower");
        await Task.WhenAll(slow, slower, quick);
    }

    [Fact]
    public async Task A_stateless_worker_has_as_many_activations_as_allowed()
    {
        await using var silo = await TestSilo.StartAsync();
        var crowd = silo.Grains.GetGrain<ICrowd>(0);
        var calls = Enumerable.Range(0, 10).Select(_ => crowd.PassAsync("door")).ToArray();
        await silo.UntilAsync(() => silo.Notebook.Count("in door") == 4, "four requests at once");
        await TestSilo.SettleAsync();
        Assert.Equal(4, silo.Notebook.Count("one more"));
        Assert.Equal(4, silo.Notebook.Count("in door"));
        silo.Notebook.Open("door");
        await Task.WhenAll(calls);
    }

    [Fact]
    public async Task The_body_of_a_sequence_interleaves_with_requests()
    {
        await using var silo = await TestSilo.StartAsync();
        var worker = silo.Grains.GetGrain<IWorker>("a");
        var numbers = new List<int>();
        var count = Task.Run(async () =>
        {
            await foreach (var number in worker.CountAsync(3, "door"))
            {
                numbers.Add(number);
            }
        });
        await silo.UntilAsync(() => silo.Notebook.Has("in door1"), "the first pull");
        Assert.Equal(5, await worker.EchoAsync(5));
        silo.Notebook.Open("door1");
        silo.Notebook.Open("door2");
        silo.Notebook.Open("door3");
        await count;
        Assert.Equal([1, 2, 3], numbers);
        Assert.True(silo.Notebook.Has("counted"));
    }

    [Fact]
    public async Task Many_callers_get_their_own_answers()
    {
        await using var silo = await TestSilo.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(caller => Task.Run(async () =>
        {
            var worker = silo.Grains.GetGrain<IWorker>($"w{caller % 5}");
            for (var call = 0; call < 500; call++)
            {
                Assert.Equal((caller * 1_000) + call, await worker.EchoAsync((caller * 1_000) + call));
            }
        })));
        Assert.Equal(0, silo.Clock.ArmedTimers - 1); // only the idle collector's is left
    }
}
