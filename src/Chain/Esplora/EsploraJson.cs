using System.Globalization;
using System.Text.Json;
using Coordinator.Bitcoin;

namespace Coordinator.Chain;

/// <summary>One block as the server lists it.</summary>
internal sealed record BlockSummary(BlockHash Id, int Height, long Time, BlockHash? Previous);

/// <summary>One transaction of a script's history.</summary>
internal sealed record HistoryEntry(Txid Txid, TransactionStatus Status, IReadOnlyList<OutPoint> Spends, IReadOnlyList<TxOut> Outputs)
{
    public bool IsCoinbase => Spends is [{ } only] && only.Txid == default;
}

/// <summary>One answer of the outspend route.</summary>
internal sealed record Outspend(Txid Txid, int Vin, TransactionStatus Status);

/// <summary>Reads the server's JSON. Anything unexpected is an <see cref="EsploraFormatException"/> that names the member.</summary>
internal static class EsploraJson
{
    private const int MostElements = 100_000;

    public static IReadOnlyList<BlockSummary> Blocks(HttpReply reply) => Read(Found(reply), root => Elements(root, "blocks").Select(Block).ToList());

    public static TransactionStatus StatusOfTransaction(HttpReply reply, Txid expected) => reply.IsOk
        ? Read(reply, root => Id(root, "txid") == expected ? Status(Member(root, "status")) : throw new EsploraFormatException("another transaction"))
        : new TransactionStatus.Unknown();

    public static Outspend? Outspend(HttpReply reply) => reply.IsOk
        ? Read(reply, root => Flag(root, "spent")
            ? new Outspend(Id(root, "txid"), (int)Number(root, "vin", int.MaxValue), Status(Member(root, "status")))
            : null)
        : null;

    public static IReadOnlyList<HistoryEntry> History(HttpReply reply) => Read(Found(reply), root => Elements(root, "transactions").Select(Entry).ToList());

    public static IReadOnlyList<KeyValuePair<int, FeeRate>> FeeEstimates(HttpReply reply) => Read(Found(reply), root =>
    {
        var rates = new List<KeyValuePair<int, FeeRate>>();
        foreach (var member in root.ValueKind == JsonValueKind.Object ? root.EnumerateObject() : throw new EsploraFormatException("no object of fee estimates"))
        {
            if (int.TryParse(member.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var target) && target is >= 1 and <= 10_000
                && member.Value.ValueKind == JsonValueKind.Number && member.Value.TryGetDouble(out var rate) && rate is >= 0 and < 1e9)
            {
                rates.RemoveAll(pair => pair.Key == target);
                rates.Add(new(target, FeeRate.FromSatPerVbyteCeiling(rate)));
            }
        }

        return (IReadOnlyList<KeyValuePair<int, FeeRate>>)rates;
    });

    /// <summary>The message of a package submission and every error text in it.</summary>
    public static (string Message, IReadOnlyList<string> Errors) Package(HttpReply reply) => Read(reply, root =>
    {
        var errors = new List<string>();
        if (root.TryGetProperty("tx-results", out var results) && results.ValueKind == JsonValueKind.Object)
        {
            errors.AddRange(results.EnumerateObject()
                .Where(result => result.Value.ValueKind == JsonValueKind.Object && result.Value.TryGetProperty("error", out _))
                .Select(result => Text(result.Value, "error")));
        }

        return (Text(root, "package_msg"), (IReadOnlyList<string>)errors);
    });

    private static T Read<T>(HttpReply reply, Func<JsonElement, T> read)
    {
        try
        {
            using var document = JsonDocument.Parse(reply.Body, new JsonDocumentOptions { MaxDepth = 16 });
            return read(document.RootElement);
        }
        catch (Exception malformed) when (malformed is JsonException or BitcoinFormatException or InvalidOperationException)
        {
            throw new EsploraFormatException($"malformed JSON: {malformed.Message}");
        }
    }

    private static HttpReply Found(HttpReply reply) => reply.IsOk ? reply : throw new EsploraFormatException(EsploraTransport.Brief(reply));

    private static BlockSummary Block(JsonElement block) => new(
        Hash(block, "id"),
        (int)Number(block, "height", int.MaxValue),
        Number(block, "timestamp", uint.MaxValue),
        block.TryGetProperty("previousblockhash", out var previous) && previous.ValueKind == JsonValueKind.String
            ? BlockHash.TryParseDisplay(previous.GetString()) ?? throw new EsploraFormatException("previousblockhash is not a hash")
            : null);

    private static HistoryEntry Entry(JsonElement transaction) => new(
        Id(transaction, "txid"),
        Status(Member(transaction, "status")),
        Elements(Member(transaction, "vin"), "vin").Select(input => new OutPoint(Id(input, "txid"), (uint)Number(input, "vout", uint.MaxValue))).ToList(),
        Elements(Member(transaction, "vout"), "vout").Select(Output).ToList());

    private static TxOut Output(JsonElement output) => new(
        Satoshis.Of(Number(output, "value", Satoshis.MaxValue)),
        Hex.TryDecode(Text(output, "scriptpubkey"), out var script) ? new Script(script) : throw new EsploraFormatException("scriptpubkey is not hexadecimal"));

    private static TransactionStatus Status(JsonElement status) => Flag(status, "confirmed")
        ? new TransactionStatus.Confirmed(
            (int)Number(status, "block_height", int.MaxValue),
            Hash(status, "block_hash"),
            DateTimeOffset.FromUnixTimeSeconds(Number(status, "block_time", uint.MaxValue)))
        : new TransactionStatus.InMempool();

    private static List<JsonElement> Elements(JsonElement array, string name)
        => array.ValueKind == JsonValueKind.Array && array.GetArrayLength() <= MostElements
            ? [.. array.EnumerateArray()]
            : throw new EsploraFormatException($"{name} is not an array of reasonable length");

    private static JsonElement Member(JsonElement parent, string name)
        => parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var member)
            ? member
            : throw new EsploraFormatException($"no member {name}");

    private static bool Flag(JsonElement parent, string name) => Member(parent, name).ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw new EsploraFormatException($"{name} is not true or false"),
    };

    private static long Number(JsonElement parent, string name, long most)
        => Member(parent, name) is { ValueKind: JsonValueKind.Number } member && member.TryGetInt64(out var value) && value >= 0 && value <= most
            ? value
            : throw new EsploraFormatException($"{name} is not a whole number from 0 to {most}");

    private static string Text(JsonElement parent, string name)
        => Member(parent, name) is { ValueKind: JsonValueKind.String } member ? member.GetString()! : throw new EsploraFormatException($"{name} is not a text");

    private static Txid Id(JsonElement parent, string name)
        => Txid.TryParseDisplay(Text(parent, name)) ?? throw new EsploraFormatException($"{name} is not a txid");

    private static BlockHash Hash(JsonElement parent, string name)
        => BlockHash.TryParseDisplay(Text(parent, name)) ?? throw new EsploraFormatException($"{name} is not a block hash");
}
