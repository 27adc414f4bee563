using System.Collections.Immutable;
using Coordinator.Bitcoin;
using Coordinator.Competitions;
using Coordinator.Grains;
using Coordinator.Storage;

namespace Coordinator.Simulation;

/// <summary>What the coordinator's disk holds: competitions, the wallet's promises, reserved coins, large values.</summary>
internal sealed partial class Evidence
{
    private readonly SortedDictionary<Guid, CompetitionDocument> _documents = [];
    private readonly Dictionary<Guid, AuditedContract> _contracts = [];
    private readonly Dictionary<Hash32, byte[]> _artefacts = [];
    private readonly Dictionary<Hash32, (Guid Competition, Guid Ticket)> _tickets = [];

    private readonly Dictionary<Txid, Transaction> _promised = [];

    /// <summary>Every competition's document as it was last written.</summary>
    public IReadOnlyDictionary<Guid, CompetitionDocument> Documents => _documents;

    public WalletDocument? Wallet { get; private set; }

    public ImmutableArray<StoredReservation> Reservations { get; private set; } = [];

    public CompetitionDocument? Document(Guid competition) => _documents.GetValueOrDefault(competition);

    /// <summary>The contract of a competition, once its document names one.</summary>
    public AuditedContract? Contract(Guid competition) => _contracts.GetValueOrDefault(competition);

    public IEnumerable<AuditedContract> Contracts => _contracts.Values;

    /// <summary>Whose ticket hash it is or ever was.</summary>
    public (Guid Competition, Guid Ticket)? TicketOf(Hash32 hash) => _tickets.TryGetValue(hash, out var ticket) ? ticket : null;

    public byte[]? Artefact(Hash32 hash) => _artefacts.GetValueOrDefault(hash);

    public void NoteDocument(CompetitionDocument written)
    {
        if (written.State is not { } state)
        {
            return;
        }

        var id = state.Header.Terms.Id;
        var before = _documents.GetValueOrDefault(id);
        _documents[id] = written;
        foreach (var ticket in state.Header.Roster.Tickets)
        {
            _tickets.TryAdd(ticket.Hash, (id, ticket.Id));
        }

        if (ContractOf(state) is { } named && (_contracts.GetValueOrDefault(id) is not { } known || known.Named.FundingOutpoint != named.FundingOutpoint)
            && Artefact(named.Parameters) is { } parameters)
        {
            _contracts[id] = new AuditedContract(id, state.Header, named, parameters);
        }

        NotePayouts(id, state);
        Tell(rule => rule.OnDocument(id, before, written));
    }

    /// <summary>A transaction that the wallet's document names or named, or that was sent; null where neither is so.</summary>
    public Transaction? Promised(Txid txid) => _promised.GetValueOrDefault(txid) ?? Find(txid);

    public void NoteWallet(WalletDocument written)
    {
        var before = Wallet;
        Wallet = written;
        var fresh = written.Payments.Where(payment => before?.Payments.Contains(payment) != true).Select(payment => payment.Unsigned())
            .Concat(written.Children.Where(child => before?.Children.Contains(child) != true).Select(child => child.Unsigned()));
        foreach (var unsigned in fresh)
        {
            _promised.TryAdd(unsigned.Txid, unsigned);
        }

        Tell(rule => rule.OnWallet(before, written));
    }

    public void NoteReservations(ImmutableArray<StoredReservation> stored)
    {
        var before = Reservations;
        Reservations = stored;
        if (!before.SequenceEqual(stored))
        {
            Tell(rule => rule.OnReservations(before, stored));
        }
    }

    public void NoteArtefact(byte[] data) => _artefacts.TryAdd(Hash32.Of(data), data);

    /// <summary>The contract that a state names, whichever state it is.</summary>
    public static ContractRef? ContractOf(CompetitionState? state) => state switch
    {
        Signing signing => signing.Contract,
        Competitions.Remote remote => remote.Contract,
        SigningComplete complete => complete.Contract,
        LiveState live => live.Live.Contract,
        _ => null,
    };
}
