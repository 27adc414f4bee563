using System.Security.Cryptography;
using System.Text;
using Coordinator.Bitcoin;
using Coordinator.Grains;
using Coordinator.Wallet;

namespace Coordinator.Silo;

/// <summary>Secrets sealed with the coordinator's root key.</summary>
internal sealed class KeyedSecrets(CoordinatorKeys keys) : ISecrets
{
    public SecretKey MarketMakerKey(Guid competition) => keys.MarketMaker(competition);

    public SecretKey EscrowKey(Guid competition) => keys.Escrow(competition);

    public SecretKey KeymeldIdentity()
    {
        var bytes = keys.Keymeld.ToBytes();
        var key = SecretKey.From(bytes);
        CryptographicOperations.ZeroMemory(bytes);
        return key;
    }

    public string Seal(string purpose, ReadOnlySpan<byte> secret32) => Convert.ToBase64String(keys.Seal(secret32, purpose));

    public byte[] Open(string purpose, string sealedText) => keys.Open(Convert.FromBase64String(sealedText), purpose)
        ?? throw new InvalidOperationException($"what is sealed for {purpose} does not open: the key file is another one, or the data was changed");
}

/// <summary>Keyed hashes with a key below the coordinator's root key.</summary>
internal sealed class KeyedTags(CoordinatorKeys keys) : IUserTags
{
    public byte[] Tag(string purpose, string text) => keys.Tag(purpose, Encoding.UTF8.GetBytes(text));
}

/// <summary>The operating system's randomness.</summary>
internal sealed class MachineEntropy : IEntropy
{
    public byte[] Bytes(int count) => RandomNumberGenerator.GetBytes(count);

    public Guid Uuid7(DateTimeOffset now) => Guid.CreateVersion7(now);
}

/// <summary>Computations of seconds run on the thread pool.</summary>
internal sealed class PooledWork(int cores) : IContractWork
{
    public int Cores => cores;

    public Task<T> RunAsync<T>(Func<T> work) => Task.Run(work);
}
