using System.Collections.Immutable;
using System.Net;
using System.Text;
using Coordinator.Bitcoin;

namespace Coordinator.Keymeld.Tests;

/// <summary>A gateway that answers what a test tells it, without a wire, and remembers what it was asked.</summary>
internal sealed class ScriptedGateway(Func<HttpRequestMessage, int, HttpResponseMessage> answer) : HttpMessageHandler
{
    internal const string Address = "http://127.0.0.1:9/";

    private readonly List<(string Line, string? Proof)> _asked = [];

    internal IReadOnlyList<(string Line, string? Proof)> Asked => _asked;

    internal static ScriptedGateway Says(int status, string body) => new((_, _) => Text(status, body));

    internal static HttpResponseMessage Text(int status, string body)
        => new((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

    internal HttpKeymeldGateway Client(TimeProvider? clock = null, Func<KeymeldOptions, KeymeldOptions>? change = null)
        => new(Http(), Options(change), clock ?? TimeProvider.System);

    internal KeymeldConnection Connection() => new(Http(), Options(null), TimeProvider.System);

    internal static KeymeldOptions Options(Func<KeymeldOptions, KeymeldOptions>? change)
    {
        var options = new KeymeldOptions { BaseAddress = new Uri(Address), ReadRetryDelay = TimeSpan.Zero };
        return change?.Invoke(options) ?? options;
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var proof = new[] { SessionHeader.Name, ParticipantAuth.HeaderName }
            .Select(name => request.Headers.TryGetValues(name, out var values) ? values.Single() : null).FirstOrDefault(value => value is not null);
        _asked.Add(($"{request.Method} {request.RequestUri!.AbsolutePath}", proof));
        return Task.FromResult(answer(request, _asked.Count));
    }

    private HttpClient Http() => new(this, disposeHandler: false);
}

/// <summary>Questions to ask, all about the session of the known answers.</summary>
internal sealed class Questions : IDisposable
{
    internal SessionSecret Secret { get; } = KeyAnswers.Secret();

    internal SecretKey Key { get; } = KeyAnswers.UserKey();

    internal SecretKey Enclave { get; } = KeyAnswers.Key(0x11);

    internal KeymeldParticipant Me { get; }

    internal KeygenPlan Plan { get; } = new(
        KeyAnswers.KeygenSession, KeyAnswers.CoordinatorUser, [KeyAnswers.CoordinatorUser, KeyAnswers.User], TimeSpan.FromHours(1), null,
        [new SubsetDefinition(Guid.Parse("019baa05-190c-7a93-bd97-b4bfa6f6cd3c"), [KeyAnswers.CoordinatorUser, KeyAnswers.User])]);

    internal EnclaveKey EnclaveKey => new(1, Enclave.PublicKey, 3, true);

    internal KeygenReservation Reservation => new(Plan.Session, EnclaveKey, DateTimeOffset.UnixEpoch);

    internal SigningOrder Order { get; }

    internal Questions()
    {
        Me = new KeymeldParticipant(KeyAnswers.KeygenSession, KeyAnswers.User, Key);
        var message = Hex.Decode(KeyAnswers.Input("message"));
        var point = PublicKey.Parse(KeyAnswers.MuSig.GetProperty("adaptor").Text("point"));
        Order = new SigningOrder(
            KeyAnswers.SigningSession, Plan.Session, TimeSpan.FromSeconds(300),
            [
                new RemoteItem(Guid.Parse("019baa09-0000-7000-8000-000000000001"), message, null, null),
                new RemoteItem(Guid.Parse("019baa09-0000-7000-8000-000000000002"), message, point, Plan.Subsets[0].Id),
            ]);
    }

    internal SeatRegistration Seat()
    {
        var (encrypted, auth) = SeatKeys.Prepare(Key, Plan.Session, Enclave.PublicKey);
        return new(Plan.Session, KeyAnswers.User, encrypted, Key.PublicKey, PublicKey.Parse(auth), EnclaveKey, false);
    }

    /// <summary>Every question with its name; each answers its case and, for Done, nothing more.</summary>
    internal IEnumerable<(string Name, bool IsRead, Func<IKeymeldGateway, Task<string>> Ask)> All()
    {
        yield return ("version", true, async gateway => Case(await gateway.GetVersionAsync(default)));
        yield return ("enclaves", true, async gateway => Case(await gateway.GetEnclavesAsync(default)));
        yield return ("enclave", true, async gateway => Case(await gateway.GetEnclaveAsync(1, default)));
        yield return ("reserve", false, async gateway => Case(await gateway.ReserveAsync(Plan, Secret, default)));
        yield return ("initialize", false, async gateway => Case(await gateway.InitializeAsync(Plan, Reservation, Key, Secret, default)));
        yield return ("slots", true, async gateway => Case(await gateway.GetSlotsAsync(Plan.Session, Secret, default)));
        yield return ("register", false, async gateway => Case(await gateway.RegisterAsync(Seat(), Secret, default)));
        yield return ("keygen", true, async gateway => Case(await gateway.GetKeygenAsync(Plan.Session, Secret, default)));
        yield return ("sign", false, async gateway => Case(await gateway.StartSigningAsync(Order, Secret, default)));
        yield return ("signing", true, async gateway => Case(await gateway.GetSigningAsync(KeyAnswers.SigningSession, Me, Secret, default)));
        yield return ("approve", false, async gateway => Case(await gateway.ApproveAsync(KeyAnswers.SigningSession, Me, default)));
    }

    public void Dispose()
    {
        Me.Dispose();
        Secret.Dispose();
        Key.Dispose();
        Enclave.Dispose();
    }

    private static string Case<T>(KeymeldAnswer<T> answer) => answer.GetType().Name;
}

/// <summary>Good answers to the questions, as a gateway writes them.</summary>
internal static class GoodAnswers
{
    private const string Ids = "\"keygen_session_id\":\"019baa05-190c-7a93-bd97-b4ea88020d88\"";

    internal static ImmutableDictionary<string, string> Of(Questions questions)
    {
        var point = questions.Enclave.PublicKey.ToHex();
        var numbers = string.Join(',', questions.Secret.PublicKey.ToBytes());
        var known = KeyAnswers.Envelopes.GetProperty("symmetric");
        var (aggregate, subset, plain) = (known[5].Text("envelope"), known[6].Text("envelope"), known[7].Text("envelope"));
        var enclave = $$"""{"enclave_id":1,"public_key":"{{point}}","attestation_document":"","healthy":true,"key_epoch":3""";
        return new Dictionary<string, string>
        {
            ["version"] = """{"service":"KeyMeld Gateway","version":"0.1.0","api_version":"v1","features":{"service_participation":true,"user_authentication":true,"enclave_isolation":true}}""",
            ["enclaves"] = $$"""{"enclaves":[{{enclave}},"active_sessions":1,"uptime_seconds":3600,"key_generation_time":1761000000,"last_health_check":1761003600}],"total_enclaves":1,"healthy_enclaves":1}""",
            ["enclave"] = $$"""{{enclave}},"pcr_measurements":{},"timestamp":1761003600}""",
            ["reserve"] = $$"""{{{Ids}},"coordinator_enclave_id":2,"coordinator_public_key":"{{point}}","coordinator_key_epoch":1,"expected_participants":2,"expires_at":1761007200}""",
            ["initialize"] = $$"""{{{Ids}},"status":"collecting_participants","session_secret":"00","session_public_key":[{{numbers}}]}""",
            ["slots"] = """{"session_id":"019baa05-190c-7a93-bd97-b4ea88020d88","available_slots":[{"user_id":"019baa05-1835-7713-8b69-a0e92b0e6c7a","enclave_id":0,"signer_index":0,"claimed":false}],"total_slots":4,"claimed_slots":1}""",
            ["register"] = $$"""{{{Ids}},"user_id":"019baa05-1835-7713-8b69-a0e92b0e6c7a","status":"collecting_participants","participants_registered":2,"expected_participants":4,"signer_index":1,"assigned_enclave_id":0,"require_signing_approval":false}""",
            ["keygen"] = $$"""{{{Ids}},"status":"completed","expected_participants":2,"registered_participants":2,"aggregate_public_key":"{{aggregate}}","expires_at":0,"encrypted_subset_aggregates":{"019baa05-190c-7a93-bd97-b4bfa6f6cd3c":"{{subset}}"} }""",
            ["sign"] = $$"""{"signing_session_id":"019baa07-2b4e-7c11-8f02-1a2b3c4d5e6f",{{Ids}},"status":"collecting_participants","participants_count":2,"expires_at":1761000300}""",
            ["signing"] = $$"""{"signing_session_id":"019baa07-2b4e-7c11-8f02-1a2b3c4d5e6f",{{Ids}},"status":"completed","participants_registered":2,"expected_participants":2,"expires_at":1761000300,"participants_requiring_approval":[],"approved_participants":[],"batch_results":[{"batch_item_id":"019baa09-0000-7000-8000-000000000001","signature":"{{plain}}","adaptor_signatures":null,"error":null},{"batch_item_id":"019baa09-0000-7000-8000-000000000002","signature":null,"adaptor_signatures":null,"error":"no"}]}""",
            ["approve"] = "",
        }.ToImmutableDictionary();
    }
}

/// <summary>splitmix64: the same seed gives the same numbers everywhere.</summary>
internal sealed class SplitMix(ulong seed)
{
    private ulong _state = seed;

    internal int Below(int count)
    {
        unchecked
        {
            var z = _state += 0x9e3779b97f4a7c15;
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
            z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
            return (int)((z ^ (z >> 31)) % (ulong)count);
        }
    }
}
