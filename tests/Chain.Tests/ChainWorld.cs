using Coordinator.Bitcoin;
using Coordinator.Simulators.Chain;

namespace Coordinator.Chain.Tests;

/// <summary>A simulator on loopback, a client of it, and a payer with a confirmed coin.</summary>
internal sealed class ChainWorld : IChainStage
{
    private readonly SocketsHttpHandler _handler = new();

    private ChainWorld(ChainSimulator simulator, EsploraOptions options)
    {
        Simulator = simulator;
        Http = new HttpClient(_handler) { Timeout = TimeSpan.FromMinutes(2) };
        Options = options with { Address = simulator.Address };
        Chain = new EsploraChain(Http, Options, TimeProvider.System);
    }

    public static DateTimeOffset Start { get; } = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    public static EsploraOptions Quick { get; } = new()
    {
        Network = "regtest",
        CallTimeout = TimeSpan.FromSeconds(5),
        FirstRetryPause = TimeSpan.FromMilliseconds(1),
    };

    public ChainSimulator Simulator { get; }

    public ChainModel Model => Simulator.Model;

    public FaultScript Faults => Simulator.Faults;

    public HttpClient Http { get; }

    public EsploraOptions Options { get; }

    public EsploraChain Chain { get; }

    public Payer Payer { get; } = new(7);

    /// <summary>Clients are the port on the model, without the wire.</summary>
    public bool OnTheModel { get; set; }

    IChain IChainStage.Open(FeeRate? fallback) => OnTheModel
        ? new ModelChain(Model) { FallbackFeeRate = fallback ?? FeeEstimates.LeastRate }
        : new EsploraChain(Http, Options with { FallbackFeeRate = fallback ?? Options.FallbackFeeRate }, TimeProvider.System);

    Task<int> IChainStage.HeightAsync() => Task.FromResult(Model.Height);

    Task<(Transaction Transaction, uint Vout)> IChainStage.FundAsync(Script script, long sats)
        => Task.FromResult((Model.Faucet(script, Satoshis.Of(sats)), 0u));

    Task IChainStage.MineAsync(int count)
    {
        for (var block = 0; block < count; block++)
        {
            Model.Mine();
        }

        return Task.CompletedTask;
    }

    Task IChainStage.ReorganiseAsync(int depth)
    {
        Model.Reorganise(depth);
        return Task.CompletedTask;
    }

    public static async Task<ChainWorld> StartAsync(EsploraOptions? options = null, string? folder = null)
    {
        var simulator = new ChainSimulator(new ChainSimulatorOptions(Folder: folder), new Coordinator.Testing.ManualTimeProvider(Start));
        await simulator.StartAsync();
        return new ChainWorld(simulator, options ?? Quick);
    }

    /// <summary>A confirmed output 0 of the payer.</summary>
    public Transaction Coin(long value = 100_000) => Coin(Model, Payer, value);

    public static Transaction Coin(ChainModel model, Payer payer, long value = 100_000)
    {
        var payment = model.Faucet(payer.Script, Satoshis.Of(value));
        model.Mine();
        return payment;
    }

    public static T Known<T>(ChainAnswer<T> answer)
    {
        Assert.True(answer.TryGet(out var value), answer.Describe());
        return value!;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        _handler.Dispose();
        await Simulator.DisposeAsync();
    }
}
