namespace Coordinator.Lightning;

/// <summary>The macaroon's hex, read from its file once and again after it was refused. Never printed.</summary>
internal sealed class MacaroonFile(string path)
{
    private volatile string? _hex;

    /// <summary>Lower-case hex of the file's bytes.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public string Hex() => _hex ??= Convert.ToHexStringLower(File.ReadAllBytes(path));

    /// <summary>The next call reads the file again.</summary>
    public void Forget() => _hex = null;
}
