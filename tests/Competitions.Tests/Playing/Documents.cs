using System.Text.Json;
using System.Text.Json.Serialization;
using Coordinator.Bitcoin;

namespace Coordinator.Competitions.Tests;

/// <summary>States as the grain stores them: snake_case, tags, no unknown members.</summary>
internal static class Documents
{
    private static readonly JsonSerializerOptions Options = Create(indented: false);
    private static readonly JsonSerializerOptions Pretty = Create(indented: true);

    public static string Write(CompetitionState state) => JsonSerializer.Serialize(state, Options);

    public static string WritePretty(CompetitionState state) => JsonSerializer.Serialize(state, Pretty);

    public static CompetitionState Read(string json) => JsonSerializer.Deserialize<CompetitionState>(json, Options)!;

    public static string Write(Effect effect) => JsonSerializer.Serialize(effect, Options);

    public static Effect ReadEffect(string json) => JsonSerializer.Deserialize<Effect>(json, Options)!;

    private static JsonSerializerOptions Create(bool indented)
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            RespectNullableAnnotations = true,
            WriteIndented = indented,
        };
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower));
        options.AddBitcoin();
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
