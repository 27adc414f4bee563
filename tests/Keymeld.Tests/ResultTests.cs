using System.Text;
using System.Text.Json;
using Coordinator.Bitcoin;
using Coordinator.Keymeld.Wire;

namespace Coordinator.Keymeld.Tests;

/// <summary>Results of a signing as they come out of their envelopes, one by one.</summary>
public sealed class ResultTests
{
    private static readonly Guid PlainItem = Guid.Parse("019baa09-0000-7000-8000-000000000001");
    private static readonly Guid AdaptorItem = Guid.Parse("019baa09-0000-7000-8000-000000000002");
    private static readonly JsonElement Adaptor = KeyAnswers.MuSig.GetProperty("adaptor");

    [Fact]
    public async Task Both_kinds_come_out_as_they_were_signed()
    {
        using var questions = new Questions();
        var plain = KeyAnswers.Envelopes.GetProperty("symmetric")[7];
        var status = await StatusAsync(questions, new(PlainItem, plain.Text("envelope")), new(AdaptorItem, null, Seal(questions, One(AdaptorItem))));
        Assert.Equal(plain.Bytes("hex"), Assert.IsType<RemoteSignature.Plain>(status.Results[PlainItem]).Signature64);
        Assert.Equal(Adaptor.Bytes("adaptor_signature"), Assert.IsType<RemoteSignature.Adaptor>(status.Results[AdaptorItem]).Signature65);
    }

    [Fact]
    public async Task A_plain_signature_beside_an_adaptor_signature_is_not_overlooked()
    {
        using var questions = new Questions();
        var plain = KeyAnswers.Envelopes.GetProperty("symmetric")[7].Text("envelope");
        var status = await StatusAsync(questions, new BatchResultBody(AdaptorItem, plain, Seal(questions, One(AdaptorItem))));
        Assert.IsType<RemoteSignature.Plain>(status.Results[AdaptorItem]);
    }

    [Fact]
    public async Task Anything_but_the_one_adaptor_that_was_asked_for_is_a_failure_of_that_item_alone()
    {
        using var questions = new Questions();
        var good = One(AdaptorItem);
        Dictionary<Guid, AdaptorResultText>[] bad =
        [
            [], One(PlainItem), new(good) { [PlainItem] = good[AdaptorItem] }, new(good) { [AdaptorItem] = good[AdaptorItem] with { AdaptorId = PlainItem } },
            new(good) { [AdaptorItem] = good[AdaptorItem] with { AdaptorType = "And" } }, new(good) { [AdaptorItem] = good[AdaptorItem] with { AdaptorType = "Or" } },
            new(good) { [AdaptorItem] = good[AdaptorItem] with { SignatureScalar = new byte[64] } },
        ];
        string[] envelopes =
        [
            .. bad.Select(results => Seal(questions, results)), SealText(questions, "null"), SealText(questions, "[]"), SealText(questions, "nonsense"),
            SealText(questions, $$"""{"{{AdaptorItem}}":null}"""), SealText(questions, "{\"x\":null}"), "00", "",
            SymmetricEnvelope.Encrypt(questions.Secret, EnvelopeContext.Signature, new byte[64]),
        ];
        foreach (var envelope in envelopes)
        {
            var plain = KeyAnswers.Envelopes.GetProperty("symmetric")[7].Text("envelope");
            var status = await StatusAsync(questions, new(AdaptorItem, null, envelope), new(PlainItem, plain));
            Assert.IsType<RemoteSignature.Failed>(status.Results[AdaptorItem]);
            Assert.IsType<RemoteSignature.Plain>(status.Results[PlainItem]);
        }
    }

    [Fact]
    public async Task A_plain_result_of_another_context_length_or_session_is_a_failure()
    {
        using var questions = new Questions();
        using var other = SessionSecret.Generate();
        foreach (var envelope in new[]
        {
            SymmetricEnvelope.Encrypt(questions.Secret, EnvelopeContext.SessionData, new byte[64]),
            SymmetricEnvelope.Encrypt(questions.Secret, EnvelopeContext.Signature, new byte[65]),
            SymmetricEnvelope.Encrypt(other, EnvelopeContext.Signature, new byte[64]), "", "zz",
        })
        {
            var status = await StatusAsync(questions, new BatchResultBody(PlainItem, envelope));
            Assert.IsType<RemoteSignature.Failed>(status.Results[PlainItem]);
        }
    }

    [Fact]
    public async Task An_enclaves_error_is_one_short_line()
    {
        using var questions = new Questions();
        var status = await StatusAsync(questions, new(PlainItem, null, null, "a\nb" + new string('x', 900)), new(AdaptorItem));
        var failed = Assert.IsType<RemoteSignature.Failed>(status.Results[PlainItem]);
        Assert.StartsWith("a b", failed.Detail, StringComparison.Ordinal);
        Assert.InRange(failed.Detail.Length, 100, 300);
        Assert.IsType<RemoteSignature.Failed>(status.Results[AdaptorItem]);
    }

    [Theory]
    [InlineData("collecting_participants", SigningState.CollectingParticipants)]
    [InlineData("initializing_session", SigningState.InitializingSession)]
    [InlineData("distributing_nonces", SigningState.DistributingNonces)]
    [InlineData("finalizing_signature", SigningState.FinalizingSignature)]
    [InlineData("completed", SigningState.Completed)]
    [InlineData("failed", SigningState.Failed)]
    public async Task States_and_approvals_are_read(string text, SigningState state)
    {
        using var questions = new Questions();
        var body = new SigningStatusAnswer(KeyAnswers.SigningSession, KeyAnswers.KeygenSession, text, 2, 3, 0, [KeyAnswers.User], [KeyAnswers.CoordinatorUser]);
        var status = await StatusAsync(questions, body);
        Assert.Equal((state, 3, 2), (status.State, status.Expected, status.Registered));
        Assert.Equal((KeyAnswers.User, KeyAnswers.CoordinatorUser), (Assert.Single(status.RequiringApproval), Assert.Single(status.Approved)));
        Assert.Empty(status.Results);
    }

    [Fact]
    public async Task A_status_with_the_necessary_members_only_is_read()
    {
        using var questions = new Questions();
        var body = JsonSerializer.Serialize(
            new SigningStatusAnswer(KeyAnswers.SigningSession, KeyAnswers.KeygenSession, "completed", 2, 2, 0), KeymeldJson.Default.SigningStatusAnswer);
        using var gateway = ScriptedGateway.Says(200, body[..body.IndexOf(",\"participants_requiring", StringComparison.Ordinal)] + ",\"more\":{\"deep\":[1]}}");
        var answer = await gateway.Client().GetSigningAsync(KeyAnswers.SigningSession, questions.Me, questions.Secret, default);
        Assert.True(answer.TryGet(out var status), answer.Describe());
        Assert.Empty(status.Results);
    }

    [Theory]
    [InlineData("reserved", KeygenState.Reserved)]
    [InlineData("collecting_participants", KeygenState.CollectingParticipants)]
    [InlineData("failed", KeygenState.Failed)]
    public async Task A_keygen_that_is_not_completed_has_no_aggregates(string text, KeygenState state)
    {
        using var questions = new Questions();
        var body = JsonSerializer.Serialize(new KeygenStatusAnswer(KeyAnswers.KeygenSession, text, 3, 1), KeymeldJson.Default.KeygenStatusAnswer);
        using var gateway = ScriptedGateway.Says(200, body);
        var answer = await gateway.Client().GetKeygenAsync(KeyAnswers.KeygenSession, questions.Secret, default);
        Assert.True(answer.TryGet(out var status), answer.Describe());
        Assert.Equal((state, 3, 1, null), (status.State, status.Expected, status.Registered, status.Aggregate));
        Assert.Empty(status.Subsets);
    }

    [Fact]
    public async Task A_completed_keygen_shows_the_known_aggregates()
    {
        using var questions = new Questions();
        using var gateway = ScriptedGateway.Says(200, GoodAnswers.Of(questions)["keygen"]);
        Assert.True((await gateway.Client().GetKeygenAsync(KeyAnswers.KeygenSession, questions.Secret, default)).TryGet(out var status));
        var known = KeyAnswers.Envelopes.GetProperty("symmetric");
        Assert.Equal(known[5].Text("hex"), status.Aggregate!.ToHex());
        Assert.Equal(known[6].Text("hex"), Assert.Single(status.Subsets).Value.ToHex());
    }

    private static Dictionary<Guid, AdaptorResultText> One(Guid item)
    {
        var point = PublicKey.Parse(Adaptor.Text("point")).ToBytes();
        return new()
        {
            [item] = new(item, AdaptorConfigText.Single, Adaptor.Bytes("adaptor_signature"), Adaptor.Bytes("aggnonce"), [point], null, point),
        };
    }

    private static string Seal(Questions questions, Dictionary<Guid, AdaptorResultText> results)
        => SealText(questions, JsonSerializer.Serialize(results, KeymeldJson.Default.AdaptorResults));

    private static string SealText(Questions questions, string text)
        => SymmetricEnvelope.Encrypt(questions.Secret, EnvelopeContext.AdaptorSignatures, Encoding.UTF8.GetBytes(text));

    private static Task<SigningStatus> StatusAsync(Questions questions, params BatchResultBody[] results)
        => StatusAsync(questions, new SigningStatusAnswer(
            KeyAnswers.SigningSession, KeyAnswers.KeygenSession, "completed", 2, 2, 0, [], [], [.. results]));

    private static async Task<SigningStatus> StatusAsync(Questions questions, SigningStatusAnswer body)
    {
        using var gateway = ScriptedGateway.Says(200, JsonSerializer.Serialize(body, KeymeldJson.Default.SigningStatusAnswer));
        var answer = await gateway.Client().GetSigningAsync(KeyAnswers.SigningSession, questions.Me, questions.Secret, default);
        Assert.True(answer.TryGet(out var status), answer.Describe());
        return status;
    }
}
