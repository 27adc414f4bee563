using System.Text.Json;
using Coordinator.Bitcoin;
using Coordinator.Testing;

namespace Coordinator.Dlc.Tests;

public sealed class ValidationTests
{
    private static readonly OutPoint Funding = OutPoint.Parse($"{new string('5', 64)}:1");

    public static TheoryData<string> Cases => [.. Read("dlctix02").Select(item => item.GetProperty("case").GetString()!)];

    public static TheoryData<string> OldCases => [.. Read("dlctix").Select(item => item.GetProperty("case").GetString()!)];

    [Fact]
    public void Every_validation_case_is_there()
    {
        Assert.Equal(97, Cases.Count);
        Assert.Equal(27, OldCases.Count);
    }

    [Theory, MemberData(nameof(Cases))]
    public void Refuses_by_the_known_names_in_the_known_order(string name)
    {
        var given = Read("dlctix02").Single(item => item.GetProperty("case").GetString() == name);
        var parameters = Parameters(given);
        Assert.Equal(given.GetProperty("validate").GetString(), Name(ContractValidation.Check(parameters)));
        Assert.Equal(given.GetProperty("ticketed_dlc_rebuild").GetString(), Build(parameters, ContractKind.Legacy));
        var expected = name == "two equal locking points" ? nameof(ContractRefusalKind.DuplicateLockingPoint) : given.GetProperty("ticketed_dlc_new").GetString();
        Assert.Equal(expected, Build(parameters, ContractKind.Current));
    }

    [Theory, MemberData(nameof(OldCases))]
    public void Refuses_whatever_the_old_crate_refused_or_died_of(string name)
    {
        var given = Read("dlctix").Single(item => item.GetProperty("case").GetString() == name);
        var refused = Build(Parameters(given), ContractKind.Legacy);
        var old = given.GetProperty("ticketed_dlc_new").GetString();
        string[] stricter =
        [
            "duplicate payout hash", "no outcomes at all", "no players, no outcomes", "locking point at infinity",
            "delta 32768 (2*delta overflows u16)", "delta 65535",
        ];
        Assert.Equal(old == "ok" && !stricter.Contains(name), refused == "ok");
    }

    [Fact]
    public void Our_own_bounds_are_named()
    {
        var valid = Parameters(Read("dlctix02").Single(item => item.GetProperty("case").GetString() == "bound, anchor 240"));
        Assert.Null(TicketedDlc.Check(valid));
        Assert.Equal(ContractRefusalKind.AbsurdFundingValue, TicketedDlc.Check(valid with { FundingSatoshis = Satoshis.MaxValue + 1 })?.Kind);
        Assert.Equal(ContractRefusalKind.AbsurdFundingValue, TicketedDlc.Check(valid with { FundingSatoshis = ulong.MaxValue / 200 }, ContractKind.Legacy)?.Kind);
        var rich = valid with { FundingSatoshis = 1_000_000_000_000 };
        Assert.Equal(ContractRefusalKind.AbsurdFeeRate, TicketedDlc.Check(rich with { FeeRateSatPerKwu = ContractBounds.MaxFeeRateSatPerKwu + 1 })?.Kind);
        Assert.Null(TicketedDlc.Check(rich with { FeeRateSatPerKwu = ContractBounds.MaxFeeRateSatPerKwu }));
        Assert.Equal(ContractRefusalKind.AbsurdAnchorValue, TicketedDlc.Check(rich with { AnchorSatoshis = ContractBounds.MaxAnchorSatoshis + 1 })?.Kind);
        Assert.Null(TicketedDlc.Check(rich with { AnchorSatoshis = ContractBounds.MaxAnchorSatoshis }));
        var expiry = DateTimeOffset.FromUnixTimeSeconds(valid.Event.Expiry!.Value);
        Assert.Null(ContractBounds.CheckExpiry(valid, expiry.AddSeconds(-1)));
        Assert.Equal(ContractRefusalKind.ExpiryInThePast, ContractBounds.CheckExpiry(valid, expiry)?.Kind);
    }

    [Fact]
    public void A_players_signer_wants_a_small_anchor_and_bound_splits_wherever_winners_are_shared()
    {
        var bound = Parameters(Read("dlctix02").Single(item => item.GetProperty("case").GetString() == "bound, anchor 240"));
        Assert.Null(ContractBounds.CheckForSigner(bound));
        Assert.Null(ContractBounds.CheckForSigner(bound with { AnchorSatoshis = null }));
        Assert.Null(ContractBounds.CheckForSigner(bound with { AnchorSatoshis = 1_000 }));
        Assert.Equal(ContractRefusalKind.AnchorNotAcceptable, ContractBounds.CheckForSigner(bound with { AnchorSatoshis = 1_001 })?.Kind);
        Assert.Equal(ContractRefusalKind.AnchorNotAcceptable, ContractBounds.CheckForSigner(bound with { AnchorSatoshis = 239 })?.Kind);
        var same = Parameters(Read("dlctix02").Single(
            item => item.GetProperty("case").GetString() == "unbound, two attestations with identical winners AND weights"));
        Assert.Null(ContractValidation.Check(same));
        Assert.Equal(ContractRefusalKind.SharedWinnersNotBound, ContractBounds.CheckForSigner(same)?.Kind);
    }

    [Fact]
    public void A_refused_contract_throws_its_refusal_where_it_was_expected_to_be_valid()
    {
        var shared = Parameters(Read("dlctix02").Single(
            item => item.GetProperty("case").GetString() == "unbound, one winner with weight 1 in att0 and weight 2 in att3"));
        var thrown = Assert.Throws<ContractRefusedException>(() => TicketedDlc.Create(shared, Funding));
        Assert.Equal(ContractRefusalKind.UnboundSharedWinners, thrown.Refusal.Kind);
        Assert.NotNull(TicketedDlc.CreateLegacy(shared, Funding));
        var derived = ContractDerivation.Derive($$"""{"contract_params":{{shared.ToJson()}},"funding_outpoint":"{{Funding}}"}""");
        Assert.True(derived.IsDerived);
        Assert.Contains("UnboundSharedWinners", derived.Warning, StringComparison.Ordinal);
    }

    private static JsonElement[] Read(string folder)
    {
        using var document = VectorFiles.ReadJson(folder, "validation.json");
        return [.. document.RootElement.Clone().EnumerateArray()];
    }

    private static ContractParameters Parameters(JsonElement given)
        => ContractParameters.Parse(given.GetProperty("contract_parameters_serde_json").GetString()!);

    private static string Build(ContractParameters parameters, ContractKind kind)
        => TicketedDlc.TryCreate(parameters, Funding, out _, out var refusal, kind) ? "ok" : Name(refusal);

    private static string Name(ContractRefusal? refusal) => refusal?.Kind.ToString() ?? "ok";
}
