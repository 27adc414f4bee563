using System.Collections.Immutable;
using System.Security.Cryptography;
using Coordinator.Bitcoin;
using Coordinator.Competitions;
using Coordinator.Dlc;
using Coordinator.Lightning;

namespace Coordinator.Grains;

/// <summary>Payouts and the operator's commands.</summary>
public sealed partial class CompetitionGrain
{
    public async Task<Answer<Done>> RequestPayoutAsync(PayoutRequest request)
    {
        if (_committed.State is not { } state)
        {
            return Unknown();
        }

        if (XOnlyPublicKey.TryParse(request.Player) is not { } player
            || state.Header.Roster.FindEntry(request.Entry) is not { } ticket || !player.Equals(ticket.Entry!.Player))
        {
            return Problems.NotFound("entry_not_found", $"item not found: Entry {request.Entry} not found");
        }

        var (sealedKey, invalidKey) = SealKey(request, ticket.Entry);
        var (sealedPreimage, invalidPreimage) = SealPreimage(request, ticket.Entry);
        if ((invalidKey ?? invalidPreimage) is { } invalid)
        {
            return invalid;
        }

        if (request.Invoice is null)
        {
            return sealedKey is null
                ? Problems.Invalid("invalid_invoice", "Invalid lightning invoice: name an invoice, or hand over the entry's key")
                : Result(await DecideAsync(new HandOverKey(player, request.Entry, request.TicketId, sealedKey, clock.GetUtcNow())));
        }

        return await PayAsync(request, player, sealedKey, sealedPreimage);
    }

    public async Task<Answer<CompetitionView>> CancelAsync(string reason)
        => await DecideAsync(new Cancel(string.IsNullOrWhiteSpace(reason) ? "cancelled by the operator" : reason, clock.GetUtcNow())) is { } problem
            ? problem
            : CompetitionViews.Lean(_committed);

    public async Task<Answer<Done>> DeleteAsync()
    {
        if (_committed.State is not { } state || _committed.Deleted)
        {
            return Unknown();
        }

        if (state is not Cancelled cancelled || !_committed.Intents.IsEmpty || cancelled.Owed.Any() || cancelled.WatchesChain)
        {
            return new Problem(
                ProblemKind.Conflict,
                "not_deletable",
                $"only a cancelled competition whose payments are all given back can be deleted; this one is {state.Wire}: cancel it, and wait for its invoices");
        }

        await WriteAsync(_committed with { Version = _committed.Version + 1, Deleted = true });
        await GrainFactory.GetGrain<IDirectoryGrain>(0).PutAsync(CompetitionViews.Lean(_committed));
        return Done.Instance;
    }

    public async Task<Answer<CompetitionView>> ReleaseShareAsync(Guid entry)
        => await DecideAsync(new ReleaseShare(entry, clock.GetUtcNow())) is { } problem ? problem : CompetitionViews.Lean(_committed);

    public async Task<ImmutableArray<OwedShareView>> OwedAsync()
    {
        var owed = ImmutableArray.CreateBuilder<OwedShareView>();
        if (_committed.State is { } state)
        {
            foreach (var share in OwedRules.Of(state))
            {
                owed.Add(CompetitionViews.Owed(share, await ShareAsync(state, share.Entry) ?? 0));
            }
        }

        return owed.ToImmutable();
    }

    private async Task<Answer<Done>> PayAsync(PayoutRequest request, XOnlyPublicKey player, string? sealedKey, string? sealedPreimage)
    {
        if (!Bolt11.TryDecode(request.Invoice, out var invoice, out var problem))
        {
            return Problems.Invalid("invalid_invoice", $"Invalid lightning invoice: {problem}");
        }

        if (invoice.Network != NetworkOf(services.Settings.Network))
        {
            return Problems.Invalid("wrong_network", $"Invalid lightning invoice: it is for {invoice.Network}, not {services.Settings.Network}");
        }

        if (!(await services.Lightning.GetInfoAsync(CancellationToken.None)).TryGet(out var node))
        {
            return Problems.Unavailable("lightning_unavailable", "the Lightning node cannot be asked: try again shortly");
        }

        var now = clock.GetUtcNow();
        var hash = Hash32.From(invoice.PaymentHash.ToBytes());
        var share = await ShareAsync(_committed.State!, request.Entry) ?? 0;
        var command = new RequestPayout(
            player, request.Entry, request.TicketId, request.Invoice!, hash, invoice.Amount?.Value, invoice.CreatedUtc + invoice.Expiry,
            invoice.HasCltvExpiry ? invoice.CltvExpiry : null, node.BlockHeight, share, request.TrustsCoordinator, sealedKey, sealedPreimage, now);
        if (_committed.State!.Decide(command).Refusal is { } refusal)
        {
            return Problems.Of(refusal);
        }

        // A payment hash belongs to one intent for ever, over all competitions; an atomic one is the entry's already (D39).
        return await GrainFactory.ClaimAsync(Claims.Hash, hash.ToString(), Claims.Seat(Id, request.TicketId, request.Player))
            ? Result(await DecideAsync(command))
            : new Problem(ProblemKind.Conflict, "payment_hash_used", "this payment hash belongs to another payout");
    }

    /// <summary>An entry's output in the confirmed outcome's split, or null where it wins nothing or nothing is confirmed (D5, D18).</summary>
    private async Task<long?> ShareAsync(CompetitionState state, Guid entry)
    {
        if (state is not LiveState { Live.Decided: { } decided } live)
        {
            return null;
        }

        var index = live.Live.Contract.IndexOf(entry);
        if (!live.Live.Contract.Winners(state.Header.Terms, decided.Outcome).Contains(index))
        {
            return null;
        }

        var dlc = await services.Library.GetAsync(live.Live.Contract);
        return dlc.PayoutOf(new WinCondition(SettlementEffects.Of(decided.Outcome), index)).Value;
    }

    private (string? Sealed, Problem? Problem) SealKey(PayoutRequest request, Entry entry)
    {
        if (request.EphemeralPrivateKey is null)
        {
            return (null, null);
        }

        if (!Hex.TryDecode(request.EphemeralPrivateKey, 32, out var bytes) || SecretKey.TryFrom(bytes) is not { } key)
        {
            return (null, Problems.Invalid("invalid_key", "Invalid private key: expected 64 hex digits of a secp256k1 secret key"));
        }

        using (key)
        {
            // The very key, not its negation: a close is signed for the keys as they stand in the contract.
            var fits = key.PublicKey.Equals(entry.Key);
            var secret = fits ? services.Secrets.Seal(PayoutEffects.KeyPurpose(entry.Id), bytes) : null;
            CryptographicOperations.ZeroMemory(bytes);
            return fits ? (secret, null) : (null, Problems.Invalid("other_key", "Invalid private key for this entry"));
        }
    }

    private (string? Sealed, Problem? Problem) SealPreimage(PayoutRequest request, Entry entry)
    {
        if (request.PayoutPreimage is null)
        {
            return (null, null);
        }

        if (!Hex.TryDecode(request.PayoutPreimage, 32, out var bytes))
        {
            return (null, Problems.Invalid("invalid_preimage", "Invalid payout preimage: expected 64 hex digits"));
        }

        var fits = Hash32.Of(bytes) == entry.PayoutHash;
        var secret = fits ? services.Secrets.Seal(PayoutEffects.PreimagePurpose(entry.Id), bytes) : null;
        CryptographicOperations.ZeroMemory(bytes);
        return fits ? (secret, null) : (null, Problems.Invalid("other_preimage", "Invalid payout preimage for this entry"));
    }

    private static Answer<Done> Result(Problem? problem) => problem is null ? Done.Instance : problem;

    private static LightningNetwork NetworkOf(Network network) => network switch
    {
        Network.Mainnet => LightningNetwork.Mainnet,
        Network.Testnet => LightningNetwork.Testnet,
        Network.Signet => LightningNetwork.Signet,
        Network.Regtest => LightningNetwork.Regtest,
    };
}
