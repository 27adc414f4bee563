using Coordinator.Bitcoin;

namespace Coordinator.Grains;

/// <summary>The coordinator's own keys and the sealing of secrets at rest. Sealed text is useless without the coordinator's key.</summary>
public interface ISecrets
{
    /// <summary>The coordinator's key in one competition's contract; always the same for the same id. The caller disposes it.</summary>
    SecretKey MarketMakerKey(Guid competition);

    /// <summary>The coordinator's key in one competition's escrows; always the same for the same id. The caller disposes it.</summary>
    SecretKey EscrowKey(Guid competition);

    /// <summary>The coordinator's identity towards players who are given a signing session's secret. The caller disposes it.</summary>
    SecretKey KeymeldIdentity();

    /// <summary>Seals 32 bytes; the purpose is bound to it.</summary>
    /// <returns>Base64.</returns>
    string Seal(string purpose, ReadOnlySpan<byte> secret32);

    /// <summary>Opens what was sealed for the same purpose. The caller wipes it.</summary>
    /// <exception cref="InvalidOperationException">Sealed with another key, for another purpose, or changed.</exception>
    byte[] Open(string purpose, string sealedText);
}
