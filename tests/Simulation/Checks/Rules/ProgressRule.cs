using Coordinator.Competitions;

namespace Coordinator.Simulation;

/// <summary>Every competition is over, and nothing is left to do or to hold: faults had stopped and there was time enough.</summary>
internal sealed class ProgressRule(Evidence evidence) : Rule(evidence)
{
    public override string Name => "progress";

    internal override void OnEnd()
    {
        foreach (var (id, document) in Evidence.Documents)
        {
            var state = document.State!;
            var replaced = state is Failed { Live.Chain.FundingConflict: not null };
            Check(state is Completed or Cancelled || replaced, () => $"{id} is still {state.Wire}; it waits for {string.Join(", ",
                document.Intents.Select(intent => $"{intent.Effect.Key} ({intent.Attempts}: {intent.LastError})"))}");
            Check(document.Intents.IsEmpty || replaced, () => $"{id} is {state.Wire} and still wants {string.Join(", ", document.Intents.Select(intent => intent.Effect.Key))}");
            Check(state.Header.Roster.Tickets.All(ticket => !ticket.Unresolved), () => $"{id} is {state.Wire} with a ticket of which LND's final word is not known");
        }
    }
}
