using System.Text;
using Coordinator.Bitcoin;
using Coordinator.Chain;
using Coordinator.Wallet;

namespace Coordinator.Node.Tests;

/// <summary>One node, with the coordinator's wallet on it, for all tests that spend on it. They run one after the other.</summary>
public class NodeFixture : IAsyncLifetime
{
    private const int Coins = 40;
    private const long CoinValue = 2_000_000;
    private readonly string[] _options;
    private int _contracts;

    public NodeFixture()
        : this([])
    {
    }

    private protected NodeFixture(params string[] options) => _options = options;

    internal RegtestNode Node { get; private set; } = null!;

    private HttpClient Http { get; } = new(new SocketsHttpHandler()) { Timeout = Timeout.InfiniteTimeSpan };

    private CoordinatorKeys? Keys { get; set; }

    private BitcoindChain? Client { get; set; }

    internal CoordinatorWallet Wallet { get; private set; } = null!;

    internal IChain Chain => Client!;

    internal Purse Purse { get; } = new("payer");

    /// <summary>A number that no contract had before.</summary>
    internal int NextContract() => ++_contracts;

    public async Task InitializeAsync()
    {
        Node = await RegtestNode.StartAsync(_options);
        await Purse.EarnAsync(Node, 80);
        using var root = SecretKey.From(Hashes.Sha256(Encoding.UTF8.GetBytes("the coordinator's root")));
        Keys = new CoordinatorKeys(root);
        Client = new BitcoindChain(Http, Node.ClientOptions("coordinator"), TimeProvider.System);
        Wallet = new CoordinatorWallet(Keys, Network.Regtest, Client, new MemoryCoinReservations(), new WalletOptions { StopGap = 3 });
        var script = Wallet.AddressAt(new Derivation(Keychain.External, 0)).ScriptPubKey;
        await Purse.PayAsync(Node, [.. Enumerable.Repeat(new TxOut(Satoshis.Of(CoinValue), script), Coins)]);
    }

    public async Task DisposeAsync()
    {
        Client?.Dispose();
        Keys?.Dispose();
        Http.Dispose();
        if (Node is not null)
        {
            await Node.DisposeAsync();
        }
    }

    internal static T Done<T>(WalletAnswer<T> answer)
    {
        Assert.True(answer.TryGet(out var value), answer.Describe());
        return value!;
    }
}

/// <summary>The tests that share a node.</summary>
[CollectionDefinition(Name)]
public sealed class NodeSuite : ICollectionFixture<NodeFixture>
{
    public const string Name = "one node";
}
