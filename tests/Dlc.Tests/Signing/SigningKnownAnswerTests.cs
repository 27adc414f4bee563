using System.Text;
using Coordinator.Bitcoin;

namespace Coordinator.Dlc.Tests;

public sealed class SigningKnownAnswerTests
{
    [Theory]
    [MemberData(nameof(SigningVector.All), MemberType = typeof(SigningVector))]
    public void A_whole_session_gives_the_known_bytes(string folder, string letter)
    {
        var vector = SigningVector.Load(folder, letter);
        var (coordinator, players) = vector.OpenRound();
        Assert.Equal(vector.Text("public_nonces_serde_json", "mm"), SigningVector.Json(coordinator.OwnNonces.ToJsonBytes()));
        var aggregates = coordinator.Aggregate();
        Assert.Equal(vector.Text("aggregated_nonces_serde_json"), SigningVector.Json(aggregates.ToJsonBytes()));
        Assert.Equal(vector.Text("partial_signatures_serde_json", "mm"), SigningVector.Json(coordinator.SignOwn().ToJsonBytes()));
        for (var i = 0; i < players.Length; i++)
        {
            Assert.Equal(vector.Text("public_nonces_serde_json", $"p{i}"), SigningVector.Json(players[i].Nonces.ToJsonBytes()));
            var partials = players[i].Sign(aggregates.For(players[i].Items));
            Assert.Equal(vector.Text("partial_signatures_serde_json", $"p{i}"), SigningVector.Json(partials.ToJsonBytes()));
            Assert.Null(coordinator.SubmitPartials(i, partials));
        }

        var signatures = Assert.IsType<RoundResult.Completed>(coordinator.TryComplete()).Signatures;
        Assert.Equal(vector.Text("contract_signatures_serde_json"), SigningVector.Json(signatures.ToJsonBytes()));
        foreach (var label in vector.Labels)
        {
            var signer = vector.Items.Find(vector.KeyOf(label).PublicKey)!;
            Assert.Equal(vector.Text("pruned_signatures_serde_json", label), SigningVector.Json(signatures.PrunedFor(signer).ToJsonBytes()));
        }

        Assert.Equal(vector.Text("signed_contract_serde_json"), SigningVector.Json(new SignedContract(vector.Dlc, signatures).ToJsonBytes()));
    }

    [Theory]
    [MemberData(nameof(SigningVector.All), MemberType = typeof(SigningVector))]
    public void Known_json_reads_and_rewrites_to_the_same_bytes(string folder, string letter)
    {
        var vector = SigningVector.Load(folder, letter);
        var aggregates = vector.Text("aggregated_nonces_serde_json");
        Assert.Equal(aggregates, SigningVector.Json(SigMap<AggregateNonce>.Parse(vector.Items.Shape, Encoding.UTF8.GetBytes(aggregates)).ToJsonBytes()));
        for (var i = 0; i < vector.Items.PlayerKeys.Length; i++)
        {
            var nonces = vector.Text("public_nonces_serde_json", $"p{i}");
            var read = SigMap<PublicNonce>.Parse(vector.Items.Player(i).Shape, Encoding.UTF8.GetBytes(nonces));
            Assert.Equal(nonces, SigningVector.Json(read.ToJsonBytes()));
            var part = SigMap<AggregateNonce>.Parse(read.Shape, Encoding.UTF8.GetBytes(aggregates), ignoreOtherKeys: true);
            Assert.Equal(SigMap<AggregateNonce>.Parse(vector.Items.Shape, Encoding.UTF8.GetBytes(aggregates)).For(vector.Items.Player(i)).Packed, part.Packed);
        }

        var signatures = vector.Text("contract_signatures_serde_json");
        Assert.Equal(signatures, SigningVector.Json(ContractSignatures.Parse(Encoding.UTF8.GetBytes(signatures)).ToJsonBytes()));
        var signed = vector.Text("signed_contract_serde_json");
        Assert.Equal(signed, SigningVector.Json(SignedContract.Parse(Encoding.UTF8.GetBytes(signed), ContractKind.Legacy).ToJsonBytes()));
    }

    [Theory]
    [MemberData(nameof(SigningVector.All), MemberType = typeof(SigningVector))]
    public void Outcome_signatures_complete_with_the_attestation_to_the_known_ones_and_reveal_it(string folder, string letter)
    {
        var vector = SigningVector.Load(folder, letter);
        var signatures = ContractSignatures.Parse(Encoding.UTF8.GetBytes(vector.Text("contract_signatures_serde_json")));
        var completed = 0;
        foreach (var known in vector.Signing.GetProperty("adapted_outcome_signatures").EnumerateObject())
        {
            var index = Outcome.TryParse(known.Name)!.Value.AttestationIndex;
            var adaptor = signatures.OutcomeSignature(index)!;
            var signature = adaptor.Adapt(vector.Attestations[index])!;
            Assert.Equal(known.Value.GetString(), signature.ToHex());
            Assert.True(signature.Verify(vector.Items.FundingKey.XOnly, vector.Dlc.OutcomeSighash(Outcome.Attestation(index)).Span));
            Assert.Equal(vector.Attestations[index].ToBytes(), adaptor.Reveal(signature)!.ToBytes());
            completed++;
        }

        Assert.Equal(signatures.Attestations.Length, completed);
    }

    [Theory]
    [MemberData(nameof(SigningVector.Newer), MemberType = typeof(SigningVector))]
    public void A_remote_signer_is_told_the_known_data(string folder, string letter)
    {
        var vector = SigningVector.Load(folder, letter);
        var known = vector.Read("signing_data");
        Assert.Equal(known.GetProperty("signing_data_serde_json").GetString(), SigningVector.Json(SigningData.ToJsonBytes(vector.Items)));
        Assert.Equal(known.GetProperty("total_signature_count").GetInt32(), vector.Items.Count);
    }

    [Theory]
    [MemberData(nameof(SigningVector.Newer), MemberType = typeof(SigningVector))]
    public void Verification_names_what_the_known_answers_name(string folder, string letter)
    {
        var vector = SigningVector.Load(folder, letter);
        var cases = vector.Read("verify").EnumerateArray().ToList();
        Assert.NotEmpty(cases);
        foreach (var given in cases)
        {
            var signatures = Changed(vector, given.GetProperty("case").GetString()!);
            foreach (var expected in given.GetProperty("verify_signatures").EnumerateObject())
            {
                var key = expected.Name == "stranger" ? SecretKey.From(Hashes.Sha256("stranger"u8)) : vector.KeyOf(expected.Name);
                Assert.True(expected.Value.GetString() == Verdict(vector.Items, key.PublicKey, signatures), $"{given}: {expected.Name}");
            }
        }
    }

    /// <summary>Our answer in the words of the known ones, which tell the first absent signature, or that one is wrong.</summary>
    private static string Verdict(SigningItems items, PublicKey key, ContractSignatures signatures)
    {
        if (items.Find(key) is not { } signer)
        {
            return "InvalidKey";
        }

        var problems = SignatureCheck.Verify(signer, signatures);
        var missing = problems.FirstOrDefault(problem => problem.IsMissing)?.Item;
        return problems.IsEmpty ? "ok"
            : missing is null ? "Verify(BadSignature)"
            : missing.Contains(':', StringComparison.Ordinal) ? "MissingSignature(\"split tx signature for win condition\")"
            : missing == "exp" ? "MissingSignature(\"expiry tx signature\")"
            : "MissingSignature(\"outcome index outcome tx signatures\")";
    }

    private static ContractSignatures Changed(SigningVector vector, string what)
    {
        var node = System.Text.Json.Nodes.JsonNode.Parse(vector.Text("contract_signatures_serde_json"))!;
        var outcomes = node["outcome_tx_signatures"]!.AsObject();
        switch (what)
        {
            case "complete set":
                break;
            case "without the split signature att0:p0":
                Assert.True(node["split_tx_signatures"]!.AsObject().Remove("att0:p0"));
                break;
            case "outcome signatures 0 and 1 swapped":
                (outcomes["0"], outcomes["1"]) = (outcomes["1"]!.GetValue<string>(), outcomes["0"]!.GetValue<string>());
                break;
            case "without the outcome signature 0":
                Assert.True(outcomes.Remove("0"));
                break;
            case "without the expiry signature":
                node["expiry_tx_signature"] = null;
                break;
            default:
                Assert.StartsWith("pruned signatures of ", what, StringComparison.Ordinal);
                return ContractSignatures.Parse(Encoding.UTF8.GetBytes(vector.Text("pruned_signatures_serde_json", what[21..])));
        }

        return ContractSignatures.Parse(Encoding.UTF8.GetBytes(node.ToJsonString()));
    }
}
