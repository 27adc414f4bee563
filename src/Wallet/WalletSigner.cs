using Coordinator.Bitcoin;

namespace Coordinator.Wallet;

/// <summary>Signs prepared payments by taproot key path, SIGHASH_DEFAULT.</summary>
internal sealed class WalletSigner(WalletAddresses addresses)
{
    public Transaction Sign(PreparedPayment payment)
    {
        var prevouts = payment.Inputs.Select(input => input.Output).ToList();
        var cache = new SighashCache(payment.Unsigned, prevouts);
        var signed = payment.Unsigned;
        for (var i = 0; i < payment.Inputs.Count; i++)
        {
            if (payment.Inputs[i].Derivation is { } derivation)
            {
                using var key = addresses.SpendingKey(derivation);
                signed = signed.WithWitness(i, Secp256k1.SchnorrSign(key, cache.TaprootKeyPath(i)));
            }
        }

        return TransactionVerifier.VerifyWithoutChain(signed, prevouts) is { } refusal
            ? throw new InvalidOperationException($"the wallet made a transaction that breaks the rules: {refusal}")
            : signed;
    }
}
