using System.Globalization;
using System.Text.Json.Nodes;
using Coordinator.Bitcoin;

namespace Coordinator.Simulators.Chain;

/// <summary>The JSON of an esplora server.</summary>
internal sealed class EsploraAnswers(ChainModel model, Network network)
{
    public JsonObject Transaction(Placed placed)
    {
        var transaction = placed.Transaction;
        var coinbase = transaction.Inputs[0].PreviousOutput.Txid == default;
        var inputs = transaction.Inputs.Select(input => Input(input, coinbase)).ToArray();
        var spent = coinbase ? transaction.OutputValue.Value : transaction.Inputs.Sum(input => model.OutputAt(input.PreviousOutput)?.Value.Value ?? 0);
        return new JsonObject
        {
            ["txid"] = transaction.Txid.ToString(),
            ["version"] = transaction.Version,
            ["locktime"] = transaction.LockTime,
            ["vin"] = new JsonArray([.. inputs]),
            ["vout"] = new JsonArray([.. transaction.Outputs.Select(Output)]),
            ["size"] = transaction.ToBytes().Length,
            ["weight"] = transaction.Weight.Units,
            ["fee"] = spent - transaction.OutputValue.Value,
            ["status"] = Status(placed),
        };
    }

    public static JsonObject Status(Placed? placed) => placed?.Block is { } block
        ? new JsonObject
        {
            ["confirmed"] = true,
            ["block_height"] = block.Height,
            ["block_hash"] = block.Hash.ToString(),
            ["block_time"] = block.Time,
        }
        : new JsonObject { ["confirmed"] = false };

    public static JsonObject Outspend((Placed By, int Input)? spender) => spender is { } found
        ? new JsonObject
        {
            ["spent"] = true,
            ["txid"] = found.By.Transaction.Txid.ToString(),
            ["vin"] = found.Input,
            ["status"] = Status(found.By),
        }
        : new JsonObject { ["spent"] = false };

    public static JsonObject Block(Block block) => new()
    {
        ["id"] = block.Hash.ToString(),
        ["height"] = block.Height,
        ["version"] = 0x2000_0000,
        ["timestamp"] = block.Time,
        ["tx_count"] = block.Transactions.Length,
        ["size"] = 81 + block.Transactions.Sum(transaction => transaction.ToBytes().Length),
        ["weight"] = 324 + block.Transactions.Sum(transaction => transaction.Weight.Units),
        ["merkle_root"] = Txid.FromWire(block.MerkleRoot).ToString(),
        ["previousblockhash"] = block.Height == 0 ? null : block.Previous.ToString(),
        ["mediantime"] = block.MedianTimePast.UnixSeconds,
        ["nonce"] = 0,
        ["bits"] = Chain.Block.Bits,
        ["difficulty"] = 0,
    };

    public static JsonArray Utxos(IEnumerable<Placed> history, string scriptHash, Func<OutPoint, bool> isSpent)
    {
        var coins = new JsonArray();
        foreach (var placed in history)
        {
            for (var i = 0; i < placed.Transaction.Outputs.Length; i++)
            {
                var output = placed.Transaction.Outputs[i];
                if (ChainState.ScriptHash(output.ScriptPubKey) == scriptHash && !isSpent(placed.Transaction.OutPoint((uint)i)))
                {
                    coins.Add(new JsonObject
                    {
                        ["txid"] = placed.Transaction.Txid.ToString(),
                        ["vout"] = i,
                        ["status"] = Status(placed),
                        ["value"] = output.Value.Value,
                    });
                }
            }
        }

        return coins;
    }

    public static JsonObject FeeEstimates(IEnumerable<KeyValuePair<int, double>> rates)
    {
        var answer = new JsonObject();
        foreach (var (target, rate) in rates)
        {
            answer[target.ToString(CultureInfo.InvariantCulture)] = rate;
        }

        return answer;
    }

    public JsonObject Package(IReadOnlyList<PackageMember> members)
    {
        var results = new JsonObject();
        foreach (var member in members)
        {
            var result = new JsonObject { ["txid"] = member.Transaction.Txid.ToString(), ["vsize"] = member.Transaction.Weight.VirtualBytes };
            if (member.Refused is { } refused)
            {
                result["error"] = refused.Message;
            }
            else if (model.Find(member.Transaction.Txid) is { } placed)
            {
                result["fees"] = new JsonObject { ["base"] = JsonValue.Create((decimal)Transaction(placed)["fee"]!.GetValue<long>() / 100_000_000m) };
            }

            results[member.Transaction.Wtxid.ToString()] = result;
        }

        return new JsonObject
        {
            ["package_msg"] = members.Any(member => member.Refused is not null) ? "transaction failed" : "success",
            ["tx-results"] = results,
            ["replaced-transactions"] = new JsonArray(),
        };
    }

    private JsonNode Input(TxIn input, bool coinbase) => new JsonObject
    {
        ["txid"] = input.PreviousOutput.Txid.ToString(),
        ["vout"] = input.PreviousOutput.Vout,
        ["prevout"] = !coinbase && model.OutputAt(input.PreviousOutput) is { } spent ? Output(spent) : null,
        ["scriptsig"] = input.ScriptSig.ToHex(),
        ["witness"] = new JsonArray([.. input.Witness.Select(item => (JsonNode)JsonValue.Create(Hex.Encode(item)))]),
        ["is_coinbase"] = coinbase,
        ["sequence"] = input.Sequence,
    };

    private JsonNode Output(TxOut output)
    {
        var answer = new JsonObject
        {
            ["scriptpubkey"] = output.ScriptPubKey.ToHex(),
            ["scriptpubkey_type"] = output.ScriptPubKey.IsTaproot ? "v1_p2tr" : "unknown",
            ["value"] = output.Value.Value,
        };
        if (Address.From(output.ScriptPubKey, network) is { } address)
        {
            answer["scriptpubkey_address"] = address.ToString();
        }

        return answer;
    }
}
