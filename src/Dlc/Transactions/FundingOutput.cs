using Coordinator.Bitcoin;

namespace Coordinator.Dlc;

/// <summary>
/// The output that funds a contract: the aggregate of all players and the market maker as a taproot output key without any tweak, so the
/// only way to spend it is everybody's joint signature.
/// </summary>
public static class FundingOutput
{
    /// <summary>The sorted aggregate of all players and the market maker.</summary>
    /// <exception cref="MuSigException">The keys add up to infinity.</exception>
    public static KeyAggregate KeyOf(ContractParameters parameters)
        => KeyAggregate.OfSorted(parameters.Players.Select(player => player.PublicKey).Append(parameters.MarketMaker.PublicKey));

    /// <summary>Script and amount, known before there is a funding transaction. Parameters must be validated.</summary>
    public static TxOut Of(ContractParameters parameters) => Of(parameters, KeyOf(parameters));

    internal static TxOut Of(ContractParameters parameters, KeyAggregate key)
        => new(parameters.FundingValue, Script.PayToTaproot(key.XOnly));
}
