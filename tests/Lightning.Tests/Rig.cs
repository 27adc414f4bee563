using Coordinator.Bitcoin;
using Coordinator.Simulators.Lnd;

namespace Coordinator.Lightning.Tests;

/// <summary>The simulator as a server on loopback with our client on it.</summary>
internal sealed class Rig : IAsyncDisposable
{
    private readonly List<IDisposable> _clients = [];

    private Rig(LndSimulator simulator, string folder)
    {
        Simulator = simulator;
        Folder = folder;
        Client = Connect();
    }

    public LndSimulator Simulator { get; private set; }

    public string Folder { get; }

    public LndLightning Client { get; }

    public LndModel Model => Simulator.Model;

    public static CancellationToken Patience { get; } = CancellationToken.None;

    public static async Task<Rig> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("lnd-sim-").FullName;
        var simulator = await LndSimulator.StartAsync(
            new LndSimulatorOptions { DataFolder = folder, Model = new LndModelOptions { Height = 100 } }, TimeProvider.System);
        simulator.EnsureNode("alice", 1_000_000, 1_000_000);
        return new Rig(simulator, folder);
    }

    public LndLightning Connect(Func<LightningOptions, LightningOptions>? change = null)
    {
        var options = new LightningOptions
        {
            Address = Simulator.GrpcAddress,
            TlsCertificatePath = Simulator.CertificatePath,
            MacaroonPath = Simulator.MacaroonPath,
            FirstReconnectPause = TimeSpan.FromMilliseconds(20),
            LongestReconnectPause = TimeSpan.FromMilliseconds(100),
        };
        var client = new LndLightning(change is null ? options : change(options), TimeProvider.System);
        _clients.Add(client);
        return client;
    }

    /// <summary>Stops the server and starts it on the same folder and port.</summary>
    public async Task RestartAsync()
    {
        var port = Simulator.GrpcAddress.Port;
        await Simulator.StopAsync();
        Simulator = await LndSimulator.StartAsync(new LndSimulatorOptions { DataFolder = Folder, GrpcPort = port }, TimeProvider.System);
    }

    public async Task<HoldInvoice> SellAsync(Preimage preimage, long sats = 50_000)
    {
        var answer = await Client.AddHoldInvoiceAsync(Order(preimage.Hash, sats), Patience);
        Assert.True(answer.TryGet(out var invoice), answer.Describe());
        return invoice;
    }

    public SimulatedPayment PayAsAlice(string paymentRequest) => Model.Pay("alice", new SimulatedPayOrder(paymentRequest, 0, 10_000, 0));

    public string InvoiceOfAlice(Preimage preimage, long sats, bool hold = false) => Model.AddInvoice("alice", new SimulatedInvoiceOrder(
        hold ? preimage.Hash : null, hold ? null : preimage, sats * 1_000, 3_600, 24, "prize")).PaymentRequest;

    public static HoldInvoiceOrder Order(PaymentHash hash, long sats = 50_000) =>
        new(hash, Millisatoshis.Of(sats * 1_000), TimeSpan.FromMinutes(10), 144, "seat");

    public static PaymentOrder Payment(string paymentRequest, TimeSpan wait = default, int cltvLimit = 100) =>
        new(paymentRequest, null, Millisatoshis.Of(5_000), cltvLimit, TimeSpan.FromSeconds(30), wait);

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            client.Dispose();
        }

        await Simulator.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
