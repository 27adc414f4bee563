using System.Text.Json.Nodes;
using Coordinator.Dlc;
using Coordinator.Players.Records;
using Coordinator.Players.Wire;

namespace Coordinator.Players.Play;

/// <summary>One player with everything it can reach: its own file and keys, the coordinator, its wallet, chain and oracle.</summary>
internal sealed class PlayerContext(
    int number, PlayersOptions options, PlayerStore store, PlayerKeys keys, PatientHttp http, KeymeldReader keymeld, PlayerWallet wallet,
    SemaphoreSlim cores, PlayerLog log)
{
    public int Number => number;

    public PlayersOptions Options => options;

    public Guid Competition => options.Competition;

    public PlayerKeys Keys => keys;

    /// <summary>Where claims on chain go.</summary>
    public Bitcoin.Address Destination => options.ClaimTo ?? keys.Destination;

    public PlayerRecord Record => store.Record;

    public CoordinatorApi Coordinator { get; } = new(http, options.Public, keys.Identity);

    public PlayerWallet Wallet => wallet;

    public ChainReader Chain { get; } = ChainReader.Of(http, options);

    public OracleReader Oracle { get; } = new(http, options.Oracle);

    public KeymeldReader Keymeld => keymeld;

    public TimeProvider Clock => http.Clock;

    public void Save(PlayerRecord record) => store.Save(record);

    public void Say(string step, params (string Name, JsonNode? Value)[] details) => log.Say(number, step, [("competition", options.Competition.ToString()), .. details]);

    /// <summary>A pause before the next question.</summary>
    public Task BreatheAsync(CancellationToken cancellation) => Task.Delay(options.Breath, http.Clock, cancellation);

    /// <summary>Heavy work, as many at once as there are cores.</summary>
    public async Task<T> ComputeAsync<T>(Func<T> work, CancellationToken cancellation)
    {
        await cores.WaitAsync(cancellation);
        try
        {
            return await Task.Run(work, cancellation);
        }
        finally
        {
            cores.Release();
        }
    }

    /// <summary>The stored contract, built anew from stored parameters.</summary>
    public SignedContract Signed()
    {
        var contract = Record.Contract ?? throw new PlayerException("no contract is stored");
        var parameters = ContractParameters.Parse(contract.Parameters);
        var dlc = TicketedDlc.Create(parameters, Bitcoin.OutPoint.Parse(contract.FundingOutpoint));
        return new SignedContract(dlc, ContractSignatures.Parse(System.Text.Encoding.UTF8.GetBytes(contract.Signatures)));
    }
}
