namespace Coordinator.Bitcoin;

/// <summary>The shape of every known field. A field that breaks it makes the PSBT malformed; an unknown field is kept as it is.</summary>
internal static class PsbtRules
{
    public static void CheckGlobal(PsbtMap map)
    {
        foreach (var (key, value) in map.Pairs)
        {
            var data = key.Span[1..];
            var bytes = value.Span;
            switch (key.Span[0])
            {
                case PsbtGlobalField.UnsignedTransaction:
                    Require(data.IsEmpty, "the key of the unsigned transaction has data");
                    break;
                case PsbtGlobalField.ExtendedPublicKey:
                    Require(data.Length == 78 && bytes.Length == 4 * (data[4] + 1), "a global extended key or its path has a wrong length");
                    break;
                case PsbtGlobalField.Version:
                    Require(data.IsEmpty && bytes.Length == 4, "the version has a wrong length");
                    Require(bytes.IndexOfAnyExcept((byte)0) < 0, "the PSBT is not of version 0");
                    break;
                case >= 0x02 and <= 0x06:
                    throw Malformed($"the global field {key.Span[0]:x2} belongs to version 2");
            }
        }
    }

    public static void CheckInput(PsbtMap map, int index)
    {
        foreach (var (key, value) in map.Pairs)
        {
            var type = key.Span[0];
            var data = key.Span[1..];
            var fits = type switch
            {
                PsbtInputField.NonWitnessUtxo => data.IsEmpty && Transaction.TryParse(value.Span, out _, out _),
                PsbtInputField.WitnessUtxo => data.IsEmpty && PsbtCodec.TryReadOutput(value.Span) is not null,
                PsbtInputField.PartialSignature => PublicKey.IsPoint(data) && IsEcdsa(value.Span),
                PsbtInputField.SighashType => data.IsEmpty && value.Length == 4,
                PsbtInputField.RedeemScript or PsbtInputField.WitnessScript or PsbtInputField.FinalScriptSig => data.IsEmpty,
                PsbtInputField.Derivation => PublicKey.IsPoint(data) && IsPath(value.Span),
                PsbtInputField.FinalScriptWitness => data.IsEmpty && PsbtCodec.TryReadWitness(value.Span) is not null,
                PsbtInputField.ReservesCommitment => data.IsEmpty,
                PsbtInputField.Ripemd160Preimage => data.SequenceEqual(Ripemd160.Hash(value.ToArray())),
                PsbtInputField.Sha256Preimage => data.SequenceEqual(Hashes.Sha256(value.Span)),
                PsbtInputField.Hash160Preimage => data.SequenceEqual(Hashes.Hash160(value.Span)),
                PsbtInputField.Hash256Preimage => data.SequenceEqual(Hashes.Hash256(value.Span)),
                PsbtInputField.TapKeySignature => data.IsEmpty && value.Length is 64 or 65,
                PsbtInputField.TapScriptSignature => data.Length == 64 && value.Length is 64 or 65,
                PsbtInputField.TapLeafScript => IsControl(data) && value.Length > 0,
                PsbtInputField.TapDerivation => data.Length == 32 && IsTapPath(value.Span),
                PsbtInputField.TapInternalKey => data.IsEmpty && XOnlyPublicKey.TryParse(value.Span) is not null,
                PsbtInputField.TapMerkleRoot => data.IsEmpty && value.Length == 32,
                0x0e or 0x0f or 0x10 or 0x11 or 0x12 => false,
                _ => true,
            };
            Require(fits, $"field {type:x2} of input {index} has a wrong key, length or content, or belongs to version 2");
        }
    }

    public static void CheckOutput(PsbtMap map, int index)
    {
        foreach (var (key, value) in map.Pairs)
        {
            var type = key.Span[0];
            var data = key.Span[1..];
            var fits = type switch
            {
                PsbtOutputField.RedeemScript or PsbtOutputField.WitnessScript => data.IsEmpty,
                PsbtOutputField.Derivation => PublicKey.IsPoint(data) && IsPath(value.Span),
                PsbtOutputField.TapInternalKey => data.IsEmpty && XOnlyPublicKey.TryParse(value.Span) is not null,
                PsbtOutputField.TapTree => data.IsEmpty && PsbtCodec.TryReadTree(value.Span) is not null,
                PsbtOutputField.TapDerivation => data.Length == 32 && IsTapPath(value.Span),
                0x03 or 0x04 => false,
                _ => true,
            };
            Require(fits, $"field {type:x2} of output {index} has a wrong key, length or content, or belongs to version 2");
        }
    }

    private static bool IsEcdsa(ReadOnlySpan<byte> signature) => signature.Length > 1 && EcdsaSignature.IsStrictDer(signature[..^1]);

    private static bool IsPath(ReadOnlySpan<byte> value) => value.Length >= 4 && value.Length % 4 == 0;

    private static bool IsControl(ReadOnlySpan<byte> data)
        => data.Length is >= 33 and <= 33 + (32 * TapTree.MaxDepth) && (data.Length - 33) % 32 == 0;

    private static bool IsTapPath(ReadOnlySpan<byte> value)
    {
        try
        {
            var reader = new WireReader(value);
            reader.Take(32 * reader.ReadCount(32));
            return reader.Remaining >= 4 && reader.Remaining % 4 == 0;
        }
        catch (BitcoinFormatException)
        {
            return false;
        }
    }

    private static void Require(bool condition, string detail)
    {
        if (!condition)
        {
            throw Malformed(detail);
        }
    }

    private static BitcoinFormatException Malformed(string detail) => new("the PSBT is malformed: " + detail);
}
