using System.Security.Cryptography;
using System.Text;
using Coordinator.Grains;

namespace Coordinator.Silo;

/// <summary>Argon2id on the thread pool: so many at once, so many waiting, and a clear no past that. Memory is at most 19 MiB for each that
/// runs.</summary>
internal sealed class PooledPasswords : IPasswordHashes, IDisposable
{
    private const int SaltBytes = 16;
    private const int HashBytes = 32;
    private readonly SemaphoreSlim _room;
    private readonly int _most;
    private readonly Argon2Cost _cost;
    private readonly PasswordText _nobody;
    private int _present;

    /// <summary>Fails at once where libargon2 is missing.</summary>
    /// <param name="atOnce">Hashes that run at the same time, 1 or more.</param>
    /// <param name="waiting">Requests that may wait for one of them.</param>
    /// <param name="cost">Of new hashes.</param>
    public PooledPasswords(int atOnce, int waiting, Argon2Cost cost)
    {
        _room = new SemaphoreSlim(atOnce, atOnce);
        _most = atOnce + waiting;
        _cost = cost;
        _nobody = Make(RandomNumberGenerator.GetBytes(HashBytes), cost);
    }

    public Task<string?> HashAsync(string secret)
        => InTurnAsync(() => (string?)Make(Encoding.UTF8.GetBytes(secret), _cost).ToString(), busy: null);

    public Task<PasswordVerdict> VerifyAsync(string? hash, string secret) => InTurnAsync(
        () =>
        {
            var stored = hash is null ? null : PasswordText.TryParse(hash);
            var text = stored ?? _nobody;
            var found = new byte[text.Hash.Length];
            Argon2.Derive(found, Encoding.UTF8.GetBytes(secret), text.Salt, text.Cost);
            return CryptographicOperations.FixedTimeEquals(found, text.Hash) && stored is not null ? PasswordVerdict.Right : PasswordVerdict.Wrong;
        },
        PasswordVerdict.Busy);

    public void Dispose() => _room.Dispose();

    private static PasswordText Make(byte[] secret, Argon2Cost cost)
    {
        var (salt, hash) = (RandomNumberGenerator.GetBytes(SaltBytes), new byte[HashBytes]);
        Argon2.Derive(hash, secret, salt, cost);
        return new(cost, salt, hash);
    }

    private async Task<T> InTurnAsync<T>(Func<T> work, T busy)
    {
        if (Interlocked.Increment(ref _present) > _most)
        {
            Interlocked.Decrement(ref _present);
            return busy;
        }

        try
        {
            await _room.WaitAsync();
            try
            {
                return await Task.Run(work);
            }
            finally
            {
                _room.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _present);
        }
    }
}
