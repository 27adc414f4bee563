using System.Diagnostics.CodeAnalysis;

namespace Coordinator.Bitcoin;

/// <summary>
/// An output script with its network, and its text: bech32 for witness version 0, bech32m for later versions (BIP-350), base58 for legacy
/// scripts. Equal by network and script.
/// </summary>
public sealed class Address : IEquatable<Address>
{
    private readonly string _text;

    private Address(Network network, Script script, string text)
    {
        Network = network;
        ScriptPubKey = script;
        _text = text;
    }

    public Network Network { get; }

    public Script ScriptPubKey { get; }

    /// <summary>The address of an output script, or null where it has none.</summary>
    public static Address? From(Script script, Network network)
    {
        var bytes = script.Bytes;
        if (WitnessProgram.TryFrom(script) is { } witness)
        {
            return witness.Version == 0 && !(witness.IsPubkeyHash || witness.IsScriptHash)
                ? null
                : new Address(network, script, EncodeSegwit(witness, network));
        }

        var (pubkeyHash, scriptHash) = network.LegacyPrefixes();
        return bytes switch
        {
            [0x76, 0xa9, 0x14, .. var hash, 0x88, 0xac] when hash.Length == 20
                => new(network, script, Base58.EncodeCheck([pubkeyHash, .. hash])),
            [0xa9, 0x14, .. var hash, 0x87] when hash.Length == 20
                => new(network, script, Base58.EncodeCheck([scriptHash, .. hash])),
            _ => null,
        };
    }

    /// <summary>The address of a key spent by key path only, without scripts (BIP-86).</summary>
    public static Address PayToTaproot(XOnlyPublicKey internalKey, Network network)
        => From(TaprootOutput.KeyOnly(internalKey).ScriptPubKey, network)!;

    /// <exception cref="BitcoinFormatException">Not an address, or one of another network; the message says which.</exception>
    public static Address Parse(string text, Network network)
    {
        var separator = text.LastIndexOf('1');
        var prefix = separator > 0 ? text[..separator].ToLowerInvariant() : "";
        return prefix is "bc" or "tb" or "bcrt" ? ParseSegwit(text, network) : ParseLegacy(text, network);
    }

    public static bool TryParse(
        string? text, Network network, [NotNullWhen(true)] out Address? address, [NotNullWhen(false)] out string? error)
    {
        try
        {
            (address, error) = (Parse(text ?? "", network), null);
            return true;
        }
        catch (BitcoinFormatException refusal)
        {
            (address, error) = (null, refusal.Message);
            return false;
        }
    }

    private static string EncodeSegwit(WitnessProgram witness, Network network) => Bech32.Encode(
        network.SegwitPrefix(),
        [(byte)witness.Version, .. Bech32.ToValues(witness.Program)],
        witness.Version == 0 ? Bech32Checksum.Bech32 : Bech32Checksum.Bech32m);

    private static Address ParseSegwit(string text, Network network)
    {
        var decoded = Bech32.Decode(text);
        if (!string.Equals(decoded.HumanReadablePart, network.SegwitPrefix(), StringComparison.Ordinal))
        {
            throw new BitcoinFormatException($"the address is not one of {network.Name()}");
        }

        if (decoded.Values is not [var version and <= 16, .. var values])
        {
            throw new BitcoinFormatException("the address has no witness version from 0 to 16");
        }

        if (decoded.Checksum != (version == 0 ? Bech32Checksum.Bech32 : Bech32Checksum.Bech32m))
        {
            throw new BitcoinFormatException($"an address of witness version {version} has the other kind of checksum");
        }

        var program = Bech32.ToBytes(values);
        if (program.Length is < 2 or > 40 || (version == 0 && program.Length is not (20 or 32)))
        {
            throw new BitcoinFormatException($"a witness program of version {version} is not {program.Length} bytes long");
        }

        var witness = new WitnessProgram(version, program);
        return new Address(network, witness.ToScript(), EncodeSegwit(witness, network));
    }

    private static Address ParseLegacy(string text, Network network)
    {
        var payload = Base58.DecodeCheck(text);
        if (payload.Length != 21)
        {
            throw new BitcoinFormatException($"a base58 address holds {payload.Length} bytes instead of 21");
        }

        var (pubkeyHash, scriptHash) = network.LegacyPrefixes();
        byte[] script = payload[0] == pubkeyHash ? [0x76, 0xa9, 0x14, .. payload[1..], 0x88, 0xac]
            : payload[0] == scriptHash ? [0xa9, 0x14, .. payload[1..], 0x87]
            : throw new BitcoinFormatException($"the address is not one of {network.Name()}");
        return new Address(network, new Script(script), text);
    }

    public bool Equals([NotNullWhen(true)] Address? other)
        => other is not null && Network == other.Network && ScriptPubKey.Equals(other.ScriptPubKey);

    public override bool Equals(object? obj) => Equals(obj as Address);

    public override int GetHashCode() => HashCode.Combine(Network, ScriptPubKey);

    /// <summary>The address, segwit in lower case.</summary>
    public override string ToString() => _text;
}
