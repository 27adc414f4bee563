using Coordinator.Bitcoin;
using Coordinator.Competitions;
using Coordinator.Dlc;

namespace Coordinator.Grains;

/// <summary>The coordinator's part of local signing (D8 to D10): its commitment is on disk before its signature exists.</summary>
public sealed class SigningEffects(IArtefacts artefacts, IContractWork work, ISecrets secrets, IEntropy entropy, ContractLibrary library)
{
    /// <summary>Draws the coordinator's nonces in memory and adds up everybody's. Nothing is signed here.</summary>
    public async Task<EffectResult> AggregateNoncesAsync(ContractCreated state, EffectContext context)
    {
        var dlc = await library.GetAsync(state.Contract);
        var nonces = new byte[state.Contract.Seats.Length][];
        for (var player = 0; player < nonces.Length; player++)
        {
            var part = state.Round.Part(state.Contract.Seats[player]) ?? throw new InvalidOperationException("nonces are missing although all are in");
            nonces[player] = await artefacts.GetAsync(part.Nonces);
        }

        var key = secrets.MarketMakerKey(context.Id);
        var (round, packed) = await work.RunAsync(() => Open(dlc, key, state.Round.Id, nonces));
        context.Memory.Keep(state.Round.Id, round, key);
        return EffectResult.Of(new NoncesAggregated(state.Round.Id, await artefacts.PutAsync(context.Id, packed), context.Now));
    }

    /// <summary>Signs with the nonces in memory for exactly the aggregate on disk; where they are lost everybody begins anew.</summary>
    public async Task<EffectResult> SignOwnAsync(AwaitingSignatures state, EffectContext context)
    {
        if (context.Memory.Find(state.Round.Id) is not { } round)
        {
            return Lost(state, context);
        }

        var partials = await work.RunAsync(() =>
        {
            var committed = Hash32.From(round.Commitment());
            return committed == state.Round.Aggregate ? round.SignOwn().Packed.ToArray() : null;
        });
        return partials is null ? Lost(state, context) : EffectResult.Of(new OwnPartSigned(state.Round.Id, Hash32.Of(partials), context.Now));
    }

    /// <summary>Adds up all signatures, verifies the sums, and names who lied where a sum fails.</summary>
    public async Task<EffectResult> AggregateSignaturesAsync(AwaitingSignatures state, EffectContext context)
    {
        if (context.Memory.Find(state.Round.Id) is not { } round)
        {
            return Lost(state, context);
        }

        var dlc = await library.GetAsync(state.Contract);
        var partials = new byte[state.Contract.Seats.Length][];
        for (var player = 0; player < partials.Length; player++)
        {
            partials[player] = await artefacts.GetAsync(state.Round.Part(state.Contract.Seats[player])!.Partials!.Value);
        }

        var result = await work.RunAsync(() => Complete(dlc, round, partials));
        switch (result)
        {
            case RoundResult.Completed done:
                var signed = await artefacts.PutAsync(context.Id, done.Signatures.ToJsonBytes());
                return EffectResult.Of(new ContractSigned(state.Round.Id, signed, context.Now));
            case RoundResult.Spoiled spoiled:
                var liars = spoiled.Liars.Where(liar => liar.Signer >= 0).Select(liar => state.Contract.Seats[liar.Signer]);
                return EffectResult.Of(new PartialsRejected(state.Round.Id, [.. liars], context.Now));
            default:
                return EffectResult.Later("partial signatures are missing");
        }
    }

    private EffectResult Lost(AwaitingSignatures state, EffectContext context)
    {
        context.Memory.Dispose();
        return EffectResult.Of(new OwnNoncesLost(state.Round.Id, Hex.Encode(entropy.Bytes(RoundBinding.RoundIdSize)), context.Now));
    }

    private (CoordinatorRound Round, byte[] Aggregate) Open(TicketedDlc dlc, SecretKey key, string roundId, byte[][] nonces)
    {
        var items = SigningItems.Of(dlc);
        var round = CoordinatorRound.Open(items, key, RoundBinding.Of(dlc, Hex.Decode(roundId)), Cores.UpTo(work.Cores));
        for (var player = 0; player < nonces.Length; player++)
        {
            if (round.SubmitNonces(player, SigMap<PublicNonce>.FromPacked(items.Player(player).Shape, nonces[player])) is { } refusal)
            {
                throw new InvalidOperationException($"stored nonces of player {player} are refused: {refusal.Message}");
            }
        }

        return (round, round.Aggregate().Packed.ToArray());
    }

    private static RoundResult Complete(TicketedDlc dlc, CoordinatorRound round, byte[][] partials)
    {
        var items = SigningItems.Of(dlc);
        for (var player = 0; player < partials.Length; player++)
        {
            if (round.SubmitPartials(player, SigMap<PartialSignature>.FromPacked(items.Player(player).Shape, partials[player])) is { } refusal)
            {
                throw new InvalidOperationException($"stored partial signatures of player {player} are refused: {refusal.Message}");
            }
        }

        return round.TryComplete();
    }
}
