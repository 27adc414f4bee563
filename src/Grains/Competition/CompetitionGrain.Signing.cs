using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using Coordinator.Bitcoin;
using Coordinator.Competitions;
using Coordinator.Dlc;
using Coordinator.Nostr;

namespace Coordinator.Grains;

/// <summary>The contract as its participants read and sign it (D8 to D11).</summary>
public sealed partial class CompetitionGrain
{
    public async Task<Answer<ContractView>> ContractAsync(string player)
    {
        if (_committed.State is not { } state)
        {
            return Unknown();
        }

        var mine = XOnlyPublicKey.TryParse(player) is { } key
            ? state.Header.Roster.Tickets.Where(ticket => key.Equals(ticket.Entry?.Player) && (ticket.Complete || ticket.Final)).ToList()
            : [];
        if (mine.Count == 0)
        {
            return Problems.NotFound("entry_not_found", $"item not found: No entry found for user in competition {Id}");
        }

        if (Contracted.Of(state) is not { } contracted)
        {
            return Problems.NotFound("contract_not_available", $"item not found: Contract parameters not yet available for competition {Id}");
        }

        var view = await ViewAsync(state, contracted, mine);
        if (contracted.Signed is not null)
        {
            var now = clock.GetUtcNow();
            await AbsorbAsync([.. mine.Select(ticket => new SignaturesFetched(ticket.Entry!.Id, now))]);
        }

        return view;
    }

    public async Task<Answer<Done>> SubmitNoncesAsync(NoncesRequest request)
    {
        var read = await ReadAsync<PublicNonce>(request.Player, request.Entry, request.Body);
        if (read.Problem is { } invalid)
        {
            return invalid;
        }

        var hash = await services.Artefacts.PutAsync(Id, read.Value!);
        var next = Hex.Encode(services.Entropy.Bytes(RoundBinding.RoundIdSize));
        return await DecideAsync(new SubmitNonces(XOnlyPublicKey.Parse(request.Player), request.Entry, request.Round, hash, next, clock.GetUtcNow())) is { } problem
            ? problem
            : Done.Instance;
    }

    public async Task<Answer<AggregateNoncesView>> AggregateNoncesAsync(string player)
    {
        var state = _committed.State;
        if (state is null)
        {
            return Unknown();
        }

        if (!state.Header.Roster.Entries.Any(entry => entry.Player.ToHex() == player))
        {
            return Problems.NotFound("entry_not_found", $"item not found: No entry found for user in competition {Id}");
        }

        if (state is not AwaitingSignatures { Round: { Aggregate: { } aggregate } round } signing)
        {
            return Problems.NotFound("nonces_not_aggregated", "item not found: Aggregate nonces not yet available");
        }

        var dlc = await services.Library.GetAsync(signing.Contract);
        var packed = await services.Artefacts.GetAsync(aggregate);
        var json = await services.Work.RunAsync(() => SigMap<AggregateNonce>.FromPacked(SigningItems.Of(dlc).Shape, packed).ToJsonBytes());
        return new AggregateNoncesView(round.Id, Encoding.UTF8.GetString(json));
    }

    public async Task<Answer<Done>> SubmitSignaturesAsync(SignaturesRequest request)
    {
        if (Contracted.Of(_committed.State) is { } contracted && request.FundingPsbt is { } psbt
            && psbt != Encoding.ASCII.GetString(await services.Artefacts.GetAsync(contracted.Contract.FundingPsbt)))
        {
            return Problems.Invalid("other_psbt", "funding_psbt_base64 is not the competition's: read the contract again");
        }

        var read = await ReadAsync<PartialSignature>(request.Player, request.Entry, request.Body);
        if (read.Problem is { } invalid)
        {
            return invalid;
        }

        var hash = await services.Artefacts.PutAsync(Id, read.Value!);
        return await DecideAsync(new SubmitPartials(XOnlyPublicKey.Parse(request.Player), request.Entry, request.Round, hash, clock.GetUtcNow())) is { } problem
            ? problem
            : Done.Instance;
    }

    /// <summary>Checks shape and values of a submission against what this entry has to sign (D10), and packs it.</summary>
    private async Task<Answer<byte[]>> ReadAsync<T>(string player, Guid entry, ImmutableArray<byte> body)
        where T : class, IWireBytes<T>
    {
        if (_committed.State is not { } state)
        {
            return Unknown();
        }

        if (state.Header.Roster.FindEntry(entry) is not { } ticket || ticket.Entry!.Player.ToHex() != player)
        {
            return Problems.NotFound("entry_not_found", $"item not found: Entry {entry} not found");
        }

        if (state is not Signing signing)
        {
            return Problems.Invalid("contract_not_available", "Contract parameters not yet available");
        }

        var dlc = await services.Library.GetAsync(signing.Contract);
        var index = signing.Contract.IndexOf(entry);
        return await services.Work.RunAsync(() => Pack<T>(SigningItems.Of(dlc).Player(index).Shape, body));
    }

    private static Answer<byte[]> Pack<T>(SigMapShape shape, ImmutableArray<byte> body)
        where T : class, IWireBytes<T>
    {
        var (what, code) = typeof(T) == typeof(PublicNonce) ? ("public nonces", "invalid_nonces") : ("partial signatures", "invalid_signatures");
        if (!SigMap<T>.TryParse(shape, ImmutableCollectionsMarshal.AsArray(body), out var map, out var error))
        {
            return Problems.Invalid(code, $"{what} do not match competitions: {error}");
        }

        return map.FirstInvalid() is var bad and >= 0
            ? Problems.Invalid(code, $"{what} do not match competitions: {shape.KeyAt(bad)} is not valid")
            : map.Packed.ToArray();
    }

    private async Task<ContractView> ViewAsync(CompetitionState state, Contracted contracted, List<Ticket> mine)
    {
        var contract = contracted.Contract;
        var signatures = contracted.Signed is { } signed ? ContractSignatures.Parse(await services.Artefacts.GetAsync(signed)) : null;
        var dlc = signatures is null ? null : await services.Library.GetAsync(contract);
        var entries = ImmutableArray.CreateBuilder<ContractEntryView>();
        foreach (var ticket in mine)
        {
            var index = contract.IndexOf(ticket.Entry!.Id);
            var part = contracted.Round?.Part(ticket.Entry.Id);
            var pruned = signatures is null
                ? null
                : await services.Work.RunAsync(() => Encoding.UTF8.GetString(signatures.PrunedFor(SigningItems.Of(dlc!).Player(index)).ToJsonBytes()));
            var preimage = ticket.Stage == TicketStage.Settled
                ? Hex.Encode(services.Secrets.Open(InvoiceEffects.Purpose(ticket.Id), ticket.SealedPreimage))
                : null;
            entries.Add(new ContractEntryView(
                ticket.Entry.Id, ticket.Id, index, part is not null, part?.Partials is not null,
                part is { Partials: null } && contracted.Round!.OwnPartials is not null, pruned, preimage));
        }

        return new ContractView(
            Encoding.UTF8.GetString(await services.Artefacts.GetAsync(contract.Parameters)),
            contract.FundingOutpoint.ToString(),
            Encoding.ASCII.GetString(await services.Artefacts.GetAsync(contract.FundingPsbt)),
            (await AnnouncementAsync(contract.Announcement)).Record.ToPlayerJson(),
            contracted.Round?.Number ?? 0,
            contracted.Round?.Id ?? string.Empty,
            entries.ToImmutable(),
            KeymeldView(state, mine));
    }

    /// <summary>The secret only to a paid entry's owner, after key generation was checked, and only where D13 allows it.</summary>
    private ContractKeymeldView? KeymeldView(CompetitionState state, List<Ticket> mine)
    {
        if (state.Header.Keymeld is not { } session)
        {
            return null;
        }

        using var identity = services.Secrets.KeymeldIdentity();
        var paid = mine.Exists(ticket => ticket.Complete);
        var isChecked = state.Header.StampOf("keymeld_keygen_completed_at") is not null;
        string? encrypted = null;
        if (paid && isChecked && services.Keymeld.MayShare(session))
        {
            using var secret = services.Keymeld.Secret(session);
            using var conversation = ConversationKey.Between(identity, mine[0].Entry!.Player);
            encrypted = Nip44.Encrypt(conversation, secret.ToHex());
        }

        return new ContractKeymeldView(session.GatewayUrl, session.Id, encrypted, mine[0].Id, identity.XOnly.ToHex(), session.SigningSessions);
    }
}

/// <summary>What a state knows of a contract, whichever state it is.</summary>
/// <param name="Round">Null once signing is over.</param>
/// <param name="Signed">Hash of the stored signatures, once there are some.</param>
internal sealed record Contracted(ContractRef Contract, SigningRound? Round, Hash32? Signed)
{
    public static Contracted? Of(CompetitionState? state) => state switch
    {
        Signing signing => new(signing.Contract, signing.Round, null),
        Remote remote => new(remote.Contract, null, null),
        SigningComplete complete => new(complete.Contract, null, complete.Signed),
        LiveState live => new(live.Live.Contract, null, live.Live.Signed),
        _ => null,
    };
}
