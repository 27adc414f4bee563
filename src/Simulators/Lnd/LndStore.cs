namespace Coordinator.Simulators.Lnd;

/// <summary>The model's document in a folder, replaced as a whole so that a kill leaves the old or the new one.</summary>
internal sealed class LndStore(string folder)
{
    private string DocumentPath => Path.Combine(folder, "lnd.json");

    /// <summary>The stored document, or null in a new folder.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public LndDocument? Load() => File.Exists(DocumentPath) ? LndDocument.FromJson(File.ReadAllBytes(DocumentPath)) : null;

    public void Save(LndDocument document) => WriteAtomically(DocumentPath, document.ToJson());

    public static void WriteAtomically(string path, byte[] bytes)
    {
        var temporary = path + ".new";
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
