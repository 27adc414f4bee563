using Coordinator.Bitcoin;
using Coordinator.Grains;

namespace Coordinator.Cluster.Tests;

/// <summary>Every secret of a world that a test can know: what was drawn as one, what was derived, and what was sealed.</summary>
internal sealed class KnownSecrets
{
    public SecretSearch Search { get; } = new();

    /// <summary>Keys, preimages and session secrets are 32 bytes; ids are shorter.</summary>
    public void Draw(byte[] drawn)
    {
        if (drawn.Length == 32)
        {
            Search.Add($"drawn number {Search.Count}", drawn);
        }
    }
}

/// <summary>The service's secrets, each written down as it is used.</summary>
internal sealed class ToldSecrets(ISecrets inner, KnownSecrets known) : ISecrets
{
    public SecretKey MarketMakerKey(Guid competition) => Told("market maker's key", inner.MarketMakerKey(competition));

    public SecretKey EscrowKey(Guid competition) => Told("escrow key", inner.EscrowKey(competition));

    public SecretKey KeymeldIdentity() => Told("identity at the gateway", inner.KeymeldIdentity());

    public string Seal(string purpose, ReadOnlySpan<byte> secret32)
    {
        var text = inner.Seal(purpose, secret32);
        known.Search.Add($"sealed {purpose}", text);
        return text;
    }

    public byte[] Open(string purpose, string sealedText) => inner.Open(purpose, sealedText);

    private SecretKey Told(string name, SecretKey key)
    {
        known.Search.Add(name, key.ToBytes());
        return key;
    }
}
