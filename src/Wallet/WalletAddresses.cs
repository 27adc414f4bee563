using System.Collections.Concurrent;
using Coordinator.Bitcoin;

namespace Coordinator.Wallet;

/// <summary>The wallet's two descriptors: <c>tr(xprv/0/*)</c> and <c>tr(xprv/1/*)</c>.</summary>
public enum Keychain
{
    /// <summary>Given out to be paid.</summary>
    External = 0,

    /// <summary>Change.</summary>
    Internal = 1,
}

/// <summary>Where an output of the wallet is derived.</summary>
public readonly record struct Derivation(Keychain Keychain, uint Index)
{
    /// <summary>Steps below the root.</summary>
    public KeyPath Path => new((uint)Keychain, Index);
}

/// <summary>Derives the wallet's taproot outputs and, for signing, their keys. Outputs are remembered; keys are not.</summary>
internal sealed class WalletAddresses(CoordinatorKeys keys)
{
    private readonly ExtendedPublicKey _root = keys.Root.PublicKey;
    private readonly ConcurrentDictionary<Derivation, TaprootOutput> _outputs = new();

    public uint Fingerprint => _root.Fingerprint;

    public TaprootOutput Output(Derivation derivation)
        => _outputs.GetOrAdd(derivation, place => Bip86.Output(_root, (uint)place.Keychain, place.Index));

    /// <summary>The tweaked key that spends the output. The caller disposes it.</summary>
    public SecretKey SpendingKey(Derivation derivation) => Bip86.SpendingKey(keys.Root, (uint)derivation.Keychain, derivation.Index);
}
