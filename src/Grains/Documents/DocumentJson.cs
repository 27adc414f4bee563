using System.Text.Json;
using System.Text.Json.Serialization;
using Coordinator.Bitcoin;

namespace Coordinator.Grains;

/// <summary>How documents are written: snake_case members, tags for states and effects, no CLR names.</summary>
public static class DocumentJson
{
    public static JsonSerializerOptions Options { get; } = Create();

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            RespectNullableAnnotations = true,
        };
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower));
        options.AddBitcoin();
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
