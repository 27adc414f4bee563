using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Coordinator.Keymeld;
using Coordinator.Keymeld.Wire;

namespace Coordinator.Simulators.Keymeld;

/// <summary>A request, however it came.</summary>
/// <param name="Method">GET or POST.</param>
/// <param name="Path">With <c>/api/v1</c>.</param>
/// <param name="Header">A header's value by its name; null: it is missing.</param>
/// <param name="ContentType">Null: none.</param>
/// <param name="Body">Unpacked.</param>
internal sealed record KeymeldCall(string Method, string Path, Func<string, string?> Header, string? ContentType, byte[] Body);

/// <summary>An answer, however it goes.</summary>
internal sealed record KeymeldReply(int Status, byte[] Body, string ContentType)
{
    internal static KeymeldReply Empty(int status) => new(status, [], "");

    internal static KeymeldReply Text(int status, string text) => new(status, Encoding.UTF8.GetBytes(text), "text/plain; charset=utf-8");

    internal static KeymeldReply Json<T>(T body, JsonTypeInfo<T> type, int status = 200)
        => new(status, JsonSerializer.SerializeToUtf8Bytes(body, type), "application/json");

    internal static KeymeldReply Error(int status, string type, string message, DateTimeOffset now) => Json(
        new ErrorAnswer(
            new ErrorDetail(type, message, status),
            now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture)),
        KeymeldJson.Default.ErrorAnswer,
        status);
}

/// <summary>The gateway's routes and the forms of its answers, without a transport (keymeld.md §5 to §9): plain texts before a handler
/// runs, JSON errors from handlers.</summary>
internal sealed class KeymeldApi(KeymeldModel model)
{
    private const string Prefix = "/api/v1/";

    internal KeymeldReply Handle(KeymeldCall call, DateTimeOffset now)
    {
        try
        {
            if (!call.Path.StartsWith(Prefix, StringComparison.Ordinal))
            {
                return KeymeldReply.Empty(404);
            }

            return call.Path[Prefix.Length..].Split('/') switch
            {
                ["health"] => Get(call, () => KeymeldReply.Empty(model.IsHealthy ? 200 : 500)),
                ["health", "detail"] => Get(call, () => KeymeldReply.Json(model.Health(), KeymeldJson.Default.HealthDetailBody)),
                ["version"] => Get(call, () => KeymeldReply.Json(KeymeldModel.Version, KeymeldJson.Default.VersionBody)),
                ["enclaves"] => Get(call, () => KeymeldReply.Json(model.Enclaves(now), KeymeldJson.Default.EnclavesBody)),
                ["enclaves", var id, "public-key"] => Get(call, () => Enclave(id, now)),
                ["keygen", .. var rest] => Keygen(call, rest, now),
                ["signing", .. var rest] => Signing(call, rest, now),
                _ => KeymeldReply.Empty(404),
            };
        }
        catch (UnreadableException unreadable)
        {
            return KeymeldReply.Text(unreadable.Status, unreadable.Message);
        }
        catch (KeymeldRefusedException refused)
        {
            return KeymeldReply.Error(refused.Status, refused.Type, refused.Message, now);
        }
    }

    private KeymeldReply Keygen(KeymeldCall call, string[] rest, DateTimeOffset now) => rest switch
    {
        ["reserve"] => Post(call, () => KeymeldReply.Json(
            model.Reserve(Read(call, KeymeldJson.Default.ReserveRequest), now), KeymeldJson.Default.ReserveAnswer)),
        [var id, "initialize"] => Post(call, () => KeymeldReply.Json(
            model.Initialize(Id(id), Read(call, KeymeldJson.Default.InitializeRequest), now), KeymeldJson.Default.InitializeAnswer)),
        [var id, "slots"] => Get(call, () => KeymeldReply.Json(model.Slots(Id(id), now), KeymeldJson.Default.SlotsAnswer)),
        [var id, "participants"] => Post(call, () =>
        {
            var (session, header) = (Id(id), Header(call, SessionHeader.Name));
            var answer = model.Register(session, Read(call, KeymeldJson.Default.RegisterRequest), header, now);
            return KeymeldReply.Json(answer, KeymeldJson.Default.RegisterAnswer);
        }),
        [var id, "status"] => Get(call, () => KeymeldReply.Json(
            model.KeygenStatus(Id(id), Header(call, SessionHeader.Name), now), KeymeldJson.Default.KeygenStatusAnswer)),
        _ => KeymeldReply.Empty(404),
    };

    private KeymeldReply Signing(KeymeldCall call, string[] rest, DateTimeOffset now) => rest switch
    {
        [] => Post(call, () =>
        {
            var header = Header(call, SessionHeader.Name);
            var answer = model.CreateSigning(Read(call, KeymeldJson.Default.SigningRequest), header, now);
            return KeymeldReply.Json(answer, KeymeldJson.Default.SigningAnswer);
        }),
        [var id, "status", var user] => Get(call, () => KeymeldReply.Json(
            model.SigningStatus(Id(id), Id(user), Header(call, ParticipantAuth.HeaderName), now), KeymeldJson.Default.SigningStatusAnswer)),
        [var id, "approve", var user] => Post(call, () =>
        {
            model.Approve(Id(id), Id(user), Header(call, ParticipantAuth.HeaderName), now);
            return KeymeldReply.Empty(200);
        }),
        _ => KeymeldReply.Empty(404),
    };

    private KeymeldReply Enclave(string id, DateTimeOffset now)
        => uint.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var enclave)
            ? KeymeldReply.Json(model.PublicKeyOf(enclave, now), KeymeldJson.Default.EnclaveKeyBody)
            : throw new UnreadableException(400, "Invalid URL: the enclave id is not a number");

    private static KeymeldReply Get(KeymeldCall call, Func<KeymeldReply> run) => call.Method == "GET" ? run() : KeymeldReply.Empty(405);

    private static KeymeldReply Post(KeymeldCall call, Func<KeymeldReply> run) => call.Method == "POST" ? run() : KeymeldReply.Empty(405);

    private static Guid Id(string text) => UuidText.TryParse(text) ?? throw new UnreadableException(400, "Invalid URL: not a UUID");

    private static string Header(KeymeldCall call, string name)
        => call.Header(name) is { Length: > 0 } value ? value : throw new UnreadableException(400, $"Header `{name}` is missing");

    /// <summary>The body, or the framework's plain texts: 415 for another type, 400 for syntax, 422 for shape.</summary>
    private static T Read<T>(KeymeldCall call, JsonTypeInfo<T> type)
        where T : class
    {
        if (call.ContentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) != true)
        {
            throw new UnreadableException(415, "Expected request with `Content-Type: application/json`");
        }

        try
        {
            using var document = JsonDocument.Parse(call.Body, new JsonDocumentOptions { MaxDepth = 16 });
            try
            {
                return document.RootElement.Deserialize(type) ?? throw new JsonException("null");
            }
            catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
            {
                throw new UnreadableException(422, "Failed to deserialize the JSON body into the target type");
            }
        }
        catch (JsonException)
        {
            throw new UnreadableException(400, "Failed to parse the request body as JSON");
        }
    }

    private sealed class UnreadableException(int status, string message) : Exception(message)
    {
        internal int Status { get; } = status;
    }
}
