using System.Text;
using System.Text.Json;
using Coordinator.Bitcoin;
using Coordinator.Testing;

namespace Coordinator.Dlc.Tests;

/// <summary>One known contract with its known signing session.</summary>
internal sealed class SigningVector
{
    private readonly string[] _folder;
    private readonly string _letter;

    private SigningVector(string folder, string letter)
    {
        (_folder, _letter) = (folder.Split('/'), letter);
        Signing = Read("signing");
        var contract = Read("contract").GetProperty("inputs");
        var parameters = ContractParameters.Parse(File.ReadAllBytes(VectorFiles.Path([.. _folder, $"contract_{letter}.params.json"])));
        Dlc = TicketedDlc.CreateLegacy(parameters, OutPoint.Parse(contract.GetProperty("funding_outpoint").GetString()!));
        Items = SigningItems.Of(Dlc);
        Attestations = [.. contract.GetProperty("oracle").ValueKind == JsonValueKind.Null ? [] : contract.GetProperty("attestations")
            .EnumerateArray().Select(entry => SecretKey.From(Hex.Decode(entry.GetProperty("attestation_secret").GetString()!)))];
    }

    private static readonly (string Folder, string Letter)[] Known =
    [
        ("dlctix", "a"), ("dlctix", "b"), ("dlctix", "f"),
        ("dlctix02/bound", "a"), ("dlctix02/bound", "b"), ("dlctix02/bound", "f"),
        ("dlctix02/bound_anchor", "a"), ("dlctix02/bound_anchor", "b"), ("dlctix02/bound_anchor", "f"),
        ("dlctix02/anchor_unbound_1place", "a"),
    ];

    public static TheoryData<string, string> All => Rows(Known);

    /// <summary>Those with the files that only the newer version has.</summary>
    public static TheoryData<string, string> Newer => Rows(Known.Where(known => known.Folder != "dlctix"));

    public JsonElement Signing { get; }

    public TicketedDlc Dlc { get; }

    public SigningItems Items { get; }

    public SecretKey[] Attestations { get; }

    /// <summary>The labels of all signers: mm, p0, p1, …</summary>
    public IReadOnlyList<string> Labels => [.. Signing.GetProperty("signers").EnumerateArray().Select(signer => signer.GetProperty("label").GetString()!)];

    public static SigningVector Load(string folder, string letter) => new(folder, letter);

    public JsonElement Read(string name)
    {
        using var document = VectorFiles.ReadJson([.. _folder, $"{name}_{_letter}.json"]);
        return document.RootElement.Clone();
    }

    public string Text(string name) => Signing.GetProperty(name).GetString()!;

    public string Text(string name, string label) => Signing.GetProperty(name).GetProperty(label).GetString()!;

    public SecretKey KeyOf(string label) => SecretKey.From(Hex.Decode(
        Signing.GetProperty("signers").EnumerateArray().First(signer => signer.GetProperty("label").GetString() == label)
            .GetProperty("seckey").GetString()!));

    public SecretNonceSet NoncesOf(string label, out NonceTable nonces) => SecretNonceSet.FromSeeds(
        KeyOf(label),
        [.. Signing.GetProperty("nonce_seeds").GetProperty(label).EnumerateArray().Select(entry => Hex.Decode(entry.GetProperty("seed").GetString()!))],
        out nonces);

    /// <summary>The known round with everybody's nonces handed in, before anybody signs.</summary>
    public (CoordinatorRound Coordinator, PlayerRound[] Players) OpenRound(RangeRunner? runner = null)
    {
        var coordinator = new CoordinatorRound(Items, KeyOf("mm"), NoncesOf("mm", out var own), own, runner);
        var players = new PlayerRound[Items.PlayerKeys.Length];
        for (var i = 0; i < players.Length; i++)
        {
            players[i] = new PlayerRound(Items.Player(i), KeyOf($"p{i}"), NoncesOf($"p{i}", out var nonces), nonces, runner);
            Assert.Null(coordinator.SubmitNonces(i, players[i].Nonces));
        }

        return (coordinator, players);
    }

    public ContractSignatures Sign()
    {
        var (coordinator, players) = OpenRound();
        var aggregates = coordinator.Aggregate();
        for (var i = 0; i < players.Length; i++)
        {
            Assert.Null(coordinator.SubmitPartials(i, players[i].Sign(aggregates)));
        }

        return Assert.IsType<RoundResult.Completed>(coordinator.TryComplete()).Signatures;
    }

    public static string Json(byte[] utf8) => Encoding.UTF8.GetString(utf8);

    private static TheoryData<string, string> Rows(IEnumerable<(string Folder, string Letter)> known)
    {
        var rows = new TheoryData<string, string>();
        foreach (var (folder, letter) in known)
        {
            rows.Add(folder, letter);
        }

        return rows;
    }
}
