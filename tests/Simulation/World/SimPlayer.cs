using Coordinator.Bitcoin;
using Coordinator.Dlc;
using Coordinator.Grains;
using Coordinator.Keymeld;
using Coordinator.Lightning;
using Coordinator.Simulators.Lnd;

namespace Coordinator.Simulation;

/// <summary>A player: own keys, own check and signatures, a Lightning node, and nothing from the service but answers. Does at each look
/// whatever is possible then, so that lost answers and restarts cost nothing but time.</summary>
internal sealed partial class SimPlayer : IDisposable
{
    private readonly SimWorld _world;
    private readonly SimCompetition _competition;
    private readonly int _number;
    private readonly SecretKey _nostr;
    private SecretKey _key;
    private byte[] _payoutPreimage;
    private (string EncryptedPrivateKeyHex, string AuthPubkeyHex)? _registration;
    private TimeSpan? _ticketAt;
    private bool _paid;

    // Has lost a ticket once by paying too late.
    private bool _patient;

    public SimPlayer(SimWorld world, SimCompetition competition, int number, PlayerPlan plan)
    {
        (_world, _competition, _number, Plan, Name) = (world, competition, number, plan, $"c{competition.Plan.Number}p{number}");
        _nostr = SecretKey.From(world.Random.Bytes(32));
        _key = SecretKey.From(world.Random.Bytes(32));
        _payoutPreimage = world.Random.Bytes(32);
        ChainScript = Script.FromHex("0014" + Hex.Encode(world.Random.Bytes(20)));
        world.Lightning.EnsureNode(Name, 10_000_000_000, 10_000_000_000);
    }

    public string Name { get; }

    public PlayerPlan Plan { get; }

    public string Player => _nostr.XOnly.ToHex();

    public Script ChainScript { get; }

    public TicketView? Ticket { get; private set; }

    public EntryView? Entry { get; private set; }

    public SignedContract? Signed { get; private set; }

    public byte[]? TicketPreimage { get; private set; }

    public int Index { get; private set; } = -1;

    /// <summary>Plays until the competition is over.</summary>
    public async Task PlayAsync()
    {
        if (!Plan.Comes)
        {
            return;
        }

        await _world.Delay(Plan.ComesAfter);
        while (!_competition.IsOver)
        {
            if (await ViewAsync() is { } view)
            {
                await ActAsync(view);
                await _world.Delay(Pause(view.State));
            }
            else
            {
                await _world.Delay(Plan.Patience);
            }
        }
    }

    public void Dispose()
    {
        _round?.Dispose();
        _nostr.Dispose();
        _key.Dispose();
    }

    private Task<CompetitionView?> ViewAsync() => AskAsync(grain => grain.GetAsync());

    private async Task<T?> AskAsync<T>(Func<ICompetitionGrain, Task<Answer<T>>> call)
        where T : class
    {
        var answer = await _world.RequestAsync(Name, grains => call(grains.GetGrain<ICompetitionGrain>(_competition.Id)));
        if (answer?.Problem is { } problem)
        {
            _world.Trace.Add($"{Name}: {problem.Code}", quiet: true);
        }

        return answer?.Value;
    }

    /// <summary>Often while it has to sign, rarely while nothing is to be done.</summary>
    private TimeSpan Pause(string state) => state switch
    {
        "created" or "contract_created" or "awaiting_signatures" => Plan.Patience / 2,
        "outcome_broadcasted" or "delta_broadcasted" => Plan.Patience * 2,
        _ => Plan.Patience * 4,
    };

    private async Task ActAsync(CompetitionView view)
    {
        var paying = view.State is "outcome_broadcasted" or "delta_broadcasted" or "failed";
        if (!paying && ((Plan.IsAway && Entry is not null) || (Plan.GoesAfterSigning && Signed is not null && TicketPreimage is not null)))
        {
            return;
        }

        switch (view.State)
        {
            case "created":
                await EnterAsync();
                break;
            case "contract_created" or "awaiting_signatures" when Plan.Signs && Entry is not null:
                await SignAsync(view.State);
                break;
            case not ("cancelled" or "completed") when Ticket is { } ticket && Entry is null:
                // The answer was lost: the same entry again is the same answer.
                Entry = await AskAsync(grain => grain.SubmitEntryAsync(EntryFor(ticket)));
                break;
        }

        if (Entry is not null && view.State is "signing_complete" or "funding_broadcasted" or "funding_confirmed" or "funding_settled"
            or "awaiting_attestation" or "attested" or "expiry_broadcasted" or "outcome_broadcasted" or "delta_broadcasted" or "failed")
        {
            await FetchAsync();
        }

        if (paying && Entry is not null)
        {
            await TakeAsync(view);
        }
    }

    /// <summary>A ticket, its payment, and the entry, in the order this player likes.</summary>
    private async Task EnterAsync()
    {
        Ticket ??= await AskAsync(grain => grain.RequestTicketAsync(new TicketRequest(Player, _key.PublicKey.ToHex())));
        if (Ticket is not { } ticket)
        {
            return;
        }

        if (HasLapsed(ticket))
        {
            Forget();
            return;
        }

        _ticketAt ??= _world.Clock.Elapsed;
        if (Plan.EntersFirst || _paid)
        {
            Entry ??= await AskAsync(grain => grain.SubmitEntryAsync(EntryFor(ticket)));
        }

        if (Plan.Pays && !_paid && (_patient || _world.Clock.Elapsed >= _ticketAt + Plan.PaysAfter))
        {
            _paid = true;
            Pay(ticket);
        }
    }

    /// <summary>Nobody holds this player's money for it, and nobody will: the reservation is over.</summary>
    private bool HasLapsed(TicketView ticket)
        => _world.Clock.GetUtcNow() > ticket.ReservedUntil
            && _world.Lightning.Payments(Name).All(payment => payment.PaymentRequest != ticket.PaymentRequest || payment.Status == PaymentStatus.Failed);

    /// <summary>A lapsed ticket is forgotten, and what its entry used with it; the next one is asked for with a fresh key.</summary>
    private void Forget()
    {
        (Ticket, Entry, _registration, _ticketAt, _paid) = (null, null, null, null, false);
        _key.Dispose();
        _key = SecretKey.From(_world.Random.Bytes(32));
        _payoutPreimage = _world.Random.Bytes(32);
        _patient = true;
    }

    private EntryRequest EntryFor(TicketView ticket)
    {
        if (ticket.Keymeld is { } keymeld)
        {
            _registration ??= SeatKeys.Prepare(_key, keymeld.SessionId, PublicKey.Parse(keymeld.EnclavePublicKey));
        }

        return new EntryRequest(
            Player, ticket.EntryId, ticket.TicketId, _key.PublicKey.ToHex(), "sealed by the player", Hash32.Of(_payoutPreimage).ToString(),
            "sealed by the player", [new StationPicksMessage("KDEN", "Over", "Par", null)], _registration?.EncryptedPrivateKeyHex,
            _registration?.AuthPubkeyHex);
    }

    private void Pay(TicketView ticket)
    {
        var hash = PaymentHash.FromBytes(Hex.Decode(ticket.PaymentHash));
        if (Plan.TicketSticks is { } well)
        {
            _competition.Stick(hash, well, "a ticket's payment");
        }

        try
        {
            var payment = _world.Lightning.Pay(Name, new SimulatedPayOrder(ticket.PaymentRequest, 0, 10_000, 0));
            _world.Trace.Add($"{Name} pays its ticket {hash.ToString()[..8]}: {payment.Status}");
        }
        catch (LndCallException refused)
        {
            _world.Trace.Add($"{Name} cannot pay its ticket: {refused.Message}");
        }
    }
}
