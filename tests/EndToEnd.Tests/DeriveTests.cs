using System.Text.Json;
using Coordinator.Testing;

namespace Coordinator.EndToEnd.Tests;

/// <summary><c>dlc derive</c> as an auditor runs it, against the known answers.</summary>
public sealed class DeriveTests
{
    [Theory]
    [InlineData("dlctix/contract_a.json")]
    [InlineData("dlctix/contract_f.json")]
    [InlineData("dlctix02/bound/contract_b.json")]
    [InlineData("dlctix02/bound_anchor/contract_a.json")]
    [InlineData("dlctix02/bound_anchor/contract_f.json")]
    [InlineData("dlctix02/anchor_unbound_1place/contract_a.json")]
    public async Task Txids_and_sighashes_are_those_of_the_known_answers(string file)
    {
        using var vector = VectorFiles.ReadJson(file.Split('/'));
        var known = vector.RootElement;
        var parameters = known.GetProperty("contract_parameters_serde_json").GetString();
        var outpoint = known.GetProperty("inputs").GetProperty("funding_outpoint").GetString();
        var result = await CommandLine.RunAsync($$"""{"contract_params":{{parameters}},"funding_outpoint":"{{outpoint}}"}""", "dlc", "derive");
        Assert.True(result.ExitCode == 0, result.ToString());
        var derived = result.Events.Single();
        Assert.Equal(known.GetProperty("funding").GetProperty("script_pubkey").GetString(), derived.GetProperty("funding_script").GetString());
        Assert.Equal(known.GetProperty("funding").GetProperty("value").GetInt64(), derived.GetProperty("funding_value").GetInt64());
        foreach (var outcome in known.GetProperty("outcomes").EnumerateArray())
        {
            CheckOutcome(outcome, derived);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{\"contract_params\":{},\"funding_outpoint\":\"00:0\"}")]
    [InlineData("not json")]
    public async Task Invalid_input_ends_in_one_line_on_standard_error_and_exit_code_2(string input)
    {
        var result = await CommandLine.RunAsync(input, "dlc", "derive");
        Assert.Equal(2, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Single(result.Errors.Trim().Split('\n'));
    }

    private static void CheckOutcome(JsonElement known, JsonElement derived)
    {
        var name = known.GetProperty("outcome").GetString()!;
        var own = derived.GetProperty("outcomes").GetProperty(name);
        Assert.Equal(known.GetProperty("outcome_tx").GetProperty("txid").GetString(), own.GetProperty("txid").GetString());
        Assert.Equal(known.GetProperty("outcome_sighash").GetString(), own.GetProperty("sighash").GetString());
        Assert.Equal(known.GetProperty("script_pubkey").GetString(), own.GetProperty("script_pubkey").GetString());
        Assert.Equal(known.GetProperty("taproot").GetProperty("merkle_root").GetString(), own.GetProperty("merkle_root").GetString());
        foreach (var winner in known.GetProperty("winners").EnumerateArray())
        {
            var split = derived.GetProperty("splits").GetProperty(winner.GetProperty("win_condition").GetString()!);
            Assert.Equal(known.GetProperty("split_tx").GetProperty("txid").GetString(), split.GetProperty("txid").GetString());
            Assert.Equal(winner.GetProperty("split_sighash").GetString(), split.GetProperty("sighash").GetString());
        }
    }
}
