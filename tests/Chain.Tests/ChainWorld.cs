using Coordinator.Bitcoin;
using Coordinator.Simulators.Chain;

namespace Coordinator.Chain.Tests;

/// <summary>A simulator on loopback, a client of it, and a payer with a confirmed coin.</summary>
internal sealed class ChainWorld : IAsyncDisposable
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
