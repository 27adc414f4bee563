using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Coordinator.Bitcoin;
using Coordinator.Keymeld.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Coordinator.Keymeld.Tests;

/// <summary>What really goes over the wire, to a small server on loopback.</summary>
public sealed class GatewayWireTests
{
    private sealed record Heard(string Line, Dictionary<string, string> Headers, byte[] Body)
    {
        internal bool IsPacked => Headers.GetValueOrDefault("Content-Encoding") == "gzip";

        internal JsonElement Json()
        {
            using var unpacked = IsPacked ? new GZipStream(new MemoryStream(Body), CompressionMode.Decompress) : (Stream)new MemoryStream(Body);
            using var document = JsonDocument.Parse(unpacked);
            return document.RootElement.Clone();
        }
    }

    [Fact]
    public async Task A_reservation_is_packed_and_has_every_member()
    {
        using var questions = new Questions();
        var heard = await AskAsync("reserve", questions);
        Assert.Equal("POST /api/v1/keygen/reserve", heard.Line);
        Assert.Equal(("application/json", "gzip", "application/json"), (heard.Headers["Accept"], heard.Headers["Accept-Encoding"], heard.Headers["Content-Type"]));
        Assert.True(heard.IsPacked);
        var body = heard.Json();
        Assert.Equal(
            ["keygen_session_id", "coordinator_user_id", "expected_participants", "timeout_secs", "max_signing_sessions", "encrypted_taproot_tweak", "subset_definitions"],
            body.EnumerateObject().Select(member => member.Name));
        Assert.Equal("019baa05-190c-7a93-bd97-b4ea88020d88", body.Text("keygen_session_id"));
        Assert.Equal(3_600, body.GetProperty("timeout_secs").GetInt64());
        Assert.Equal(JsonValueKind.Null, body.GetProperty("max_signing_sessions").ValueKind);
        Assert.Equal("{\"type\":\"none\"}", Open(questions, EnvelopeContext.TaprootTweak, body.Text("encrypted_taproot_tweak")));
        Assert.Equal(2, body.GetProperty("subset_definitions")[0].GetProperty("participants").GetArrayLength());
    }

    [Fact]
    public async Task Initialisation_gives_secret_and_key_to_the_enclave_alone()
    {
        using var questions = new Questions();
        var heard = await AskAsync("initialize", questions);
        Assert.Equal("POST /api/v1/keygen/019baa05-190c-7a93-bd97-b4ea88020d88/initialize", heard.Line);
        var body = heard.Json();
        Assert.Equal(questions.Key.PublicKey.ToBytes(), Numbers(body, "coordinator_pubkey"));
        Assert.Equal(questions.Secret.PublicKey.ToBytes(), Numbers(body, "session_public_key"));
        Assert.Equal(questions.Key.ToBytes(), EnclaveBox.TryDecrypt(questions.Enclave, body.Text("coordinator_encrypted_private_key")));
        Assert.Equal(questions.Secret.ToBytes(), EnclaveBox.TryDecrypt(questions.Enclave, body.Text("encrypted_session_secret")));
        Assert.Equal(3, body.GetProperty("enclave_key_epoch").GetInt32());
        Assert.Equal(
            $$"""{"coordinator_pubkey":[{{string.Join(',', questions.Key.PublicKey.ToBytes())}}],"aggregate_pubkey":null}""",
            Open(questions, EnvelopeContext.KeygenSession, body.Text("encrypted_session_data")));
        var enclaveData = Encoding.UTF8.GetString(EnclaveBox.TryDecrypt(questions.Enclave, body.Text("encrypted_enclave_data"))!);
        Assert.Equal($$"""{"coordinator_private_key":"{{body.Text("coordinator_encrypted_private_key")}}","session_secret":"{{questions.Secret.ToHex()}}"}""", enclaveData);
    }

    [Fact]
    public async Task A_registration_is_signed_for_the_session()
    {
        using var questions = new Questions();
        var heard = await AskAsync("register", questions);
        Assert.Equal("POST /api/v1/keygen/019baa05-190c-7a93-bd97-b4ea88020d88/participants", heard.Line);
        Assert.NotNull(SessionHeader.Verify(questions.Secret.PublicKey, questions.Plan.Session, heard.Headers["X-Session-Signature"]));
        var body = heard.Json();
        Assert.Equal(questions.Key.ToBytes(), EnclaveBox.TryDecrypt(questions.Enclave, body.Text("encrypted_private_key")));
        Assert.Equal(questions.Me.AuthPublicKey.ToBytes(), Numbers(body, "auth_pubkey"));
        Assert.Equal(KeyAnswers.Envelopes.GetProperty("symmetric")[3].Text("text"),
            Open(questions, EnvelopeContext.KeygenParticipantSession, body.Text("encrypted_session_data")));
        Assert.Equal((questions.Enclave.PublicKey.ToHex(), 3), (body.Text("enclave_public_key"), body.GetProperty("enclave_key_epoch").GetInt32()));
        Assert.False(body.GetProperty("require_signing_approval").GetBoolean());
    }

    [Fact]
    public async Task An_order_shows_and_encrypts_the_same_message_and_only_single_adaptors()
    {
        using var questions = new Questions();
        var heard = await AskAsync("sign", questions);
        Assert.Equal("POST /api/v1/signing", heard.Line);
        Assert.NotNull(SessionHeader.Verify(questions.Secret.PublicKey, questions.Plan.Session, heard.Headers["X-Session-Signature"]));
        var items = heard.Json().GetProperty("batch_items");
        Assert.Equal(2, items.GetArrayLength());
        foreach (var (item, asked) in items.EnumerateArray().Zip(questions.Order.Items))
        {
            var mode = item.GetProperty("signing_mode");
            Assert.Equal(asked.Message32, Numbers(item, "message_hash"));
            Assert.Equal(Hex.Encode(asked.Message32), Open(questions, EnvelopeContext.SessionData, mode.Text("encrypted_message")));
            Assert.Equal("{\"type\":\"none\"}", Open(questions, EnvelopeContext.SessionData, item.Text("encrypted_taproot_tweak")));
            Assert.Equal(asked.Adaptor is null ? "regular" : "adaptor", mode.Text("type"));
            Assert.Equal(asked.Adaptor is not null, mode.TryGetProperty("encrypted_adaptor_configs", out var configs));
            if (asked.Adaptor is { } point)
            {
                Assert.Equal(
                    $$"""[{"adaptor_id":"{{asked.Id}}","adaptor_type":"Single","adaptor_points":["{{point.ToHex()}}"],"hints":null}]""",
                    Open(questions, EnvelopeContext.AdaptorConfigs, configs.GetString()!));
            }
        }

        Assert.Equal(JsonValueKind.Null, items[0].GetProperty("subset_id").ValueKind);
        Assert.Equal("019baa05-190c-7a93-bd97-b4bfa6f6cd3c", items[1].Text("subset_id"));
    }

    [Fact]
    public async Task Status_and_approval_are_signed_by_the_user_and_approval_has_no_body()
    {
        using var questions = new Questions();
        foreach (var (name, line) in new[] { ("signing", "GET /api/v1/signing/{0}/status/{1}"), ("approve", "POST /api/v1/signing/{0}/approve/{1}") })
        {
            var heard = await AskAsync(name, questions);
            var (signing, user) = (UuidText.Of(KeyAnswers.SigningSession), UuidText.Of(KeyAnswers.User));
            Assert.Equal(string.Format(System.Globalization.CultureInfo.InvariantCulture, line, signing, user), heard.Line);
            Assert.NotNull(ParticipantAuth.Verify(questions.Me.AuthPublicKey, signing, user, heard.Headers["X-User-Signature"]));
            Assert.Empty(heard.Body);
        }
    }

    [Fact]
    public async Task Reads_ask_where_the_specification_says()
    {
        using var questions = new Questions();
        foreach (var (name, line) in new[]
        {
            ("version", "/version"), ("enclaves", "/enclaves"), ("enclave", "/enclaves/1/public-key"),
            ("slots", "/keygen/019baa05-190c-7a93-bd97-b4ea88020d88/slots"), ("keygen", "/keygen/019baa05-190c-7a93-bd97-b4ea88020d88/status"),
        })
        {
            Assert.Equal($"GET /api/v1{line}", (await AskAsync(name, questions)).Line);
        }
    }

    [Fact]
    public void Bodies_are_written_back_as_they_were_read()
    {
        using var questions = new Questions();
        var answers = GoodAnswers.Of(questions);
        var version = JsonSerializer.Deserialize(answers["version"], KeymeldJson.Default.VersionBody)!;
        Assert.Equal(answers["version"], JsonSerializer.Serialize(version, KeymeldJson.Default.VersionBody));
        var register = JsonSerializer.Deserialize(answers["register"], KeymeldJson.Default.RegisterAnswer)!;
        Assert.Equal(answers["register"], JsonSerializer.Serialize(register, KeymeldJson.Default.RegisterAnswer));
        var initialize = JsonSerializer.Deserialize(answers["initialize"], KeymeldJson.Default.InitializeAnswer)!;
        Assert.Equal(answers["initialize"], JsonSerializer.Serialize(initialize, KeymeldJson.Default.InitializeAnswer));
        var slots = JsonSerializer.Deserialize(answers["slots"], KeymeldJson.Default.SlotsAnswer)!;
        Assert.Equal(answers["slots"], JsonSerializer.Serialize(slots, KeymeldJson.Default.SlotsAnswer));
        var signing = JsonSerializer.Deserialize(answers["signing"], KeymeldJson.Default.SigningStatusAnswer)!;
        Assert.Equal(answers["signing"], JsonSerializer.Serialize(signing, KeymeldJson.Default.SigningStatusAnswer));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize("{\"keygen_session_id\":null}", KeymeldJson.Default.ReserveRequest));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize("{\"batch_item_id\":\"x\"}", KeymeldJson.Default.SigningRequest));
        var tweak = """{"type":"plain_tweak","tweak":[1,2]}""";
        Assert.Equal(tweak, JsonSerializer.Serialize(JsonSerializer.Deserialize(tweak, KeymeldJson.Default.TaprootTweakText)!, KeymeldJson.Default.TaprootTweakText));
    }

    private static string Open(Questions questions, string context, string envelope)
        => Encoding.UTF8.GetString(SymmetricEnvelope.TryDecrypt(questions.Secret, context, envelope)!);

    private static byte[] Numbers(JsonElement body, string name) => [.. body.GetProperty(name).EnumerateArray().Select(number => number.GetByte())];

    private static async Task<Heard> AskAsync(string name, Questions questions)
    {
        var heard = new ConcurrentQueue<Heard>();
        var answer = Encoding.UTF8.GetBytes(GoodAnswers.Of(questions)[name]);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var server = builder.Build();
        server.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            var headers = context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
            heard.Enqueue(new Heard($"{context.Request.Method} {context.Request.Path}", headers, body.ToArray()));
            context.Response.Headers.ContentEncoding = "gzip";
            await using var packed = new GZipStream(context.Response.Body, CompressionLevel.Fastest);
            await packed.WriteAsync(answer);
        });
        await server.StartAsync();
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        using var http = new HttpClient(handler);
        var options = new KeymeldOptions { BaseAddress = new Uri(server.Urls.Single() + "///") };
        Assert.Equal("Done", await questions.All().Single(question => question.Name == name).Ask(new HttpKeymeldGateway(http, options, TimeProvider.System)));
        await server.StopAsync();
        return Assert.Single(heard);
    }
}
