using System.Text;
using System.Text.Json;
using Coordinator.Testing;

namespace Coordinator.Dlc.Tests;

public sealed class ParametersJsonTests
{
    public static TheoryData<string> Cases => [.. Read().Select(item => item.GetProperty("case").GetString()!)];

    [Fact]
    public void Every_json_case_is_there() => Assert.Equal(21, Cases.Count);

    [Theory, MemberData(nameof(Cases))]
    public void Reads_and_rewrites_as_known(string name)
    {
        var given = Read().Single(item => item.GetProperty("case").GetString() == name);
        var read = ContractParameters.TryParse(Encoding.UTF8.GetBytes(given.GetProperty("json").GetString()!), out var parameters, out var error);
        if (name == "anchor [240]")
        {
            Assert.False(read, "a one-element array is no anchor here");
            return;
        }

        Assert.True(given.GetProperty("parses").GetBoolean() == read, error);
        if (read)
        {
            Assert.Equal(given.GetProperty("reserialized").GetString(), parameters!.ToJson());
            Assert.Equal(given.GetProperty("outcome_bound_splits").GetBoolean(), parameters.OutcomeBoundSplits);
            var anchor = given.GetProperty("anchor");
            Assert.Equal(anchor.ValueKind == JsonValueKind.Null ? null : anchor.GetUInt64(), parameters.AnchorSatoshis);
            Assert.Equal(given.GetProperty("validate").GetString(), ContractValidation.Check(parameters)?.Kind.ToString() ?? "ok");
        }
    }

    [Theory]
    [InlineData("att0", 0)]
    [InlineData("att12", 12)]
    [InlineData("att2147483647", int.MaxValue)]
    [InlineData("exp", -1)]
    public void Outcomes_have_one_text(string text, int number)
    {
        var outcome = Outcome.TryParse(text);
        Assert.Equal(number, outcome?.Number);
        Assert.Equal(text, outcome.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("att")]
    [InlineData("att01")]
    [InlineData("att+1")]
    [InlineData("att-1")]
    [InlineData("att 1")]
    [InlineData("Att1")]
    [InlineData("EXP")]
    [InlineData("exp ")]
    [InlineData("att2147483648")]
    [InlineData("att99999999999999999999")]
    [InlineData("att١")]
    public void Other_texts_are_no_outcomes(string text) => Assert.Null(Outcome.TryParse(text));

    [Theory]
    [InlineData("att0")]
    [InlineData("att0:")]
    [InlineData("att0:p")]
    [InlineData("att0:1")]
    [InlineData("att0:p01")]
    [InlineData("att0:p-1")]
    [InlineData(":p0")]
    [InlineData("att0:p0:p1")]
    public void Other_texts_are_no_win_conditions(string text) => Assert.Null(WinCondition.TryParse(text));

    [Fact]
    public void Outcomes_and_wins_are_ordered_by_number_with_the_expiry_last()
    {
        Outcome[] outcomes = [Outcome.Attestation(10), Outcome.Attestation(2), Outcome.Expiry, Outcome.Attestation(0)];
        Assert.Equal(["att0", "att2", "att10", "exp"], outcomes.Order().Select(outcome => outcome.ToString()));
        string[] wins = ["att10:p11", "exp:p0", "att10:p2", "att2:p3"];
        Assert.Equal(
            ["att2:p3", "att10:p2", "att10:p11", "exp:p0"],
            wins.Select(text => WinCondition.TryParse(text)!.Value).Order().Select(win => win.ToString()));
        Assert.Equal(Outcome.Attestation(0), default(Outcome));
    }

    [Fact]
    public void A_locking_point_at_infinity_is_read_and_written_but_never_validates()
    {
        var json = Read()[0].GetProperty("json").GetString()!;
        var first = ContractParameters.Parse(json).Event.LockingPoints[0]!.ToHex();
        var changed = json.Replace(first, new string('0', 66), StringComparison.Ordinal);
        var parameters = ContractParameters.Parse(changed);
        Assert.Null(parameters.Event.LockingPoints[0]);
        Assert.Equal(changed, parameters.ToJson());
        Assert.Equal(ContractRefusalKind.InvalidLockingPoint, ContractValidation.Check(parameters)?.Kind);
    }

    [Fact]
    public void Hexadecimal_of_either_case_is_read_and_lower_case_is_written()
    {
        var json = Read()[0].GetProperty("json").GetString()!;
        var key = ContractParameters.Parse(json).MarketMaker.PublicKey.ToHex();
        Assert.Equal(json, ContractParameters.Parse(json.Replace(key, key.ToUpperInvariant(), StringComparison.Ordinal)).ToJson());
    }

    [Theory]
    [InlineData("\"funding_value\":300001", "\"funding_value\":300001,\"funding_value\":300001")]
    [InlineData("\"funding_value\":300001", "\"funding_value\":-1")]
    [InlineData("\"funding_value\":300001", "\"funding_value\":1e3")]
    [InlineData("\"funding_value\":300001", "\"funding_value\":1.0")]
    [InlineData("\"funding_value\":300001", "\"funding_value\":null")]
    [InlineData("\"funding_value\":300001,", "")]
    [InlineData("\"att0\":", "\"att00\":")]
    [InlineData("\"att0\":", "\"att1\":")]
    [InlineData("\"att0\":{\"0\":", "\"att0\":{\"00\":")]
    [InlineData("\"att0\":{\"0\":60,\"1\":", "\"att0\":{\"0\":60,\"0\":")]
    [InlineData("\"relative_locktime_block_delta\":144", "\"relative_locktime_block_delta\":65536")]
    [InlineData("\"expiry\":1800000000", "\"expiry\":4294967296")]
    [InlineData("\"expiry\":1800000000", "\"expiry\":1800000000,\"expiry\":null")]
    public void Other_forms_are_refused_by_name(string from, string to)
    {
        var json = Read()[0].GetProperty("json").GetString()!;
        Assert.Contains(from, json, StringComparison.Ordinal);
        Assert.Throws<DlcFormatException>(() => ContractParameters.Parse(json.Replace(from, to, StringComparison.Ordinal)));
    }

    private static JsonElement[] Read()
    {
        using var document = VectorFiles.ReadJson("dlctix02", "json_cases.json");
        return [.. document.RootElement.Clone().EnumerateArray()];
    }
}
