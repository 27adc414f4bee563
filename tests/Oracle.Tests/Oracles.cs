using System.Collections.Immutable;
using Coordinator.Bitcoin;
using Coordinator.Simulators.Oracle;

namespace Coordinator.Oracle.Tests;

/// <summary>A simulator on the wire, a client for it, and events to play with.</summary>
internal sealed class Oracles : IAsyncDisposable
{
    internal static readonly DateTimeOffset Start = new(2026, 1, 2, 0, 0, 0, TimeSpan.Zero);
    private readonly HttpClient _http;

    private Oracles(OracleSimulator simulator, HttpClient http, OracleOptions options)
    {
        Simulator = simulator;
        _http = http;
        Signer = SecretKey.From(Hashes.Sha256("coordinator"u8));
        Client = new HttpOracle(http, options, Signer, TimeProvider.System);
    }

    internal OracleSimulator Simulator { get; }

    internal HttpClient Http => _http;

    internal SecretKey Signer { get; }

    internal HttpOracle Client { get; }

    internal OracleModel Model => Simulator.Model;

    internal static async Task<Oracles> StartAsync(string? folder = null, bool strict = true, int maximumAnswerBytes = 8 * 1_024 * 1_024)
    {
        var simulator = new OracleSimulator(
            new OracleSimulatorOptions { Folder = folder, KeySeed = "oracle-sim-key", WeatherSeed = 7, Strict = strict },
                TimeProvider.System);
        await simulator.StartAsync();
        simulator.Clock.Set(Start.AddHours(-1));
        var options = new OracleOptions
        {
            BaseAddress = simulator.Address,
            Timeout = TimeSpan.FromSeconds(5),
            QuickRetryDelay = TimeSpan.FromMilliseconds(1),
            MaximumAnswerBytes = maximumAnswerBytes,
        };
#pragma warning disable RS0030 // The owner of the client is this fixture.
        return new(simulator, new HttpClient(new SocketsHttpHandler()), options);
#pragma warning restore RS0030
    }

    internal HttpOracle ClientWith(Func<OracleOptions, OracleOptions> change)
        => new(_http, change(new OracleOptions { BaseAddress = Simulator.Address, QuickRetryDelay = TimeSpan.FromMilliseconds(1) }),
            Signer, TimeProvider.System);

    internal static OracleEventTerms Terms(int entries = 3, int places = 1, int number = 1) => new(
        Guid.Parse($"019b7a00-0000-7000-8000-{number:x12}"),
        Start.AddHours(33),
        Start,
        Start.AddHours(24),
        ["KDEN", "KJFK"],
        6,
        entries,
        places,
        OracleEventTerms.DefaultScoringFields);

    /// <summary>Entry j picks Over for the j-th of its values and nothing else; ids ascend with j.</summary>
    internal static ImmutableArray<OracleEntry> Entries(int count) => [.. Enumerable.Range(0, count).Select(i =>
        new OracleEntry(EntryId(i), [new StationPicks("KDEN", TempHigh: (Prediction)(i % 3))]))];

    internal static Guid EntryId(int index) => Guid.Parse($"019b7a00-{index:x4}-7000-8000-0000000000aa");

    /// <summary>Creates an event and hands over its entries.</summary>
    internal async Task<OracleEventTerms> FilledEventAsync(int entries = 3, int places = 1)
    {
        var terms = Terms(entries, places);
        Assert.Equal("done", (await Client.CreateEventAsync(terms, default)).Describe());
        Assert.Equal("done", (await Client.AddEntriesAsync(terms.Id, Entries(entries), default)).Describe());
        return terms;
    }

    internal async Task<OracleEvent> ShownAsync(Guid eventId)
        => (await Client.GetEventAsync(eventId, default)).TryGet(out var shown) ? shown
            : throw new InvalidOperationException("the event is not shown");

    public async ValueTask DisposeAsync()
    {
        await Simulator.DisposeAsync();
        _http.Dispose();
        Signer.Dispose();
    }
}
