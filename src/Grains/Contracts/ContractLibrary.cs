using Coordinator.Bitcoin;
using Coordinator.Competitions;
using Coordinator.Dlc;

namespace Coordinator.Grains;

/// <summary>Contracts built from what is stored. A few are kept, since building a large one takes seconds.</summary>
public sealed class ContractLibrary(IArtefacts artefacts, IContractWork work)
{
    private const int Kept = 8;
    private readonly Lock _gate = new();
    private readonly LinkedList<(Hash32 Parameters, OutPoint Funding, TicketedDlc Dlc)> _recent = [];

    /// <summary>The contract of stored parameters; every transaction of it is derived anew, nothing is trusted.</summary>
    public async Task<TicketedDlc> GetAsync(ContractRef contract)
    {
        if (Find(contract.Parameters, contract.FundingOutpoint) is { } kept)
        {
            return kept;
        }

        var json = await artefacts.GetAsync(contract.Parameters);
        var dlc = await work.RunAsync(() => TicketedDlc.Create(
            ContractParameters.Parse(json), contract.FundingOutpoint, Cores.UpTo(work.Cores)));
        Keep(contract.Parameters, contract.FundingOutpoint, dlc);
        return dlc;
    }

    internal void Keep(Hash32 parameters, OutPoint funding, TicketedDlc dlc)
    {
        lock (_gate)
        {
            _recent.AddFirst((parameters, funding, dlc));
            while (_recent.Count > Kept)
            {
                _recent.RemoveLast();
            }
        }
    }

    private TicketedDlc? Find(Hash32 parameters, OutPoint funding)
    {
        lock (_gate)
        {
            for (var node = _recent.First; node is not null; node = node.Next)
            {
                if (node.Value.Parameters == parameters && node.Value.Funding == funding)
                {
                    _recent.Remove(node);
                    _recent.AddFirst(node);
                    return node.Value.Dlc;
                }
            }
        }

        return null;
    }
}
