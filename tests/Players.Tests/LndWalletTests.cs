using Coordinator.Bitcoin;
using Coordinator.Players.Lnd;
using Coordinator.Players.Play;
using Coordinator.Players.Records;
using Coordinator.Players.Wire;
using Coordinator.Simulators.Lnd;

namespace Coordinator.Players.Tests;

/// <summary>A player's wallet that is a real LND, against the simulator over gRPC and TLS.</summary>
public sealed class LndWalletTests : IAsyncLifetime
{
    private const string Payer = "payer";
    private const string Payee = "coordinator";
    private static readonly byte[] Preimage = [.. Enumerable.Range(1, 32).Select(number => (byte)number)];
    private readonly string _folder = Directory.CreateTempSubdirectory("coordinator-lnd-").FullName;
    private LndSimulator _lnd = null!;

    private static string Hash => Hex.Encode(Hashes.Sha256(Preimage));

    public async Task InitializeAsync()
    {
        _lnd = await LndSimulator.StartAsync(new LndSimulatorOptions { DataFolder = _folder }, TimeProvider.System);
        _lnd.EnsureNode(Payer, 1_000_000, 1_000_000);
    }

    public async Task DisposeAsync()
    {
        await _lnd.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_node_tells_its_network_and_what_it_can_send()
    {
        var node = await PayerNode.LookAsync(Access(Payer), TimeProvider.System, CancellationToken.None);
        Assert.Equal(("regtest", true, 1_000_000_000L, 0L), (node.Network, node.IsSynced, node.LocalMsat, node.HeldMsat));
        Assert.Equal(66, node.PublicKey.Length);
    }

    [Fact]
    public async Task A_hold_invoice_is_paid_once_however_often_it_is_asked_for()
    {
        using var calls = new LndCalls(Access(Payer), TimeProvider.System);
        using var payee = new LndCalls(Access(Payee), TimeProvider.System);
        var wallet = new LndWallet(calls, "regtest", TimeProvider.System);
        await wallet.OpenAsync(1, CancellationToken.None);
        var invoice = await payee.InvoiceAsync(Hash, 50_000, "ticket", CancellationToken.None);
        Assert.Null(await wallet.PayAsync(invoice, Hash, 50_000, CancellationToken.None));
        Assert.Null(await wallet.PayAsync(invoice, Hash, 50_000, CancellationToken.None));
        Assert.Null(await wallet.SpentAsync(Hash, CancellationToken.None));
        Assert.Equal((LndInvoice.Accepted, 50_000L), await payee.LookupAsync(Hash, CancellationToken.None));
        await payee.SettleAsync(Preimage, CancellationToken.None);
        var spent = (await wallet.SpentAsync(Hash, CancellationToken.None))!.Value;
        Assert.Equal(50_000, spent.Sats);
        var balance = await calls.BalanceAsync(CancellationToken.None);
        Assert.Equal(1_000_000_000 - 50_000_000 - spent.FeeMsat, balance.LocalMsat);
        Assert.Null(await wallet.PayAsync(invoice, Hash, 50_000, CancellationToken.None));
    }

    [Fact]
    public async Task Winnings_are_taken_as_soon_as_they_are_held_and_their_invoice_is_found_again()
    {
        using var calls = new LndCalls(Access(Payer), TimeProvider.System);
        using var payer = new LndCalls(Access(Payee), TimeProvider.System);
        var wallet = new LndWallet(calls, "regtest", TimeProvider.System);
        var invoice = await wallet.InvoiceAsync(Preimage, Hash, 71_000, CancellationToken.None);
        Assert.Equal(invoice, await wallet.InvoiceAsync(Preimage, Hash, 71_000, CancellationToken.None));
        Assert.Null(await wallet.ReceivedAsync(Preimage, Hash, CancellationToken.None));
        await payer.PayAsync(invoice, 100, CancellationToken.None);
        Assert.Equal(71_000, await wallet.ReceivedAsync(Preimage, Hash, CancellationToken.None));
        Assert.Equal(71_000, await wallet.ReceivedAsync(Preimage, Hash, CancellationToken.None));
        Assert.Equal(LndPayment.Succeeded, (await payer.TrackAsync(Hash, CancellationToken.None)).State);
    }

    [Fact]
    public async Task A_payment_that_cannot_be_says_why_and_may_be_tried_again()
    {
        using var calls = new LndCalls(Access(Payer), TimeProvider.System);
        using var payee = new LndCalls(Access(Payee), TimeProvider.System);
        var wallet = new LndWallet(calls, "regtest", TimeProvider.System);
        var invoice = await payee.InvoiceAsync(Hash, 50_000_000, "too much", CancellationToken.None);
        Assert.NotNull(await wallet.PayAsync(invoice, Hash, 50_000_000, CancellationToken.None));
        Assert.NotNull(await wallet.PayAsync(invoice, Hash, 50_000_000, CancellationToken.None));
        Assert.Null(await wallet.SpentAsync(Hash, CancellationToken.None));
    }

    [Fact]
    public async Task Another_network_another_certificate_and_another_macaroon_are_refused()
    {
        using var calls = new LndCalls(Access(Payer), TimeProvider.System);
        var mainnet = new LndWallet(calls, "mainnet", TimeProvider.System);
        Assert.Contains("regtest", (await Assert.ThrowsAsync<PlayerException>(() => mainnet.OpenAsync(1, CancellationToken.None))).Message, StringComparison.Ordinal);

        var other = Path.Combine(_folder, "other");
        await using (var stranger = await LndSimulator.StartAsync(new LndSimulatorOptions { DataFolder = other }, TimeProvider.System))
        {
            var wrong = Access(Payer) with { Certificate = stranger.CertificatePath };
            Assert.Contains("certificate", await RefusalAsync(wrong), StringComparison.Ordinal);
            var macaroon = Access(Payer) with { Macaroon = stranger.MacaroonPath };
            Assert.Contains("verification failed", await RefusalAsync(macaroon), StringComparison.Ordinal);
        }

        Assert.Contains("cannot be read", await RefusalAsync(Access(Payer) with { Macaroon = Path.Combine(_folder, "none") }), StringComparison.Ordinal);
        Assert.Contains("not reached", await RefusalAsync(Access(Payer) with { Address = new Uri("https://127.0.0.1:1") }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lnbc500u1", Network.Regtest)]
    [InlineData("lnbcrt500u1", Network.Mainnet)]
    [InlineData("lntbs500u1", Network.Testnet)]
    [InlineData("lntb500u1", Network.Signet)]
    public void A_ticket_of_another_network_is_not_paid(string start, Network network)
        => Assert.Null(InvoiceReader.TryRead(start + new string('q', 200), network));

    [Fact]
    public void Keys_from_a_seed_file_differ_by_player_and_entries_by_competition()
    {
        var file = Path.Combine(_folder, "seed");
        File.WriteAllText(file, new string('7', 64));
        var root = PlayerKeys.ReadRoot(file);
        var (one, two) = (Guid.CreateVersion7(DateTimeOffset.UnixEpoch), Guid.CreateVersion7(DateTimeOffset.UnixEpoch));
        using var first = PlayerKeys.Of(root, 0, one, Network.Signet);
        using var same = PlayerKeys.Of(root, 0, one, Network.Signet);
        using var next = PlayerKeys.Of(root, 0, two, Network.Signet);
        using var other = PlayerKeys.Of(root, 1, one, Network.Signet);
        Assert.Equal(first.Entry.PublicKey, same.Entry.PublicKey);
        Assert.Equal(first.Identity.PublicKey, next.Identity.PublicKey);
        Assert.NotEqual(first.Entry.PublicKey, next.Entry.PublicKey);
        Assert.NotEqual(first.Identity.PublicKey, other.Identity.PublicKey);
        Assert.StartsWith("tb1p", first.Destination.ToString(), StringComparison.Ordinal);
        File.WriteAllText(file, "7");
        Assert.Throws<InvalidDataException>(() => PlayerKeys.ReadRoot(file));
    }

    private LndAccess Access(string node) => new(_lnd.GrpcAddress, _lnd.CertificatePath, _lnd.MacaroonPathOf(node));

    private static async Task<string> RefusalAsync(LndAccess access)
        => (await Assert.ThrowsAsync<PlayerException>(() => PayerNode.LookAsync(access, TimeProvider.System, CancellationToken.None))).Message;
}
