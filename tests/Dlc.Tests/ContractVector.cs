using System.Text.Json;
using Coordinator.Bitcoin;
using Coordinator.Testing;

namespace Coordinator.Dlc.Tests;

/// <summary>One known contract with everybody's secrets.</summary>
internal sealed class ContractVector
{
    private static readonly string[][] Known =
    [
        ["dlctix", "a"], ["dlctix", "b"], ["dlctix", "f"],
        ["dlctix02", "bound", "a"], ["dlctix02", "bound", "b"], ["dlctix02", "bound", "f"],
        ["dlctix02", "bound_anchor", "a"], ["dlctix02", "bound_anchor", "b"], ["dlctix02", "bound_anchor", "f"],
        ["dlctix02", "anchor_unbound_1place", "a"],
    ];

    private readonly string[] _folder;
    private readonly string _letter;

    private ContractVector(string name)
    {
        var parts = name.Split('/');
        (_folder, _letter) = (parts[..^1], parts[^1]);
        Contract = Read("contract");
        ParametersJson = Contract.GetProperty("contract_parameters_serde_json").GetString()!;
        Parameters = ContractParameters.Parse(ParametersJson);
        var inputs = Contract.GetProperty("inputs");
        FundingOutpoint = OutPoint.Parse(inputs.GetProperty("funding_outpoint").GetString()!);
        MarketMaker = Secret(inputs.GetProperty("market_maker"), "seckey");
        Players = [.. inputs.GetProperty("players").EnumerateArray().Select(player => Secret(player, "seckey"))];
        Tickets = [.. inputs.GetProperty("players").EnumerateArray().Select(player => Bytes(player, "ticket_preimage"))];
        PayoutPreimages = [.. inputs.GetProperty("players").EnumerateArray().Select(player => Bytes(player, "payout_preimage"))];
        Dlc = TicketedDlc.CreateLegacy(Parameters, FundingOutpoint);
    }

    public static TheoryData<string> Names => [.. Known.Select(parts => string.Join('/', parts))];

    public static TheoryData<string> AnchoredNames
        => [.. Known.Where(parts => parts.Any(part => part.Contains("anchor", StringComparison.Ordinal))).Select(parts => string.Join('/', parts))];

    public JsonElement Contract { get; }

    public string ParametersJson { get; }

    public ContractParameters Parameters { get; }

    public OutPoint FundingOutpoint { get; }

    public TicketedDlc Dlc { get; }

    public SecretKey MarketMaker { get; }

    public SecretKey[] Players { get; }

    public byte[][] Tickets { get; }

    public byte[][] PayoutPreimages { get; }

    public SecretKey[] Everybody => [MarketMaker, .. Players];

    public static ContractVector Load(string name) => new(name);

    public JsonElement Read(string kind)
    {
        using var document = VectorFiles.ReadJson([.. _folder, $"{kind}_{_letter}.json"]);
        return document.RootElement.Clone();
    }

    public byte[] ParametersFile() => File.ReadAllBytes(VectorFiles.Path([.. _folder, $"contract_{_letter}.params.json"]));

    public byte[] Attestation(Outcome outcome)
        => Bytes(Contract.GetProperty("inputs").GetProperty("attestations")[outcome.AttestationIndex], "attestation_secret");

    public static byte[] Bytes(JsonElement element, string member) => Hex.Decode(element.GetProperty(member).GetString()!);

    private static SecretKey Secret(JsonElement element, string member) => SecretKey.From(Bytes(element, member));
}
