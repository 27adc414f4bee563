using System.Text.Json.Nodes;
using System.Globalization;
using Coordinator.Bitcoin;
using Coordinator.Chain;

namespace Coordinator.Wallet;

/// <summary>The bodies of the wallet routes (<c>http-api.md</c> §12).</summary>
public static class WalletJson
{
    /// <summary><c>GET balance</c>, satoshis.</summary>
    public static JsonObject Balance(WalletBalance balance) => new()
    {
        ["immature"] = balance.Immature.Value,
        ["trusted_pending"] = balance.TrustedPending.Value,
        ["untrusted_pending"] = balance.UntrustedPending.Value,
        ["confirmed"] = balance.Confirmed.Value,
    };

    /// <summary><c>GET address</c>.</summary>
    public static JsonObject Address(Address address) => new() { ["address"] = address.ToString() };

    /// <summary><c>GET outputs</c>: spent ones too.</summary>
    public static JsonObject Outputs(WalletView view) => new() { ["outputs"] = new JsonArray([.. view.Outputs.Select(Output)]) };

    /// <summary><c>GET estimated_fees</c>: sat/vB by confirmation target; target 1 is always there.</summary>
    public static JsonObject EstimatedFees(FeeEstimates estimates)
    {
        var rates = new JsonObject { ["1"] = SatPerVbyte(estimates.For(1)) };
        foreach (var (target, rate) in estimates.ByTarget)
        {
            rates[target.ToString(CultureInfo.InvariantCulture)] = SatPerVbyte(rate);
        }

        return new JsonObject { ["fee_estimates"] = rates };
    }

    /// <summary><c>POST send</c>'s answer.</summary>
    public static JsonObject Sent(Txid txid) => new() { ["txid"] = txid.ToString() };

    private static JsonValue SatPerVbyte(FeeRate rate) => JsonValue.Create(rate.SatPerKwu / 250m);

    private static JsonNode Output(WalletOutput output) => new JsonObject
    {
        ["outpoint"] = output.OutPoint.ToString(),
        ["txout"] = new JsonObject { ["value"] = output.Output.Value.Value, ["script_pubkey"] = output.Output.ScriptPubKey.ToHex() },
        ["keychain"] = output.Derivation.Keychain.ToString(),
        ["is_spent"] = output.IsSpent,
        ["derivation_index"] = output.Derivation.Index,
        ["chain_position"] = output.Status is TransactionStatus.Confirmed confirmed
            ? new JsonObject
            {
                ["Confirmed"] = new JsonObject
                {
                    ["anchor"] = new JsonObject
                    {
                        ["block_id"] = new JsonObject { ["height"] = confirmed.Height, ["hash"] = confirmed.Block.ToString() },
                        ["confirmation_time"] = confirmed.BlockTimeUtc.ToUnixTimeSeconds(),
                    },
                },
            }
            : new JsonObject { ["Unconfirmed"] = new JsonObject() },
    };
}
