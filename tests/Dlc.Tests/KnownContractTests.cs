using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Coordinator.Bitcoin;
using Coordinator.Testing;

namespace Coordinator.Dlc.Tests;

/// <summary>Known contracts in other layouts than the ten of <see cref="ContractVectorTests"/>.</summary>
public sealed class KnownContractTests
{
    [Fact]
    public void The_published_fixture_of_0_1_0_keeps_its_digest()
    {
        using var document = VectorFiles.ReadJson("dlctix", "compat_v010.json");
        var given = document.RootElement;
        var dlc = TicketedDlc.CreateLegacy(
            ContractParameters.Parse(given.GetProperty("contract_parameters_serde_json").GetString()!),
            OutPoint.Parse(given.GetProperty("funding_outpoint").GetString()!));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (outcome, _) in dlc.Outcomes)
        {
            Assert.Equal(given.GetProperty("outcome_txs").GetProperty(outcome.ToString()).GetProperty("hex").GetString(), dlc.OutcomeTransaction(outcome).ToHex());
            Assert.Equal(given.GetProperty("split_txs").GetProperty(outcome.ToString()).GetProperty("hex").GetString(), dlc.SplitTransaction(outcome).ToHex());
            hash.AppendData(dlc.OutcomeTxid(outcome).Wire);
        }

        foreach (var (outcome, _) in dlc.Outcomes)
        {
            hash.AppendData(dlc.SplitTxid(outcome).Wire);
        }

        foreach (var (outcome, _) in dlc.Outcomes)
        {
            hash.AppendData(dlc.OutcomeSighash(outcome).Span);
        }

        foreach (var win in dlc.WinConditions)
        {
            hash.AppendData(dlc.SplitSighash(win).Span);
        }

        Assert.Equal(given.GetProperty("pinned_digest_in_compat_rs").GetString(), Hex.Encode(hash.GetHashAndReset()));
    }

    [Theory]
    [InlineData("dlctix-vectors-a.json")]
    [InlineData("dlctix-vectors-b.json")]
    public void The_printed_vectors_are_reproduced(string file)
    {
        using var document = VectorFiles.ReadJson("dlctix", file);
        var given = document.RootElement;
        var json = given.GetProperty("params_json_text").GetString()!;
        var parameters = ContractParameters.Parse(json);
        Assert.Equal(json, parameters.ToJson());
        var dlc = TicketedDlc.CreateLegacy(parameters, OutPoint.Parse(given.GetProperty("funding_outpoint").GetString()!));
        Assert.Equal(given.GetProperty("ticketed_dlc_json_text").GetString(), Encoding.UTF8.GetString(dlc.ToJsonBytes()));
        Assert.Equal(given.GetProperty("funding").GetProperty("script_pubkey").GetString(), dlc.FundingOutput.ScriptPubKey.ToHex());
        foreach (var item in given.GetProperty("outcomes").EnumerateObject())
        {
            CheckOutcome(dlc, Outcome.TryParse(item.Name)!.Value, item.Value);
        }
    }

    private static void CheckOutcome(TicketedDlc dlc, Outcome outcome, JsonElement given)
    {
        var output = dlc.OutcomeOutput(outcome);
        Assert.Equal(given.GetProperty("outcome_tx").GetString(), dlc.OutcomeTransaction(outcome).ToHex());
        Assert.Equal(given.GetProperty("outcome_txid").GetString(), dlc.OutcomeTxid(outcome).ToString());
        Assert.Equal(given.GetProperty("outcome_sighash").GetString(), Hex.Encode(dlc.OutcomeSighash(outcome).Span));
        Assert.Equal(given.GetProperty("merkle_root").GetString(), Hex.Encode(output.Taproot.MerkleRoot));
        Assert.Equal(given.GetProperty("reclaim_script").GetString(), output.ReclaimLeaf.Script.ToHex());
        Assert.Equal(given.GetProperty("reclaim_control_block").GetString(), Hex.Encode(output.Taproot.ControlBlock(output.ReclaimLeaf).ToBytes()));
        Assert.Equal(given.GetProperty("split_tx").GetString(), dlc.SplitTransaction(outcome).ToHex());
        Assert.Equal(given.GetProperty("split_values").EnumerateArray().Select(value => value.GetInt64()), dlc.Payouts(outcome).Select(value => value.Value));
        foreach (var item in given.GetProperty("winners").EnumerateObject())
        {
            var win = WinCondition.TryParse(item.Name)!.Value;
            var leaf = output.SplitLeafOf(win.PlayerIndex);
            Assert.Equal(item.Value.GetProperty("split_sighash").GetString(), Hex.Encode(dlc.SplitSighash(win).Span));
            Assert.Equal(item.Value.GetProperty("leaf_script").GetString(), leaf.Script.ToHex());
            Assert.Equal(item.Value.GetProperty("control_block").GetString(), Hex.Encode(output.Taproot.ControlBlock(leaf).ToBytes()));
            var split = item.Value.GetProperty("split_output");
            Assert.Equal(split.GetProperty("script_pubkey").GetString(), dlc.SplitOutput(win.PlayerIndex).Taproot.ScriptPubKey.ToHex());
            Assert.Equal(split.GetProperty("win_script").GetString(), dlc.SplitOutput(win.PlayerIndex).WinLeaf.Script.ToHex());
        }
    }

    [Fact]
    public void The_printed_sweeps_are_reproduced()
    {
        using var document = VectorFiles.ReadJson("dlctix", "dlctix-vectors-a.json");
        var given = document.RootElement;
        var secrets = given.GetProperty("secrets");
        var chain = given.GetProperty("chain_att0");
        var dlc = TicketedDlc.CreateLegacy(
            ContractParameters.Parse(given.GetProperty("params_json_text").GetString()!),
            OutPoint.Parse(given.GetProperty("funding_outpoint").GetString()!));
        var maker = SecretKey.From(Hex.Decode(secrets.GetProperty("market_maker").GetString()!));
        SecretKey[] players = [.. secrets.GetProperty("players").EnumerateArray().Select(key => SecretKey.From(Hex.Decode(key.GetString()!)))];
        var ticket = Hex.Decode(secrets.GetProperty("ticket_preimages")[0].GetString()!);
        var payout = Hex.Decode(secrets.GetProperty("payout_preimages")[0].GetString()!);
        var (outcome, win) = (Outcome.Attestation(0), new WinCondition(Outcome.Attestation(0), 0));
        SecretKey[] everybody = [maker, .. players];
        Check("funding_close", dlc.FundingClose(), sweep => sweep.SignClose(0, everybody));
        Check("outcome_close", dlc.OutcomeClose(outcome), sweep => sweep.SignClose(0, everybody));
        Check("outcome_reclaim", dlc.OutcomeReclaim(outcome), sweep => sweep.Sign(0, maker));
        Check("split_win", dlc.SplitWin(win), sweep => sweep.Sign(0, players[0], ticket));
        Check("split_reclaim", dlc.SplitReclaim(win), sweep => sweep.Sign(0, maker));
        Check("split_sellback", dlc.SplitSellback(win), sweep => sweep.Sign(0, maker, payout));
        Check("split_close", dlc.SplitClose(win), sweep => sweep.SignClose(0, everybody));

        void Check(string name, Sweep sweep, Func<SweepTransaction, SweepTransaction> sign)
        {
            var destination = Script.FromHex(chain.GetProperty("destination_script_pubkey").GetString()!);
            var rate = FeeRate.FromSatPerKwu(chain.GetProperty("sweep_fee_rate_sat_per_kwu").GetInt64());
            var signed = sign(SweepTransaction.Build(destination, rate, sweep));
            Assert.Equal(chain.GetProperty(name).GetProperty("tx").GetString(), signed.Transaction.ToHex());
            Assert.Equal(chain.GetProperty(name).GetProperty("predicted_weight").GetInt64(), signed.Weight.Units);
        }
    }
}
