using System.Security.Cryptography;
using System.Text;
using Coordinator.Grains;
using Coordinator.Storage.Sqlite;
using Coordinator.Wallet;

namespace Coordinator.Cluster.Tests;

/// <summary>Rows that somebody edited or that another program wrote, on real files: refused by name, left as they are, and nobody else suffers.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cluster-tests-");
    private readonly MemoryMark _mark = new();
    private readonly SqliteStores _stores;
    private readonly World _world;

    public BadInputTests()
    {
        _stores = SqliteStores.Open(new SqliteStorageOptions { DataDirectory = _folder.FullName, Json = DocumentJson.Options });
        _world = new World(340, stores: _stores.Ports, mark: _mark);
    }

    public static TheoryData<string, string, string> Edits => new()
    {
        { "\"state\":\"created\"", "\"state\":\"no_such_state\"", "cannot be read" },
        { "\"version\":", "\"surprise\":1,\"version\":", "cannot be read by this program (at $.surprise)" },
        { "\"schema\":1", "\"schema\":2", "is stored with schema 2, this program knows 1" },
        { "\"places\":2", "\"places\":null", "cannot be read" },
        { "\"holds\":[]", "\"holds\":{}", "cannot be read by this program (at $.state.header.holds)" },
    };

    [Theory]
    [MemberData(nameof(Edits))]
    public void A_competition_s_row_that_cannot_be_read_is_named_left_alone_and_holds_up_nobody(string from, string to, string what)
    {
        using var broken = new Game(_world);
        using var other = new Game(_world);
        broken.Create();
        other.Create();
        var row = Edit(_stores.Competitions, "competition", broken.Id.ToString("N"), text => Replaced(text, from, to));
        _world.Restart();
        _world.Pass(TimeSpan.FromSeconds(5));

        var hold = Assert.Single(_world.OpenHolds());
        Assert.Equal($"document/competition/{broken.Id}", hold.Id);
        Assert.Contains(what, hold.Detail, StringComparison.Ordinal);
        Assert.Equal("hold_not_releasable", _world.Release(hold.Id)?.Code);
        Assert.ThrowsAny<Exception>(() => _world.Run(() => _world.Competition(broken.Id).CancelAsync("storm")));
        Assert.Equal(row, Read(_stores.Competitions, "competition", broken.Id.ToString("N")));
        other.Step();
        Assert.Equal(3, other.Players.Count(player => player.Ticket is not null));

        // Put back as it was, it is released by being readable.
        Edit(_stores.Competitions, "competition", broken.Id.ToString("N"), text => Replaced(text, to, from));
        Assert.Null(_world.Release(hold.Id));
        Assert.Empty(_world.OpenHolds());
        broken.Look();
        Assert.Equal("created", broken.View.State);
    }

    [Fact]
    public void A_row_that_was_edited_by_hand_without_its_digest_is_damaged()
    {
        using var broken = new Game(_world);
        broken.Create();
        Edit(_stores.Competitions, "competition", broken.Id.ToString("N"), text => text + " ", withDigest: false);
        _world.Restart();
        Assert.Contains("is damaged", Assert.Single(_world.OpenHolds()).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_under_another_competition_s_id_is_refused()
    {
        using var one = new Game(_world);
        using var two = new Game(_world);
        one.Create();
        two.Create();
        var foreign = Read(_stores.Competitions, "competition", one.Id.ToString("N"));
        Edit(_stores.Competitions, "competition", two.Id.ToString("N"), _ => foreign.Data);
        _world.Restart();
        Assert.Contains("changed by hand", Assert.Single(_world.OpenHolds()).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_of_the_list_that_cannot_be_read_is_named_and_its_competition_goes_on()
    {
        using var game = new Game(_world);
        game.Create();
        Assert.Equal(1, Directly(() => _stores.Competitions.ExecuteAsync(
            "UPDATE directory SET json = '{\"version\":\"seven\"}' WHERE key = $1", game.Id.ToString())));
        _world.Restart();
        _world.Pass(TimeSpan.FromSeconds(5));
        Assert.Equal($"document/directory/competitions/{game.Id}", Assert.Single(_world.OpenHolds()).Id);
        Assert.Equal((1, 1), (_world.Status().Reconciled, _world.Status().ToReconcile));
        game.Step();
        Assert.Equal(3, game.Players.Count(player => player.Ticket is not null));
    }

    [Fact]
    public void A_reservation_that_cannot_be_read_chooses_no_coins_and_is_named()
    {
        Directly(() => _stores.Bitcoin.ExecuteAsync("INSERT INTO reservation(outpoint, owner, satoshis) VALUES ('nonsense', 'somebody', 5)"));
        var script = _world.Wallet.AddressAt(new Derivation(Keychain.External, 3)).ScriptPubKey.ToHex();
        Assert.ThrowsAny<Exception>(() => _world.Run(() => Wallet.FundAsync(new FundRequest("funding/x", script, 100_000, 1_000, 1))));
        Assert.Contains("coin 'nonsense' for somebody", Assert.Single(_world.OpenHolds()).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wallet_of_the_future_is_named_and_competitions_still_answer()
    {
        using var game = new Game(_world);
        game.Create().Step();
        _world.Run(() => Wallet.ScriptForAsync("sweep/x"));
        var row = Edit(_stores.Bitcoin, "wallet", "0", text => Replaced(text, "\"schema\":1", "\"schema\":9"));
        _world.Restart();
        _world.Pass(TimeSpan.FromSeconds(5));
        Assert.Contains(_world.OpenHolds(), hold => hold.Id == "document/wallet" && hold.Detail.Contains("schema 9", StringComparison.Ordinal));
        Assert.ThrowsAny<Exception>(() => _world.Run(() => Wallet.ScriptForAsync("sweep/y")));
        Assert.Equal(row, Read(_stores.Bitcoin, "wallet", "0"));
        game.Look();
        Assert.Equal(3, game.Players.Count(player => player.Ticket is not null));
    }

    [Fact]
    public void A_service_document_of_the_future_takes_no_new_money_and_lets_everything_begun_go_on()
    {
        using var game = new Game(_world);
        game.Create();
        Assert.Null(_world.SettleOnly(true));
        Edit(_stores.Competitions, "service", "0", text => Replaced(text, "\"schema\":1", "\"schema\":9"));
        _world.Restart();
        using var other = new Game(_world);
        Assert.Equal("starting", _world.Run(() => _world.Competition(other.Id).CreateAsync(other.Request)).Problem?.Code);
        game.Look();
        Assert.Equal("created", game.View.State);
        Assert.Null(_world.Run(() => _world.Competition(game.Id).CancelAsync("storm")).Problem);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    public void A_log_that_was_cut_short_is_noticed_and_takes_no_new_money(int tenths)
    {
        using var game = new Game(_world);
        game.Create();
        _world.Run(() => _world.Service().AdvanceAsync());
        _world.Run(() => _world.Service().AdvanceAsync());
        var cut = Directory.CreateTempSubdirectory("cluster-tests-");
        try
        {
            foreach (var file in _folder.GetFiles("*.db*"))
            {
                file.CopyTo(Path.Combine(cut.FullName, file.Name));
            }

            using (var log = new FileStream(Path.Combine(cut.FullName, "competitions.db-wal"), FileMode.Open))
            {
                log.SetLength(log.Length * tenths / 10);
            }

            using var stores = SqliteStores.Open(new SqliteStorageOptions { DataDirectory = cut.FullName, Json = DocumentJson.Options });
            _world.Restore(stores.Ports);
            Assert.True(_world.Status().SettleOnly);
            Assert.Contains("its mark says", Assert.Single(_world.Status().Reasons), StringComparison.Ordinal);
            _world.Restore(_stores.Ports);
        }
        finally
        {
            cut.Delete(recursive: true);
        }
    }

    public void Dispose()
    {
        _world.Dispose();
        _stores.Dispose();
        _folder.Delete(recursive: true);
    }

    private IWalletGrain Wallet => _world.Grains.GetGrain<IWalletGrain>(0);

    /// <summary>Past the silo, on the storage's own threads.</summary>
    private static T Directly<T>(Func<Task<T>> call) => World.Start(call).GetAwaiter().GetResult();

    private static string Replaced(string text, string from, string to)
    {
        var at = text.IndexOf(from, StringComparison.Ordinal);
        Assert.True(at >= 0, $"no {from} in {text}");
        return text[..at] + to + text[(at + from.Length)..];
    }

    private static (long Etag, string Data) Read(SqliteDatabase database, string type, string key) => Directly(() => database.ReadAsync(statements => statements.Query(
        "SELECT etag, data FROM grain_state WHERE type = $1 AND key = $2", row => (row.GetInt64(0), row.GetString(1)), type, key).Single()));

    private static (long Etag, string Data) Edit(SqliteDatabase database, string type, string key, Func<string, string> edit, bool withDigest = true)
    {
        var text = edit(Read(database, type, key).Data);
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(text))[..8];
        var sql = withDigest
            ? "UPDATE grain_state SET data = $3, digest = $4 WHERE type = $1 AND key = $2"
            : "UPDATE grain_state SET data = $3 WHERE type = $1 AND key = $2 AND $4 IS NOT NULL";
        Assert.Equal(1, Directly(() => database.ExecuteAsync(sql, type, key, text, digest)));
        return Read(database, type, key);
    }
}
