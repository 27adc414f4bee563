using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Coordinator.Bitcoin;

namespace Coordinator.Players.Records;

/// <summary>A demo player's keys, all from the seed: its Nostr identity, the entry's key and where its money goes on chain.</summary>
internal sealed class PlayerKeys : IDisposable
{
    private readonly string _name;

    public PlayerKeys(ulong seed, int player)
    {
        _name = $"demo player {player} of seed {seed}";
        Identity = Derive("identity");
        Entry = Derive("entry");
        using var chain = Derive("chain");
        Destination = Address.PayToTaproot(chain.XOnly, Network.Regtest);
    }

    public SecretKey Identity { get; }

    public SecretKey Entry { get; }

    /// <summary>Where claims on chain go.</summary>
    public Address Destination { get; }

    /// <summary>A choice below <paramref name="below"/>, fixed by the seed.</summary>
    public int Choose(string what, int below)
        => (int)(BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{_name}: {what}"))) % (uint)below);

    public void Dispose()
    {
        Identity.Dispose();
        Entry.Dispose();
    }

    private SecretKey Derive(string purpose) => SecretKey.From(SHA256.HashData(Encoding.UTF8.GetBytes($"{_name}: {purpose}")));
}
