using System.Text.Json.Serialization;

namespace Coordinator.Chain;

/// <summary>The JSON this project writes.</summary>
[JsonSerializable(typeof(string[]))]
internal sealed partial class ChainJson : JsonSerializerContext;
