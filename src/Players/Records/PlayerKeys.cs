using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Coordinator.Bitcoin;

namespace Coordinator.Players.Records;

/// <summary>A player's keys, all from one root: its Nostr identity, the entry's key, its wallet's key and where its money goes on chain.</summary>
internal sealed class PlayerKeys : IDisposable
{
    private const int RootSize = 32;

    private readonly Func<string, byte[]> _derive;

    /// <summary>Of a demo player: from a number that is no secret.</summary>
    public PlayerKeys(ulong seed, int player)
        : this(purpose => SHA256.HashData(Encoding.UTF8.GetBytes($"demo player {player} of seed {seed}: {purpose}")), "entry", Network.Regtest)
    {
    }

    private PlayerKeys(Func<string, byte[]> derive, string entry, Network network)
    {
        _derive = derive;
        (Identity, Entry, Wallet) = (Derive("identity"), Derive(entry), Derive("chain"));
        Destination = Address.PayToTaproot(Wallet.XOnly, network);
    }

    public SecretKey Identity { get; }

    public SecretKey Entry { get; }

    /// <summary>Opens what claims on chain bring.</summary>
    public SecretKey Wallet { get; }

    /// <summary>Where claims on chain go where nothing else is said.</summary>
    public Address Destination { get; }

    /// <summary>Of a player with real money: identity and wallet are the same in every competition, the entry's key is another one in each.</summary>
    /// <param name="root">32 secret bytes.</param>
    public static PlayerKeys Of(byte[] root, int player, Guid competition, Network network)
        => new(
            purpose => HMACSHA256.HashData(root, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"player {player}: {purpose}"))),
            $"entry of {competition}", network);

    /// <summary>The root in a file: 64 hex digits.</summary>
    /// <exception cref="InvalidDataException">The file holds something else.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static byte[] ReadRoot(string file)
    {
        var text = File.ReadAllText(file).Trim();
        return text.Length == 2 * RootSize && text.All(char.IsAsciiHexDigit) ? Convert.FromHexString(text) : throw new InvalidDataException($"{file} is no seed: it has 64 hex digits");
    }

    /// <summary>A choice below <paramref name="below"/>, fixed by the root.</summary>
    public int Choose(string what, int below) => (int)(BinaryPrimitives.ReadUInt32BigEndian(_derive(what)) % (uint)below);

    public void Dispose()
    {
        Identity.Dispose();
        Entry.Dispose();
        Wallet.Dispose();
    }

    private SecretKey Derive(string purpose) => SecretKey.From(_derive(purpose));
}
