using System.Collections.Immutable;
using System.Text;
using Coordinator.Bitcoin;
using Coordinator.Dlc;
using Coordinator.Grains;
using Coordinator.Keymeld;
using Coordinator.Lightning;
using Coordinator.Simulators.Lnd;

namespace Coordinator.Cluster.Tests;

/// <summary>How a winner takes the money.</summary>
internal enum Taking
{
    /// <summary>Over Lightning, then the key is handed over.</summary>
    LightningAndKey,

    /// <summary>Over Lightning, and keeps the key.</summary>
    Lightning,

    /// <summary>On chain, from their own data alone.</summary>
    OnChain,

    /// <summary>Never comes back.</summary>
    Never,
}

/// <summary>A player: own keys, own check and signatures, a Lightning node, and nothing from the service but answers. Does at each
/// <see cref="Act"/> whatever is possible now, so that lost answers and restarts cost nothing but time.</summary>
internal sealed partial class TestPlayer : IDisposable
{
    private readonly World _world;
    private readonly Guid _competition;
    private byte[] _payoutPreimage;
    private readonly SecretKey _nostr;
    private PlayerRound? _round;
    private string? _invoice;
    private (string EncryptedPrivateKeyHex, string AuthPubkeyHex)? _registration;

    public TestPlayer(World world, Guid competition, int number)
    {
        (_world, _competition, Name) = (world, competition, $"player{number}");
        _nostr = SecretKey.From(world.Random.Bytes(32));
        Key = SecretKey.From(world.Random.Bytes(32));
        _payoutPreimage = world.Random.Bytes(32);
        ChainScript = Script.FromHex("0014" + Hex.Encode(world.Random.Bytes(20)));
        world.Lightning.EnsureNode(Name, 10_000_000_000, 10_000_000_000);
    }

    public string Name { get; }

    public string Player => _nostr.XOnly.ToHex();

    public SecretKey Nostr => _nostr;

    public SecretKey Key { get; private set; }

    public Script ChainScript { get; }

    public Taking Takes { get; set; } = Taking.LightningAndKey;

    /// <summary>Whether the player asks for a ticket at all.</summary>
    public bool Comes { get; set; } = true;

    /// <summary>Whether the player sends its entry.</summary>
    public bool Enters { get; set; } = true;

    /// <summary>Whether the player pays its invoice.</summary>
    public bool Pays { get; set; } = true;

    /// <summary>Whether the player signs.</summary>
    public bool Signs { get; set; } = true;

    /// <summary>Whether the player signs its escrow into the pool.</summary>
    public bool SignsEscrow { get; set; } = true;

    /// <summary>Takes the payout by a hold invoice, and says later whether it is taken.</summary>
    public bool HoldsPayout { get; set; }

    /// <summary>Not to be seen from the accepted entry to the payout.</summary>
    public bool IsAway { get; set; }

    /// <summary>The first partial signatures are wrong.</summary>
    public bool Lies { get; set; }

    public TicketView? Ticket { get; private set; }

    public EntryView? Entry { get; private set; }

    public SignedContract? Signed { get; private set; }

    public byte[]? TicketPreimage { get; private set; }

    public int Index { get; private set; } = -1;

    /// <summary>Rounds this player drew nonces for.</summary>
    public int Rounds { get; private set; }

    /// <summary>How often its partial signatures were called wrong.</summary>
    public int Rejections { get; private set; }

    public long Satoshis => _world.Lightning.FindNode(Name)!.LocalMsat / 1_000;

    public ICompetitionGrain Grain => _world.Competition(_competition);

    /// <summary>Does what can be done while the competition is in this state.</summary>
    public void Act(CompetitionView view)
    {
        if (IsAway && Entry is not null && view.State is not ("outcome_broadcasted" or "delta_broadcasted"))
        {
            return;
        }

        switch (view.State)
        {
            case "created" when Comes:
                Enter();
                break;
            case not "cancelled" when Ticket is { } ticket && Enters && Entry is null:
                // The answer was lost: the same entry again is the same answer.
                Entry = Ask(() => Grain.SubmitEntryAsync(EntryFor(ticket)));
                break;
            case "contract_created" or "awaiting_signatures" when Signs && Entry is not null:
                Sign(view.State);
                break;
            case "signing_complete" or "funding_broadcasted" or "funding_confirmed" or "funding_settled" or "awaiting_attestation" or "attested"
                or "expiry_broadcasted" or "outcome_broadcasted" or "delta_broadcasted" when Entry is not null:
                Fetch();
                break;
        }

        if (view.State is "signing_complete" && Entry is not null)
        {
            SignEscrow();
        }

        if (view.State is "outcome_broadcasted" or "delta_broadcasted" && Entry is not null)
        {
            Take(view);
        }
    }

    public T? Ask<T>(Func<Task<Answer<T>>> call)
        where T : class
    {
        try
        {
            var answer = _world.Run(call);
            LastProblem = answer.Problem;
            return answer.Value;
        }
        catch (Exception failure) when (failure is Orleans.Runtime.OrleansException or TimeoutException)
        {
            return null;
        }
    }

    public Problem? LastProblem { get; private set; }

    public void Dispose()
    {
        _round?.Dispose();
        _nostr.Dispose();
        Key.Dispose();
    }

    /// <summary>A ticket, its payment, and the entry.</summary>
    private void Enter()
    {
        Ticket ??= Ask(() => Grain.RequestTicketAsync(new TicketRequest(Player, Key.PublicKey.ToHex())));
        if (Ticket is null)
        {
            return;
        }

        if (Pays)
        {
            Pay();
        }

        if (!Enters)
        {
            return;
        }

        Entry ??= Ask(() => Grain.SubmitEntryAsync(EntryFor(Ticket)));
    }

    /// <summary>With registration data where the ticket says that the contract is signed remotely; made once, so that a repeat is the same.</summary>
    public EntryRequest EntryFor(TicketView ticket)
    {
        if (ticket.Keymeld is { } keymeld)
        {
            _registration ??= SeatKeys.Prepare(Key, keymeld.SessionId, PublicKey.Parse(keymeld.EnclavePublicKey));
        }

        return new EntryRequest(
            Player, ticket.EntryId, ticket.TicketId, Key.PublicKey.ToHex(), "sealed by the player", Hash32.Of(_payoutPreimage).ToString(),
            "sealed by the player", [new StationPicksMessage("KDEN", "Over", "Par", null)], _registration?.EncryptedPrivateKeyHex, _registration?.AuthPubkeyHex);
    }

    public void Pay()
    {
        if (Ticket is { } ticket && _world.Lightning.Payments(Name).All(payment => payment.PaymentRequest != ticket.PaymentRequest))
        {
            _world.Lightning.Pay(Name, new SimulatedPayOrder(ticket.PaymentRequest, 0, 10_000, 0));
        }
    }

    /// <summary>Takes a held payout, or lets it go back.</summary>
    public void EndPayout(bool takes)
    {
        var preimage = Preimage.FromBytes(_payoutPreimage);
        if (_world.Lightning.Invoices(Name).Any(invoice => invoice.Hash == preimage.Hash && invoice.State == InvoiceState.Accepted))
        {
            if (takes)
            {
                _world.Lightning.SettleInvoice(Name, preimage);
            }
            else
            {
                _world.Lightning.CancelInvoice(Name, preimage.Hash);
            }
        }
    }

    /// <summary>A lapsed ticket is forgotten, and what its entry used with it; the next one is asked for with a fresh key.</summary>
    public void ForgetTicket()
    {
        (Ticket, Entry, _registration) = (null, null, null);
        Key.Dispose();
        Key = SecretKey.From(_world.Random.Bytes(32));
        _payoutPreimage = _world.Random.Bytes(32);
    }

    /// <summary>Draws other nonces in the middle of a round, as a client does that lost its own.</summary>
    public bool ForceNewNonces()
    {
        var contract = Ask(() => Grain.ContractAsync(Player))!;
        OpenRound(contract);
        _roundId = null;
        var body = ImmutableArray.Create(_round!.Nonces.ToJsonBytes());
        return Ask(() => Grain.SubmitNoncesAsync(new NoncesRequest(Player, Entry!.Id, null, body))) is not null;
    }

    private void Sign(string state)
    {
        if (Ask(() => Grain.ContractAsync(Player)) is not { RoundId.Length: > 0 } contract)
        {
            return;
        }

        var mine = contract.Entries.Single();
        Index = mine.PlayerIndex;
        Rejections += mine.PartialsRejected && mine.NoncesSubmitted && _lied == contract.RoundId ? 1 : 0;
        if (_roundId != contract.RoundId)
        {
            OpenRound(contract);
        }

        if (!mine.NoncesSubmitted)
        {
            var body = ImmutableArray.Create(_round!.Nonces.ToJsonBytes());
            Ask(() => Grain.SubmitNoncesAsync(new NoncesRequest(Player, Entry!.Id, _roundId, body)));
        }
        else if (state == "awaiting_signatures" && !mine.PartialsSubmitted
            && Ask(() => Grain.AggregateNoncesAsync(Player)) is { } aggregate && aggregate.Round == _roundId)
        {
            Send(contract, aggregate);
        }
    }

    private string? _roundId;
    private string? _lied;

    private void OpenRound(ContractView contract)
    {
        var dlc = Contract(contract);
        _round?.Dispose();
        _round = PlayerRound.Open(SigningItems.Of(dlc), Key, RoundBinding.Of(dlc, Hex.Decode(contract.RoundId)));
        _roundId = contract.RoundId;
        Rounds++;
    }

    private void Send(ContractView contract, AggregateNoncesView aggregate)
    {
        var all = SigMap<AggregateNonce>.Parse(_round!.Items.AllItems.Shape, Encoding.UTF8.GetBytes(aggregate.Json));
        var partials = _round.Sign(all);
        if (Lies && _lied is null)
        {
            _lied = contract.RoundId;
            var wrong = partials.Packed.ToArray();
            wrong[^1] ^= 1;
            partials = SigMap<PartialSignature>.FromPacked(partials.Shape, wrong);
        }

        var body = ImmutableArray.Create(partials.ToJsonBytes());
        Ask(() => Grain.SubmitSignaturesAsync(new SignaturesRequest(Player, Entry!.Id, _roundId, body, contract.FundingPsbt)));
    }

    private static TicketedDlc Contract(ContractView contract)
        => TicketedDlc.Create(ContractParameters.Parse(Encoding.UTF8.GetBytes(contract.ContractParameters)), OutPoint.Parse(contract.FundingOutpoint));

    /// <summary>Own signatures, verified, and the ticket preimage, once they are there.</summary>
    private void Fetch()
    {
        if ((Signed is null || TicketPreimage is null) && Ask(() => Grain.ContractAsync(Player)) is { } contract)
        {
            var mine = contract.Entries.Single();
            Index = mine.PlayerIndex;
            if (Signed is null && mine.Signatures is { } json)
            {
                Assert.True(ContractEnforcement.TryVerify(
                    Contract(contract), ContractSignatures.Parse(Encoding.UTF8.GetBytes(json)), Key.PublicKey, out var signed, out _));
                Signed = signed;
            }

            TicketPreimage ??= mine.TicketPreimage is { } preimage ? Hex.Decode(preimage) : null;
        }
    }

    private void Take(CompetitionView view)
    {
        if (Signed is null || view.Outcome is not { } named || !OutcomeOf(named).Equals(Decided) || !Wins)
        {
            return;
        }

        if (Takes is Taking.Lightning or Taking.LightningAndKey)
        {
            TakeOverLightning();
        }
        else if (Takes == Taking.OnChain && TicketPreimage is { } preimage)
        {
            TakeOnChain(preimage);
        }
    }

    /// <summary>The confirmed outcome as the player's own contract knows it.</summary>
    private Outcome? Decided => _world.Chain.SpenderOf(Signed!.Dlc.FundingOutpoint) is { By: var by } ? Signed.Dlc.FindOutcomeOf(by.Transaction.OutPoint(0)) : null;

    private bool Wins => Decided is { } outcome && Signed!.Dlc.WinConditions.Contains(new WinCondition(outcome, Index));

    private static Outcome OutcomeOf(string text) => text == "exp" ? Outcome.Expiry : Outcome.Attestation(int.Parse(text[3..], System.Globalization.CultureInfo.InvariantCulture));

    private void TakeOverLightning()
    {
        var status = OwnEntry()?.Payout;
        if (status is { Stage: "closed" } && TicketPreimage is { } preimage)
        {
            TakeOnChain(preimage);
        }
        else if (status is { Stage: "open" or "failed", ShareSats: { } share })
        {
            var preimage32 = Preimage.FromBytes(_payoutPreimage);
            _invoice ??= _world.Lightning.AddInvoice(
                Name,
                new SimulatedInvoiceOrder(
                    HoldsPayout ? preimage32.Hash : null, HoldsPayout ? null : preimage32, share * 1_000, 10_800, 25, "payout")).PaymentRequest;
            Ask(() => Grain.RequestPayoutAsync(new PayoutRequest(Player, Entry!.Id, Ticket!.TicketId, _invoice, null, null, false)));
        }
        else if (status is { Stage: "paid", KeyHeld: false } && Takes == Taking.LightningAndKey)
        {
            var key = Hex.Encode(Key.ToBytes());
            Ask(() => Grain.RequestPayoutAsync(new PayoutRequest(Player, Entry!.Id, Ticket!.TicketId, null, key, null, false)));
        }
    }

    /// <summary>An invoice with the payout hash, for whatever amount.</summary>
    public string PayoutInvoice(long sats) => _world.Lightning.AddInvoice(
        Name, new SimulatedInvoiceOrder(null, Preimage.FromBytes(_payoutPreimage), sats * 1_000, 100_000, 25, "payout")).PaymentRequest;

    private EntryView? OwnEntry()
    {
        try
        {
            return _world.Run(() => Grain.EntriesOfAsync(Player)).Single();
        }
        catch (Exception failure) when (failure is Orleans.Runtime.OrleansException or TimeoutException)
        {
            return null;
        }
    }

    /// <summary>Split through the own leaf at h+Δ, the win at g+Δ; the service may be gone.</summary>
    private void TakeOnChain(byte[] preimage)
    {
        var signed = Signed!;
        var win = new WinCondition(Decided!.Value, Index);
        _world.Chain.Submit(signed.SplitTransaction(win, preimage));
        if (_world.Chain.Find(signed.Dlc.SplitTxid(win.Outcome)) is { Block: not null })
        {
            var sweep = SweepTransaction.Build(ChainScript, FeeRate.FromSatPerVbyte(2), signed.Dlc.SplitWin(win));
            _world.Chain.Submit(sweep.Sign(0, Key, preimage).Transaction);
        }
    }
}
