using Coordinator.Bitcoin;
using Coordinator.Competitions;
using Coordinator.Grains;

namespace Coordinator.Simulation;

/// <summary>
/// One public nonce belongs to one published aggregate, for ever, and a round has one aggregate and one own part: so no secret nonce can yield two
/// different partial signatures (D8, D9). An aggregate counts as published from the write that names it.
/// </summary>
internal sealed class NonceRule(Evidence evidence) : Rule(evidence)
{
    private const int NonceSize = 66;
    private readonly Dictionary<string, Hash32> _aggregateOfNonce = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Hash32> _aggregateOfRound = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Hash32> _ownPartOfRound = new(StringComparer.Ordinal);

    public override string Name => "nonces";

    internal override void OnDocument(Guid id, CompetitionDocument? before, CompetitionDocument after)
    {
        if (after.State is not Signing { Round: { Aggregate: { } aggregate } round } || (before?.State as Signing)?.Round.OwnPartials == round.OwnPartials
            && (before?.State as Signing)?.Round.Aggregate == aggregate)
        {
            return;
        }

        Check(Is(_aggregateOfRound, $"{id}/{round.Id}", aggregate), () => $"{id}: round {round.Id} has two aggregates");
        if (round.OwnPartials is { } own)
        {
            Check(Is(_ownPartOfRound, $"{id}/{round.Id}", own), () => $"{id}: the coordinator signed twice in round {round.Id}");
        }

        foreach (var part in round.Parts)
        {
            if (Evidence.Artefact(part.Nonces) is not { } packed)
            {
                Check(false, () => $"{id}: the nonces {part.Nonces} of entry {part.Entry} are not stored");
                continue;
            }

            Check(packed.Chunk(NonceSize).All(nonce => Is(_aggregateOfNonce, Convert.ToHexString(nonce), aggregate)), () =>
                $"{id}: entry {part.Entry} has a nonce of round {round.Id} in another aggregate too");
        }
    }

    private static bool Is(Dictionary<string, Hash32> known, string name, Hash32 value) => known.TryAdd(name, value) || known[name] == value;
}
