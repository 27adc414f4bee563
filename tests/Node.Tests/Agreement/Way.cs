using Coordinator.Bitcoin;

namespace Coordinator.Node.Tests;

/// <summary>How one signature of a spend is made.</summary>
/// <param name="Sighashes">The digests; of other amounts or scripts where the case wants it wrong.</param>
/// <param name="Input">Which input.</param>
/// <param name="Type">The type signed and, but for the default one, appended.</param>
/// <param name="WrongKey">Whether a stranger signs.</param>
internal sealed record Signing(SighashCache Sighashes, int Input, SighashType Type, bool WrongKey)
{
    private static readonly SecretKey Stranger = SecretKey.From(Hashes.Sha256("a stranger"u8));

    public byte[] ByKey(SecretKey key) => Schnorr(key, Sighashes.TaprootKeyPath(Input, Known));

    public byte[] ByLeaf(SecretKey key, TapLeaf leaf) => Schnorr(key, Sighashes.TaprootScriptPath(Input, leaf, Known));

    public byte[] Ecdsa(SecretKey key, Script script)
    {
        var type = Type == SighashType.Default ? SighashType.All : Type;
        return [.. Secp256k1.EcdsaSignDer(WrongKey ? Stranger : key, Sighashes.WitnessV0(Input, script.Bytes, type)), (byte)type];
    }

    /// <summary>A type that taproot knows, and for SINGLE an output of the input's index.</summary>
    private SighashType Known => SighashTypes.IsTaproot((byte)Type) && ((byte)Type & 3) != 3 || Input < Sighashes.Transaction.Outputs.Length && SighashTypes.IsTaproot((byte)Type)
        ? Type
        : SighashType.Default;

    private byte[] Schnorr(SecretKey key, byte[] digest)
        => [.. Secp256k1.SchnorrSign(WrongKey ? Stranger : key, digest, new byte[32]), .. Type == SighashType.Default ? [] : new[] { (byte)Type }];
}

/// <summary>One way to spend one kind of output.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Script">Of the outputs it spends.</param>
/// <param name="Blocks">How old the output must be; zero where it need not.</param>
/// <param name="Witness">The right witness.</param>
internal sealed record Way(string Name, Script Script, int Blocks, Func<Signing, byte[][]> Witness);
