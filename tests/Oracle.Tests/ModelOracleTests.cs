using Coordinator.Bitcoin;
using Coordinator.Simulators.Oracle;
using Coordinator.Testing;

namespace Coordinator.Oracle.Tests;

public sealed class ModelOracleTests
{
    private readonly ManualTimeProvider _time = new(Oracles.Start.AddHours(-1));
    private readonly OracleFaults _faults = new();
    private readonly OracleModel _model = new(new OracleDocument { Key = Hex.Encode(Hashes.Sha256("oracle-sim-key"u8)) }, 7, strict: true);
    private readonly ModelOracle _oracle;

    public ModelOracleTests()
        => _oracle = new(_model, _faults, SecretKey.From(Hashes.Sha256("coordinator"u8)).XOnly, _time, () => new byte[16]);

    [Fact]
    public async Task A_whole_event_runs_without_a_wire_and_the_same_every_time()
    {
        var terms = Oracles.Terms(entries: 3, places: 2);
        Assert.True((await _oracle.GetPublicKeyAsync(default)).TryGet(out var key));
        Assert.True((await _oracle.CreateEventAsync(terms, default)).TryGet(out var created));
        var announcement = OracleAnnouncement.Verify(created, terms, key, isRegtest: false).Announcement!;
        Assert.Equal("done", (await _oracle.AddEntriesAsync(terms.Id, Oracles.Entries(3), default)).Describe());
        _time.Advance(TimeSpan.FromHours(35));
        _model.Update(_time.GetUtcNow());
        Assert.True((await _oracle.GetEventAsync(terms.Id, default)).TryGet(out var shown));
        Assert.NotNull(announcement.OutcomeOf(shown.Attestation.AsSpan()));
        var again = new OracleModel(new OracleDocument { Key = Hex.Encode(Hashes.Sha256("oracle-sim-key"u8)) }, 7, strict: true);
        var second = again.Create(terms, SecretKey.From(Hashes.Sha256("coordinator"u8)).XOnly, new byte[16], _time.GetUtcNow());
        Assert.Equal(created.NoncePoint?.ToHex(), second.NoncePoint);
    }

    [Fact]
    public async Task Faults_and_refusals_have_the_answers_of_the_wire()
    {
        var terms = Oracles.Terms();
        Assert.True(Assert.IsType<OracleAnswer<OracleEvent>.Refused>(await _oracle.GetEventAsync(terms.Id, default)).IsNotFound);
        async Task<OracleAnswer<OracleEvent>> WithAsync(OracleFaultKind kind, int status = 503)
        {
            _faults.Add(new OracleFault(kind, StatusCode: status));
            return await _oracle.CreateEventAsync(terms, default);
        }

        Assert.IsType<OracleAnswer<OracleEvent>.TryLater>(await WithAsync(OracleFaultKind.Status));
        Assert.IsType<OracleAnswer<OracleEvent>.Refused>(await WithAsync(OracleFaultKind.Status, 403));
        Assert.IsType<OracleAnswer<OracleEvent>.Unclear>(await WithAsync(OracleFaultKind.Status, 500));
        Assert.IsType<OracleAnswer<OracleEvent>.Unclear>(await WithAsync(OracleFaultKind.DropBefore));
        Assert.IsType<OracleAnswer<OracleEvent>.Unclear>(await WithAsync(OracleFaultKind.Endless));
        Assert.Empty(_model.Export().Events);
        Assert.IsType<OracleAnswer<OracleEvent>.Unclear>(await WithAsync(OracleFaultKind.DropAfter));
        Assert.Single(_model.Export().Events);
        Assert.IsType<OracleAnswer<OracleEvent>.Unclear>(await _oracle.CreateEventAsync(terms, default));
        _faults.Add(new OracleFault(OracleFaultKind.FailAfter));
        Assert.IsType<OracleAnswer<OracleEvent>.TryLater>(await _oracle.GetEventAsync(terms.Id, default));
        Assert.IsType<OracleAnswer<OracleEvent>.Done>(await _oracle.GetEventAsync(terms.Id, default));
    }
}
