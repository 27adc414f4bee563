using System.Text;
using System.Text.Json;
using Coordinator.Bitcoin;

namespace Coordinator.Dlc.Tests;

public sealed class ContractVectorTests
{
    public static TheoryData<string> Names => ContractVector.Names;

    [Fact]
    public void All_ten_known_contracts_are_there() => Assert.Equal(10, ContractVector.Names.Count);

    [Theory, MemberData(nameof(Names))]
    public void Parameters_are_read_and_written_to_the_byte(string name)
    {
        var vector = ContractVector.Load(name);
        Assert.Equal(Encoding.UTF8.GetString(vector.ParametersFile()), vector.ParametersJson);
        Assert.Equal(vector.ParametersJson, vector.Parameters.ToJson());
        Assert.Equal(vector.Parameters, ContractParameters.Parse(vector.Parameters.ToJson()));
        Assert.Equal(vector.Contract.GetProperty("ticketed_dlc_serde_json").GetString(), Encoding.UTF8.GetString(vector.Dlc.ToJsonBytes()));
    }

    [Theory, MemberData(nameof(Names))]
    public void The_funding_output_is_the_known_one(string name)
    {
        var vector = ContractVector.Load(name);
        var funding = vector.Contract.GetProperty("funding");
        Assert.Equal(funding.GetProperty("script_pubkey").GetString(), vector.Dlc.FundingOutput.ScriptPubKey.ToHex());
        Assert.Equal(funding.GetProperty("value").GetInt64(), vector.Dlc.FundingOutput.Value.Value);
        Assert.Equal(FundingOutput.Of(vector.Parameters), vector.Dlc.FundingOutput);
        CheckAggregate(funding.GetProperty("key_agg"), vector.Dlc.FundingKey);
    }

    [Theory, MemberData(nameof(Names))]
    public void Every_outcome_transaction_is_the_known_one(string name)
    {
        var vector = ContractVector.Load(name);
        var outcomes = vector.Contract.GetProperty("outcomes").EnumerateArray().ToArray();
        Assert.Equal(outcomes.Select(outcome => outcome.GetProperty("outcome").GetString()), vector.Dlc.Outcomes.Select(entry => entry.Outcome.ToString()));
        foreach (var given in outcomes)
        {
            var outcome = Outcome.TryParse(given.GetProperty("outcome").GetString())!.Value;
            var output = vector.Dlc.OutcomeOutput(outcome);
            CheckAggregate(given.GetProperty("key_agg_untweaked"), vector.Dlc.WinnersKey(outcome));
            CheckAggregate(given.GetProperty("key_agg_tweaked"), output.Members.WithTaprootTweak(output.Taproot.MerkleRoot));
            CheckTaproot(given.GetProperty("taproot"), output.Taproot);
            CheckLeaves(given.GetProperty("leaves"), output.Taproot, leaf => leaf == "reclaim"
                ? output.ReclaimLeaf
                : output.SplitLeafOf(int.Parse(leaf["split:p".Length..], System.Globalization.CultureInfo.InvariantCulture)));
            var transaction = vector.Dlc.OutcomeTransaction(outcome);
            Assert.Equal(given.GetProperty("outcome_tx").GetProperty("hex").GetString(), transaction.ToHex());
            Assert.Equal(given.GetProperty("outcome_tx").GetProperty("txid").GetString(), vector.Dlc.OutcomeTxid(outcome).ToString());
            Assert.Equal(given.GetProperty("outcome_sighash").GetString(), Hex.Encode(vector.Dlc.OutcomeSighash(outcome).Span));
            Assert.Equal(given.GetProperty("outcome_value").GetInt64(), vector.Dlc.Amounts.OutcomeValue.Value);
            Assert.Equal(given.GetProperty("outcome_tx_fee").GetInt64(), vector.Dlc.Amounts.OutcomeFee.Value);
            Assert.Equal(given.GetProperty("adaptor_point").GetString(), vector.Dlc.LockingPoint(outcome)?.ToHex());
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Every_split_transaction_is_the_known_one(string name)
    {
        var vector = ContractVector.Load(name);
        foreach (var given in vector.Contract.GetProperty("outcomes").EnumerateArray())
        {
            var outcome = Outcome.TryParse(given.GetProperty("outcome").GetString())!.Value;
            var transaction = vector.Dlc.SplitTransaction(outcome);
            Assert.Equal(given.GetProperty("split_tx").GetProperty("hex").GetString(), transaction.ToHex());
            Assert.Equal(given.GetProperty("split_tx").GetProperty("txid").GetString(), vector.Dlc.SplitTxid(outcome).ToString());
            foreach (var winner in given.GetProperty("winners").EnumerateArray())
            {
                CheckWinner(vector, winner);
            }
        }
    }

    private static void CheckWinner(ContractVector vector, JsonElement given)
    {
        var win = WinCondition.TryParse(given.GetProperty("win_condition").GetString())!.Value;
        Assert.Equal(given.GetProperty("split_sighash").GetString(), Hex.Encode(vector.Dlc.SplitSighash(win).Span));
        Assert.Equal(given.GetProperty("value").GetInt64(), vector.Dlc.PayoutOf(win).Value);
        Assert.Equal(given.GetProperty("vout").GetInt32(), vector.Dlc.SplitOutputIndex(win));
        var spend = given.GetProperty("spend");
        var output = vector.Dlc.SplitOutput(win.PlayerIndex);
        Assert.Equal(spend.GetProperty("script_pubkey").GetString(), output.Taproot.ScriptPubKey.ToHex());
        CheckAggregate(spend.GetProperty("key_agg_untweaked"), output.Members);
        CheckAggregate(spend.GetProperty("key_agg_tweaked"), output.Members.WithTaprootTweak(output.Taproot.MerkleRoot));
        CheckTaproot(spend.GetProperty("taproot"), output.Taproot);
        CheckLeaves(spend.GetProperty("leaves"), output.Taproot, leaf => leaf switch
        {
            "sellback" => output.SellbackLeaf,
            "win" => output.WinLeaf,
            _ => output.ReclaimLeaf,
        });
        var delta = vector.Parameters.RelativeLocktimeBlockDelta;
        Assert.Equal(ContractWeights.KeySpend.Units, 374 + vector.Dlc.SplitClose(win).InputWeight);
        Assert.Equal(ContractWeights.SplitWin(delta).Units, 374 + vector.Dlc.SplitWin(win).InputWeight);
        Assert.Equal(ContractWeights.SplitReclaim(delta).Units, 374 + vector.Dlc.SplitReclaim(win).InputWeight);
        Assert.Equal(ContractWeights.SplitSellback.Units, 374 + vector.Dlc.SplitSellback(win).InputWeight);
        Assert.Equal(spend.GetProperty("input_weight_close").GetInt32(), vector.Dlc.SplitClose(win).InputWeight);
        Assert.Equal(spend.GetProperty("input_weight_reclaim").GetInt32(), vector.Dlc.SplitReclaim(win).InputWeight);
        Assert.Equal(spend.GetProperty("input_weight_sellback").GetInt32(), vector.Dlc.SplitSellback(win).InputWeight);
        Assert.Equal(spend.GetProperty("input_weight_win").GetInt32(), vector.Dlc.SplitWin(win).InputWeight);
    }

    [Theory, MemberData(nameof(Names))]
    public void Weights_are_predicted_as_known(string name)
    {
        var vector = ContractVector.Load(name);
        var anchored = vector.Parameters.AnchorSatoshis is not null;
        var delta = vector.Parameters.RelativeLocktimeBlockDelta;
        Assert.Equal(vector.Contract.GetProperty("outcome_tx_predicted_weight").GetInt64(), ContractWeights.Outcome(anchored).Units);
        foreach (var given in vector.Contract.GetProperty("outcomes").EnumerateArray())
        {
            var outcome = Outcome.TryParse(given.GetProperty("outcome").GetString())!.Value;
            var winners = given.GetProperty("winners").GetArrayLength();
            var leaf = ContractWeights.SplitLeafLength(outcome, vector.Parameters.OutcomeBoundSplits);
            Assert.Equal(leaf, vector.Dlc.OutcomeOutput(outcome).SplitLeaves[0].Script.Length);
            Assert.Equal(given.GetProperty("split_input_weight_prediction").GetInt32(), ContractWeights.SplitInput(winners, leaf));
            Assert.Equal(given.GetProperty("split_tx_predicted_weight").GetInt64(), ContractWeights.Split(winners, leaf, anchored).Units);
            Assert.Equal(given.GetProperty("outcome_reclaim_input_weight").GetInt32(), vector.Dlc.OutcomeReclaim(outcome).InputWeight);
            Assert.Equal(ContractWeights.OutcomeReclaim(delta).Units, 374 + vector.Dlc.OutcomeReclaim(outcome).InputWeight);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void An_attestation_leads_to_its_outcome_and_nothing_else_does(string name)
    {
        var vector = ContractVector.Load(name);
        var inputs = vector.Contract.GetProperty("inputs");
        var oracle = XOnlyPublicKey.Parse(inputs.GetProperty("oracle").GetProperty("pubkey").GetString()![2..]);
        var nonce = XOnlyPublicKey.Parse(inputs.GetProperty("oracle").GetProperty("nonce_point").GetString()![2..]);
        foreach (var given in inputs.GetProperty("attestations").EnumerateArray())
        {
            var outcome = Outcome.Attestation(given.GetProperty("index").GetInt32());
            var message = Encoding.UTF8.GetBytes(given.GetProperty("message_utf8").GetString()!);
            Assert.Equal(given.GetProperty("message_hash").GetString(), Hex.Encode(Attestations.MessageHash(message)));
            Assert.Equal(given.GetProperty("locking_point").GetString(), Attestations.LockingPoint(oracle, nonce, message)?.ToHex());
            Assert.Equal(outcome, vector.Dlc.FindOutcome(vector.Attestation(outcome)));
        }

        Assert.Null(vector.Dlc.FindOutcome(Hashes.Sha256("no attestation"u8)));
        Assert.Null(vector.Dlc.FindOutcome(new byte[32]));
        Assert.Null(vector.Dlc.FindOutcome([1, 2, 3]));
    }

    [Theory, MemberData(nameof(Names))]
    public void Derivation_answers_ids_and_digests_for_an_auditor(string name)
    {
        var vector = ContractVector.Load(name);
        var answer = ContractDerivation.Derive($$"""{"contract_params":{{vector.ParametersJson}},"funding_outpoint":"{{vector.FundingOutpoint}}"}""");
        Assert.True(answer.IsDerived, answer.Refusal);
        Assert.Equal(!name.Contains("bound", StringComparison.Ordinal) && name[^1] is 'b' or 'f' && name.StartsWith("dlctix/", StringComparison.Ordinal), answer.Warning is not null);
        using var document = JsonDocument.Parse(answer.Json!);
        var root = document.RootElement;
        Assert.Equal(["funding_script", "funding_value", "outcomes", "splits"], root.EnumerateObject().Select(member => member.Name));
        Assert.Equal(vector.Contract.GetProperty("funding").GetProperty("script_pubkey").GetString(), root.GetProperty("funding_script").GetString());
        foreach (var given in vector.Contract.GetProperty("outcomes").EnumerateArray())
        {
            var derived = root.GetProperty("outcomes").GetProperty(given.GetProperty("outcome").GetString()!);
            Assert.Equal(["txid", "tx", "sighash", "script_pubkey", "merkle_root"], derived.EnumerateObject().Select(member => member.Name));
            Assert.Equal(given.GetProperty("outcome_tx").GetProperty("txid").GetString(), derived.GetProperty("txid").GetString());
            Assert.Equal(given.GetProperty("outcome_tx").GetProperty("hex").GetString(), derived.GetProperty("tx").GetString());
            Assert.Equal(given.GetProperty("outcome_sighash").GetString(), derived.GetProperty("sighash").GetString());
            Assert.Equal(given.GetProperty("script_pubkey").GetString(), derived.GetProperty("script_pubkey").GetString());
            Assert.Equal(given.GetProperty("taproot").GetProperty("merkle_root").GetString(), derived.GetProperty("merkle_root").GetString());
            foreach (var winner in given.GetProperty("winners").EnumerateArray())
            {
                var split = root.GetProperty("splits").GetProperty(winner.GetProperty("win_condition").GetString()!);
                Assert.Equal(given.GetProperty("split_tx").GetProperty("txid").GetString(), split.GetProperty("txid").GetString());
                Assert.Equal(winner.GetProperty("split_sighash").GetString(), split.GetProperty("sighash").GetString());
            }
        }
    }

    private static void CheckAggregate(JsonElement given, KeyAggregate aggregate)
    {
        Assert.Equal(given.GetProperty("aggregated_pubkey").GetString(), aggregate.Key.ToHex());
        Assert.Equal(given.GetProperty("untweaked_pubkey").GetString(), aggregate.Untweaked.ToHex());
        Assert.Equal(given.GetProperty("ordered_pubkeys").EnumerateArray().Select(key => key.GetString()), aggregate.Keys.Select(key => key.ToHex()));
        var coefficients = given.GetProperty("key_coefficients").EnumerateArray().ToArray();
        for (var i = 0; i < coefficients.Length; i++)
        {
            Assert.Equal(coefficients[i].GetString(), Hex.Encode(aggregate.Coefficient(i)));
        }
    }

    private static void CheckTaproot(JsonElement given, TaprootOutput output)
    {
        Assert.Equal(given.GetProperty("internal_key_xonly").GetString(), output.InternalKey.ToHex());
        Assert.Equal(given.GetProperty("merkle_root").GetString(), Hex.Encode(output.MerkleRoot));
        Assert.Equal(given.GetProperty("output_key_xonly").GetString(), output.OutputKey.ToHex());
        Assert.Equal(given.GetProperty("output_key_parity").GetInt32() == 1, output.OutputKeyIsOdd);
        Assert.Equal(given.GetProperty("tap_tweak").GetString(), Hex.Encode(output.Tweak));
    }

    private static void CheckLeaves(JsonElement given, TaprootOutput output, Func<string, TapLeaf> find)
    {
        Assert.Equal(output.Tree!.Leaves.Length, given.GetArrayLength());
        foreach (var item in given.EnumerateArray())
        {
            var leaf = find(item.GetProperty("name").GetString()!);
            Assert.Equal(item.GetProperty("script").GetString(), leaf.Script.ToHex());
            Assert.Equal(item.GetProperty("leaf_hash").GetString(), Hex.Encode(leaf.Hash));
            Assert.Equal(item.GetProperty("control_block").GetString(), Hex.Encode(output.ControlBlock(leaf).ToBytes()));
            Assert.Equal(item.GetProperty("depth").GetInt32(), output.Tree.PathOf(leaf)!.Length / 32);
        }
    }
}
