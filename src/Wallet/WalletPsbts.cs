using System.Buffers.Binary;
using Coordinator.Bitcoin;

namespace Coordinator.Wallet;

/// <summary>Writes prepared payments as PSBTs (BIP-174, BIP-371) and signs such PSBTs: taproot key paths, SIGHASH_DEFAULT.</summary>
internal sealed class WalletPsbts(WalletAddresses addresses)
{
    private const int FingerprintBytes = 4;

    /// <summary>All that signing needs: outputs spent, internal keys, and where the keys are.</summary>
    public Psbt Write(PreparedPayment payment)
    {
        var psbt = Psbt.Create(payment.Unsigned);
        for (var i = 0; i < payment.Inputs.Count; i++)
        {
            psbt.Inputs[i].WitnessUtxo = payment.Inputs[i].Output;
            if (payment.Inputs[i].Derivation is { } derivation)
            {
                var key = addresses.Output(derivation).InternalKey;
                psbt.Inputs[i].TapInternalKey = key;
                psbt.Inputs[i].Map.Set(PsbtInputField.TapDerivation, key.Bytes, WritePath(derivation));
            }
        }

        if (payment is { ChangeIndex: { } index, ChangeDerivation: { } place })
        {
            var key = addresses.Output(place).InternalKey;
            psbt.Outputs[(int)index].Map.Set(PsbtOutputField.TapInternalKey, [], key.Bytes);
            psbt.Outputs[(int)index].Map.Set(PsbtOutputField.TapDerivation, key.Bytes, WritePath(place));
        }

        return psbt;
    }

    /// <summary>Signs, finalises and checks; a text where it is not the wallet's own payment or breaks a rule.</summary>
    public (Transaction? Signed, string Refusal) Finalize(Psbt psbt)
    {
        try
        {
            var spent = psbt.SpentOutputs();
            for (var i = 0; i < psbt.Inputs.Length; i++)
            {
                if (psbt.Inputs[i].IsFinal || spent[i].ScriptPubKey.Equals(Script.PayToAnchor))
                {
                    continue;
                }

                if (DerivationOf(psbt.Inputs[i]) is not { } derivation || !addresses.Output(derivation).ScriptPubKey.Equals(spent[i].ScriptPubKey))
                {
                    return (null, $"input {i} is not the wallet's");
                }

                using var key = addresses.SpendingKey(derivation);
                psbt.Sign(key);
            }

            psbt.FinalizeInputs();
            var signed = psbt.Extract();
            return TransactionVerifier.VerifyWithoutChain(signed, spent) is { } refusal ? (null, refusal.ToString()) : (signed, "");
        }
        catch (PsbtException refusal)
        {
            return (null, refusal.Message);
        }
    }

    /// <summary>The place that the PSBT names for our root; null where it names none, or one outside the two keychains.</summary>
    private Derivation? DerivationOf(PsbtInput input)
    {
        foreach (var (_, value) in input.Map.All(PsbtInputField.TapDerivation))
        {
            if (value.Length == 1 + FingerprintBytes + 8 && value[0] == 0
                && BinaryPrimitives.ReadUInt32BigEndian(value.AsSpan(1)) == addresses.Fingerprint
                && BinaryPrimitives.ReadUInt32LittleEndian(value.AsSpan(5)) is var chain and (0 or 1)
                && BinaryPrimitives.ReadUInt32LittleEndian(value.AsSpan(9)) is var index and < KeyPath.Hardened)
            {
                return new Derivation((Keychain)chain, index);
            }
        }

        return null;
    }

    /// <summary>No leaf hashes, the root's fingerprint, the steps.</summary>
    private byte[] WritePath(Derivation derivation)
    {
        var value = new byte[1 + FingerprintBytes + 8];
        BinaryPrimitives.WriteUInt32BigEndian(value.AsSpan(1), addresses.Fingerprint);
        BinaryPrimitives.WriteUInt32LittleEndian(value.AsSpan(5), (uint)derivation.Keychain);
        BinaryPrimitives.WriteUInt32LittleEndian(value.AsSpan(9), derivation.Index);
        return value;
    }
}
