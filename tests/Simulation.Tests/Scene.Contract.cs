using System.Collections.Immutable;
using System.Text.Json;
using CompetitionPicks = Coordinator.Competitions.StationPicks;
using CompetitionPrediction = Coordinator.Competitions.Prediction;
using Coordinator.Bitcoin;
using Coordinator.Competitions;
using Coordinator.Dlc;
using Coordinator.Grains;
using Coordinator.Lightning;
using Coordinator.Oracle;
using Coordinator.Oracle.Wire;
using Coordinator.Simulators.Lnd;
using Coordinator.Wallet;
using OraclePicks = Coordinator.Oracle.StationPicks;
using OraclePrediction = Coordinator.Oracle.Prediction;

namespace Coordinator.Simulation.Tests;

/// <summary>The contract, and each step that an honest coordinator would make.</summary>
internal sealed partial class Scene
{
    private static readonly SecretKey MarketMakerKey = SecretKey.From(Secret("market maker"));
    private CompetitionTerms? _terms;

    public CompetitionTerms Terms => _terms ??= new CompetitionTerms(
        Id, Start.AddHours(30), Start.AddHours(4), Start.AddHours(24), ["KDEN"], 3, 1, Players, Satoshis.Of(100_000), 10, Satoshis.Of(200_000),
        Delta, Network.Regtest, 1, TimeSpan.FromHours(2), FeeRate.FromSatPerVbyte(50), Satoshis.Of(2_000))
    { ReclaimGrace = Grace };

    /// <summary>Blocks after which the terms give an unclaimed share to the coordinator; null: never.</summary>
    public int? Grace { get; init; }

    public TicketedDlc Dlc { get; private set; } = null!;

    public SignedContract Signed { get; private set; } = null!;

    public ContractRef Contract { get; private set; } = null!;

    public Transaction Funding { get; private set; } = null!;

    /// <summary>The packed nonces that the players sent.</summary>
    public ImmutableArray<byte[]> Nonces { get; private set; } = [];

    private static DateTimeOffset Start { get; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public Header Header(TicketStage stage) => new(
        Terms, MarketMakerKey.PublicKey, Start, Roster.Of(Enumerable.Range(0, Players).Select(player => Ticket(player, stage))), []);

    public static Ticket Ticket(int player, TicketStage stage) => new(
        Guid.Parse($"019b7000-0000-7000-8000-00000000000{player + 2}"), HashOf(TicketPreimage(player)), "sealed")
    {
        Stage = stage,
        PaymentRequest = "lnbcrt",
        Entry = new Entry(
            EntryId(player), Key(player).XOnly, Key(player), "sealed", HashOf(PayoutPreimage(player)), "sealed",
            [new CompetitionPicks("KDEN", null, CompetitionPrediction.Over, null)], null, Start),
    };

    /// <summary>Both seats are paid for; the money is held.</summary>
    public Scene Sell()
    {
        for (var player = 0; player < Players; player++)
        {
            var invoice = Lightning.AddInvoice(
                Coordinator, new SimulatedInvoiceOrder(TicketPreimage(player).Hash, null, Terms.Price.Value * 1_000, 40_000, 200, "ticket"));
            Lightning.Pay(Node(player), new SimulatedPayOrder(invoice.PaymentRequest, 0, 10_000, 0));
        }

        Write(new EscrowConfirmed(Header(TicketStage.Paid)));
        return this;
    }

    /// <summary>The oracle's event with our entries; the contract, signed by everybody.</summary>
    public Scene Sign()
    {
        Oracle.Create(
            new OracleEventTerms(Id, Terms.SigningDate, Terms.StartObservation, Terms.EndObservation, Terms.Locations, 3, Players, 1, OracleEventTerms.DefaultScoringFields),
            Key(0).XOnly, new byte[16], Clock.GetUtcNow());
        Oracle.AddEntries(
            new AddEntriesBody(Id, [.. Enumerable.Range(0, Players).Select(player => new AddEntryBody(
                EntryId(player), Id, [new OraclePicks("KDEN", OraclePrediction.Over, null, null)]))]),
            Key(0).XOnly, Clock.GetUtcNow());
        var points = Oracle.GetEvent(Id, Clock.GetUtcNow());
        var shown = OracleEvent.Parse(JsonSerializer.SerializeToUtf8Bytes(points, OracleJson.Default.EventBody));
        var parameters = ContractPlan.Parameters(Header(TicketStage.Paid), LockingPoints(shown), FeeRate.FromSatPerVbyte(2));
        var output = FundingOutput.Of(parameters);
        Funding = Spend(output);
        var outpoint = Funding.OutPoint((uint)Funding.Outputs.IndexOf(output));
        Dlc = TicketedDlc.Create(parameters, outpoint);
        Contract = new ContractRef(
            Put(parameters.ToJsonBytes()), outpoint, Hash32.Of([1]), Satoshis.Of(500), parameters.FeeRate, ContractPlan.Seats(Header(TicketStage.Paid).Roster),
            ContractPlan.Players(Header(TicketStage.Paid).Roster), Hash32.Of([2]), [.. Funding.Inputs.Select(input => input.PreviousOutput)]);
        Signed = new SignedContract(Dlc, Round("00112233445566778899aabbccddeeff"));
        return this;
    }

    public SigningComplete Complete => new(Header(TicketStage.Paid), Contract, null, Hash32.Of([3]), Start, [], true);

    public Live Live(bool settling = false) => new(Contract, Hash32.Of([3]), ChainView.Empty, settling, null, null, [], []);

    /// <summary>The pool, from the intent to the first confirmation.</summary>
    public Scene Fund()
    {
        Write(Complete, new CheckBeforeFunding());
        Reserve(Funding, Owner);
        Write(new FundingBroadcasted(Header(TicketStage.Paid), Live()), new BroadcastFunding());
        Send(Funding);
        Mine();
        return this;
    }

    public void Reserve(Transaction transaction, string owner)
    {
        Done(Reservations.ReserveAsync(owner, [.. transaction.Inputs.Select(input => new Storage.CoinToReserve(input.PreviousOutput.ToString()))]));
        Done(Reservations.MarkBroadcastAsync(owner, transaction.Txid.ToString()));
    }

    /// <summary>Both payments are taken.</summary>
    public Scene Settle()
    {
        Write(
            new FundingConfirmed(Header(TicketStage.Paid), Live(settling: true)),
            [.. Enumerable.Range(0, Players).Select(player => new SettleInvoice(Ticket(player, TicketStage.Paid).Id, HashOf(TicketPreimage(player))))]);
        for (var player = 0; player < Players; player++)
        {
            Lightning.SettleInvoice(Coordinator, TicketPreimage(player));
        }

        Write(new AwaitingAttestation(Header(TicketStage.Settled), Live(settling: true)));
        return this;
    }

    /// <summary>The oracle's word, and the outcome's transaction on chain.</summary>
    public Scene Decide(int outcome = 0)
    {
        Oracle.Attest(Id, outcome);
        Send(OutcomeTransaction(outcome));
        Mine();
        return this;
    }

    public Transaction OutcomeTransaction(int outcome)
    {
        var shown = OracleEvent.Parse(JsonSerializer.SerializeToUtf8Bytes(Oracle.GetEvent(Id, Clock.GetUtcNow()), OracleJson.Default.EventBody));
        return Signed.OutcomeTransaction(Outcome.Attestation(outcome), shown.Attestation.AsSpan());
    }

    public OutcomeBroadcasted Decided(params ImmutableArray<Payout> payouts)
        => new(Header(TicketStage.Settled), Live(settling: true) with { Payouts = payouts });

    /// <summary>Who wins under an outcome, by player.</summary>
    public int Winner(int outcome = 0) => Dlc.Parameters.OutcomePayouts.Find(Outcome.Attestation(outcome))!.Winners[0].PlayerIndex;

    public long Share(int outcome = 0) => Dlc.PayoutOf(new WinCondition(Outcome.Attestation(outcome), Winner(outcome))).Value;

    public static Payout Intent(int player, Preimage preimage, long sats, string invoice) => new(
        EntryId(player), 0, invoice, HashOf(preimage), Satoshis.Of(sats), Start.AddDays(9), true, PayoutStage.Intended, null, null, 0, null, Start, null);

    /// <summary>A player's invoice, paid by the coordinator; the intent is written first where one is asked for.</summary>
    public SimulatedPayment Pay(int player, Preimage preimage, long sats, bool intended = true)
    {
        var invoice = Lightning.AddInvoice(Node(player), new SimulatedInvoiceOrder(null, preimage, sats * 1_000, 80_000, 25, "payout"));
        if (intended)
        {
            Write(Decided(Intent(player, preimage, sats, invoice.PaymentRequest)));
        }

        return Lightning.Pay(Coordinator, new SimulatedPayOrder(invoice.PaymentRequest, 0, 100_000, 0));
    }

    public Transaction SplitTransaction(int outcome = 0) => Signed.SplitTransaction(
        new WinCondition(Outcome.Attestation(outcome), Winner(outcome)), TicketPreimage(Winner(outcome)).ToBytes());

    /// <summary>What the coordinator does with a share, to its own wallet.</summary>
    public Transaction Sweep(Sweep sweep, byte[]? preimage = null) => SweepTransaction.Build(Home, FeeRate.FromSatPerVbyte(2), sweep)
        .Sign(0, MarketMakerKey, preimage).Transaction;

    public WinCondition Win(int outcome = 0) => new(Outcome.Attestation(outcome), Winner(outcome));

    /// <summary>Spends a coin of the wallet to pay this.</summary>
    public Transaction Spend(TxOut output)
    {
        var order = new SpendOrder { Owner = "test", Outputs = [output], FeeRate = FeeRate.FromSatPerVbyte(2) };
        var wallet = new CoordinatorWallet(Keys, Network.Regtest, new Simulators.Chain.ModelChain(Chain), new MemoryCoinReservations(), new WalletOptions());
        Assert.True(Done(wallet.PrepareAsync(order, CancellationToken.None)).TryGet(out var prepared));
        Assert.True(Done(wallet.FinalizeAsync("test", wallet.ToPsbt(prepared), CancellationToken.None)).TryGet(out var spend));
        return spend;
    }

    public static StoredPayment Promise(string owner, Transaction transaction)
        => new(owner, Psbt.Create(transaction.WithInputs(transaction.Inputs.Select(input => new TxIn(input.PreviousOutput, input.Sequence)))).ToBase64(), 500, null);

    private static PublicKey Key(int player) => PlayerKey(player).PublicKey;

    private static ImmutableArray<PublicKey> LockingPoints(OracleEvent shown) => [.. shown.LockingPoints.Select(point => PublicKey.Parse(point))];

    private ContractSignatures Round(string id)
    {
        var items = SigningItems.Of(Dlc);
        var binding = RoundBinding.Of(Dlc, Hex.Decode(id));
        using var round = CoordinatorRound.Open(items, MarketMakerKey, binding);
        var players = Enumerable.Range(0, Players).Select(player => PlayerRound.Open(items, PlayerKey(player), binding)).ToList();
        Nonces = [.. players.Select(player => player.Nonces.Packed.ToArray())];
        foreach (var (index, player) in players.Index())
        {
            Assert.Null(round.SubmitNonces(index, player.Nonces));
        }

        var aggregate = round.Aggregate();
        foreach (var (index, player) in players.Index())
        {
            Assert.Null(round.SubmitPartials(index, player.Sign(aggregate)));
            player.Dispose();
        }

        return Assert.IsType<RoundResult.Completed>(round.TryComplete()).Signatures;
    }
}
