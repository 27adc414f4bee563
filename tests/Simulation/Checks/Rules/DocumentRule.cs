using System.Text.Json;
using Coordinator.Grains;

namespace Coordinator.Simulation;

/// <summary>What is on the disk can be read again and says the same.</summary>
internal sealed class DocumentRule(Evidence evidence) : Rule(evidence)
{
    private const int EveryOther = 16;
    private int _writes;

    public override string Name => "documents";

    internal override void OnDocument(Guid id, CompetitionDocument? before, CompetitionDocument after)
    {
        if (before?.State?.GetType() != after.State?.GetType() || ++_writes % EveryOther == 0)
        {
            CheckReads(id.ToString(), after);
        }
    }

    internal override void OnWallet(WalletDocument? before, WalletDocument after) => CheckReads("wallet", after);

    internal override void OnEnd()
    {
        foreach (var (id, document) in Evidence.Documents)
        {
            CheckReads(id.ToString(), document);
        }
    }

    private void CheckReads<T>(string name, T document)
    {
        var (written, again) = ("", "");
        try
        {
            written = JsonSerializer.Serialize(document, DocumentJson.Options);
            again = JsonSerializer.Serialize(JsonSerializer.Deserialize<T>(written, DocumentJson.Options), DocumentJson.Options);
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException or NotSupportedException)
        {
            again = unreadable.Message;
        }

        Check(written == again, () => $"the document of {name} reads as {again} after it was written as {written}");
    }
}
