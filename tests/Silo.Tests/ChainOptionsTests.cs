namespace Coordinator.Silo.Tests;

/// <summary>The section <c>Chain</c> of the configuration.</summary>
public sealed class ChainOptionsTests : IDisposable
{
    private readonly string _password = Path.GetTempFileName();

    [Fact]
    public void A_node_with_a_cookie_or_with_user_and_password_file_is_in_order()
    {
        Assert.Empty(Node(cookie: "/nowhere/yet/.cookie").Complaints("mainnet"));
        Assert.Empty(Node(user: "rpc", password: _password).Complaints("signet"));
        Assert.Empty(new ChainSection { Address = new Uri("http://127.0.0.1:3000") }.Complaints("regtest"));
    }

    [Fact]
    public void A_node_needs_one_way_to_prove_itself_and_one_only()
    {
        ChainSection[] wrong = [Node(), Node(user: "rpc"), Node(password: _password), Node(cookie: "a", user: "rpc", password: _password)];
        Assert.All(wrong, section => Assert.Contains("Chain: a node needs either CookieFile, or User and PasswordFile", section.Complaints("regtest")));
        Assert.Equal("Chain:PasswordFile is '/nowhere/word'; there is no such file", Assert.Single(Node(user: "rpc", password: "/nowhere/word").FileComplaints()));
        Assert.Empty(Node(user: "rpc", password: _password).FileComplaints());
    }

    [Fact]
    public void Everything_that_is_wrong_is_said_at_once()
    {
        var section = Node(cookie: "a");
        (section.Address, section.Wallet, section.CallTimeout) = (new Uri("http://user:word@127.0.0.1:8332/path"), "a/b", TimeSpan.Zero);
        (section.BlockPoll, section.Poll, section.RescanTimeout) = (TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromDays(9));
        var complaints = section.Complaints("regtest").ToList();
        Assert.Equal(6, complaints.Count);
        Assert.DoesNotContain(complaints, complaint => complaint.Contains("word", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_for_a_node_means_nothing_to_esplora()
    {
        var section = Node(cookie: "a");
        (section.Source, section.Wallet) = ("esplora", "other");
        Assert.Equal(
            ["Chain:CookieFile is set, but Chain:Source is esplora; it is for bitcoind", "Chain:Wallet is set, but Chain:Source is esplora; it is for bitcoind"],
            section.Complaints("regtest"));
        section.Source = "electrum";
        Assert.Equal("Chain:Source is 'electrum'; it must be esplora or bitcoind", Assert.Single(section.Complaints("regtest")));
    }

    [Fact]
    public void An_unknown_key_is_refused()
    {
        var wrong = Assert.Throws<SiloConfigurationException>(
            () => SiloConfiguration.Read(null, new Dictionary<string, string?> { ["Chain:Password"] = "word" }));
        Assert.Contains("Password", wrong.Message, StringComparison.Ordinal);
        var read = SiloConfiguration.Read(null, new Dictionary<string, string?>
        {
            ["Chain:Source"] = "bitcoind",
            ["Chain:Address"] = "http://127.0.0.1:18443",
            ["Chain:User"] = "rpc",
            ["Chain:PasswordFile"] = _password,
            ["Chain:Birthday"] = "2026-01-02T00:00:00Z",
            ["Chain:CallTimeout"] = "00:00:05",
        });
        Assert.Empty(read.Chain.Complaints("regtest"));
        var node = read.Chain.Node("regtest");
        Assert.Equal((_password, "rpc", 1_767_312_000), (node.CredentialsFile, node.User, node.Birthday.ToUnixTimeSeconds()));
    }

    public void Dispose() => File.Delete(_password);

    private static ChainSection Node(string? cookie = null, string? user = null, string? password = null)
        => new() { Source = "bitcoind", Address = new Uri("http://127.0.0.1:8332"), CookieFile = cookie, User = user, PasswordFile = password };
}
