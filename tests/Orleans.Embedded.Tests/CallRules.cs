using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;

namespace Coordinator.Engine.Tests;

public sealed class CallRules
{
    [Theory, InlineData(false), InlineData(true)]
    public async Task An_exception_crosses_the_call_as_itself_with_its_fields(bool late)
    {
        await using var silo = await TestSilo.StartAsync();
        var refused = await Assert.ThrowsAsync<WorkRefused>(() => silo.Grains.GetGrain<IWorker>("a").FailAsync("no", late));
        Assert.Equal(("no", 42), (refused.Message, refused.Code));
        Assert.Equal(1, await silo.Grains.GetGrain<IWorker>("a").EchoAsync(1));
        Assert.Equal(1, silo.Notebook.Count("activate a"));
    }

    [Fact]
    public async Task A_timeout_counts_the_time_in_the_queue_and_the_request_still_runs()
    {
        await using var silo = await TestSilo.StartAsync();
        var worker = silo.Grains.GetGrain<IWorker>("a");
        var held = worker.PassAsync("held");
        await silo.UntilAsync(() => silo.Notebook.Has("in held"), "the held request");
        silo.Clock.Advance(TimeSpan.FromSeconds(20));
        var queued = worker.PassAsync("queued");
        await TestSilo.SettleAsync();
        silo.Clock.Advance(TimeSpan.FromSeconds(10));
        await Assert.ThrowsAsync<TimeoutException>(() => held);
        Assert.False(queued.IsCompleted);
        silo.Clock.Advance(TimeSpan.FromSeconds(20));
        await Assert.ThrowsAsync<TimeoutException>(() => queued);
        silo.Notebook.Open("held");
        silo.Notebook.Open("queued");
        await silo.UntilAsync(() => silo.Notebook.Has("out queued"), "the timed out request to run all the same");
    }

    [Fact]
    public async Task A_method_may_have_a_time_limit_of_its_own()
    {
        await using var silo = await TestSilo.StartAsync();
        var call = silo.Grains.GetGrain<IWorker>("a").ImpatientAsync("never");
        await silo.UntilAsync(() => silo.Notebook.Has("in never"), "the request");
        silo.Clock.Advance(TimeSpan.FromSeconds(5));
        await Assert.ThrowsAsync<TimeoutException>(() => call);
        silo.Notebook.Open("never");
    }

    [Fact]
    public async Task The_time_limit_is_an_option()
    {
        await using var silo = await TestSilo.StartAsync(builder
            => builder.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromSeconds(2)));
        var call = silo.Grains.GetGrain<IWorker>("a").PassAsync("never");
        await silo.UntilAsync(() => silo.Notebook.Has("in never"), "the request");
        silo.Clock.Advance(TimeSpan.FromSeconds(2));
        await Assert.ThrowsAsync<TimeoutException>(() => call);
        silo.Notebook.Open("never");
    }

    [Fact]
    public async Task Cancelling_frees_the_caller_at_once_and_the_grain_runs_on_and_blocks_its_queue()
    {
        await using var silo = await TestSilo.StartAsync();
        var worker = silo.Grains.GetGrain<IWorker>("a");
        using var cancel = new CancellationTokenSource();
        var call = worker.WaitAsync("door", cancel.Token);
        await silo.UntilAsync(() => silo.Notebook.Has("in door"), "the request");
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        var next = worker.SawCancellationAsync();
        await TestSilo.SettleAsync();
        Assert.False(next.IsCompleted);
        silo.Notebook.Open("door");
        Assert.True(await next);
    }

    [Fact]
    public async Task A_token_already_cancelled_sends_nothing()
    {
        await using var silo = await TestSilo.StartAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => silo.Grains.GetGrain<IWorker>("a").WaitAsync("door", new CancellationToken(canceled: true)));
        await TestSilo.SettleAsync();
        Assert.Empty(silo.Notebook.Lines);
    }

    [Fact]
    public async Task A_request_cancelled_in_the_queue_never_runs()
    {
        await using var silo = await TestSilo.StartAsync();
        var worker = silo.Grains.GetGrain<IWorker>("a");
        var held = worker.PassAsync("held");
        using var cancel = new CancellationTokenSource();
        var queued = worker.WaitAsync("queued", cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => queued);
        silo.Notebook.Open("held");
        await held;
        await worker.EchoAsync(1);
        Assert.False(silo.Notebook.Has("in queued"));
    }

    [Fact]
    public async Task A_one_way_call_completes_at_the_send_and_hides_its_error()
    {
        await using var silo = await TestSilo.StartAsync();
        var call = silo.Grains.GetGrain<IWorker>("a").ForgetAsync("forgotten");
        Assert.True(call.IsCompletedSuccessfully);
        await silo.UntilAsync(() => silo.Notebook.Has("forgotten"), "the one-way request");
    }

    [Fact]
    public async Task Context_flows_to_the_callee_and_not_back()
    {
        await using var silo = await TestSilo.StartAsync();
        RequestContext.Set("who", "me");
        var worker = silo.Grains.GetGrain<IWorker>("a");
        Assert.Equal("me", await worker.BaggageAsync("who", change: "you"));
        Assert.Equal("me", RequestContext.Get("who"));
        Assert.Equal(["who"], RequestContext.Keys);
        RequestContext.Clear();
        Assert.Null(await worker.BaggageAsync("who", change: null));
    }

    [Fact]
    public async Task Filters_run_in_the_order_of_registration_and_may_change_the_result()
    {
        await using var silo = await TestSilo.StartAsync(builder => builder
            .AddIncomingGrainCallFilter(async call =>
            {
                await call.Invoke();
                if (call.MethodName == nameof(IWorker.EchoAsync))
                {
                    call.Result = (int)call.Result! * 10;
                }
            })
            .AddIncomingGrainCallFilter(async call =>
            {
                await call.Invoke();
                if (call.MethodName == nameof(IWorker.EchoAsync))
                {
                    Assert.Equal(typeof(WorkerGrain), call.ImplementationMethod.DeclaringType);
                    call.Result = (int)call.Result! + 1;
                }
            })
            .AddOutgoingGrainCallFilter(async call =>
            {
                if (call.MethodName == nameof(IWorker.EchoAsync))
                {
                    call.Request.SetArgument(0, (int)call.Request.GetArgument(0)! + 100);
                }
                await call.Invoke();
            }));
        Assert.Equal(1_030, await silo.Grains.GetGrain<IWorker>("a").EchoAsync(2));
    }

    [Fact]
    public async Task What_an_outgoing_filter_puts_into_the_context_reaches_the_callee_only()
    {
        await using var silo = await TestSilo.StartAsync(builder => builder.AddOutgoingGrainCallFilter(async call =>
        {
            RequestContext.Set("mark", call.MethodName);
            await call.Invoke();
        }));
        Assert.Equal(nameof(IWorker.BaggageAsync), await silo.Grains.GetGrain<IWorker>("a").BaggageAsync("mark", change: null));
        Assert.Null(RequestContext.Get("mark"));
    }

    [Fact]
    public async Task Filters_see_the_exception_of_the_grain_and_one_that_does_nothing_fails_the_call()
    {
        var seen = new List<string>();
        await using var silo = await TestSilo.StartAsync(builder => builder.AddIncomingGrainCallFilter(async call =>
        {
            if (call.MethodName == nameof(IWorker.EchoAsync))
            {
                return;
            }
            try
            {
                await call.Invoke();
            }
            catch (WorkRefused refused)
            {
                seen.Add(refused.Message);
                throw new InvalidOperationException("mapped", refused);
            }
        }));
        var worker = silo.Grains.GetGrain<IWorker>("a");
        var mapped = await Assert.ThrowsAsync<InvalidOperationException>(() => worker.FailAsync("no", late: true));
        Assert.Equal("mapped", mapped.Message);
        Assert.Equal(["no"], seen);
        var broken = await Assert.ThrowsAsync<InvalidOperationException>(() => worker.EchoAsync(1));
        Assert.Contains("Broken filter chain", broken.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_filter_that_sets_a_result_of_another_type_fails_the_call()
    {
        await using var silo = await TestSilo.StartAsync(builder => builder.AddIncomingGrainCallFilter(call =>
        {
            call.Result = "no number";
            return Task.CompletedTask;
        }));
        await Assert.ThrowsAsync<InvalidCastException>(() => silo.Grains.GetGrain<IWorker>("a").EchoAsync(1));
    }

    [Fact]
    public async Task A_grain_factory_and_a_client_are_in_the_container()
    {
        await using var silo = await TestSilo.StartAsync();
        var services = silo.Cluster.GetSiloServiceProvider();
        Assert.Equal(3, await services.GetRequiredService<IGrainFactory>().GetGrain<IWorker>("a").EchoAsync(3));
        Assert.Equal(4, await services.GetRequiredService<IClusterClient>().GetGrain<IWorker>("a").EchoAsync(4));
        Assert.Equal(silo.Grains.GetGrain<IWorker>("a").GetGrainId(), services.GetRequiredService<IGrainFactory>().GetGrain<IWorker>("a").GetGrainId());
        Assert.Equal(silo.Grains.GetGrain<IWorker>("a"), services.GetRequiredService<IGrainFactory>().GetGrain<IWorker>("a"));
    }
}
