namespace Coordinator.Bitcoin;

/// <summary>Single-key taproot outputs (BIP-86): key path only, tweaked by nothing but the key.</summary>
public static class Bip86
{
    /// <summary>m/86'/0'/account' on mainnet, m/86'/1'/account' elsewhere.</summary>
    public static KeyPath AccountPath(Network network, uint account)
        => new(86 + KeyPath.Hardened, (network == Network.Mainnet ? 0u : 1u) + KeyPath.Hardened, account + KeyPath.Hardened);

    /// <summary>The output at chain/index below a key: chain 0 is given out, chain 1 is change.</summary>
    public static TaprootOutput Output(ExtendedPublicKey account, uint chain, uint index)
        => TaprootOutput.KeyOnly(account.Derive(chain).Derive(index).Key.XOnly);

    /// <summary>The secret key that spends that output by key path: already tweaked. The caller disposes it.</summary>
    public static SecretKey SpendingKey(ExtendedPrivateKey account, uint chain, uint index)
    {
        using var branch = account.Derive(chain);
        using var leaf = branch.Derive(index);
        return TaprootOutput.KeyOnly(leaf.Key.XOnly).TweakSecret(leaf.Key);
    }
}
