using Coordinator.Bitcoin;

namespace Coordinator.Simulators.Keymeld;

/// <summary>Fills a buffer with random bytes; the simulation gives a seeded one. Secret nonces never come from it.</summary>
public delegate void RandomFill(Span<byte> buffer);

/// <summary>How a gateway is built.</summary>
public sealed record KeymeldModelOptions
{
    /// <summary>Two or more, for a new document.</summary>
    public int Enclaves { get; init; } = 3;

    /// <summary>How often sessions make a step.</summary>
    public TimeSpan Tick { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Makes the enclaves' keys of a new document.</summary>
    public RandomFill Random { get; init; } = System.Security.Cryptography.RandomNumberGenerator.Fill;
}

/// <summary>Gateway and enclaves without wire and clock: sessions, registrations, approvals, steps. Every change goes through one lock; the
/// time is an argument. What is refused leaves everything as it was. Secret nonces are in memory only and make one signature each.
/// </summary>
public sealed partial class KeymeldModel
{
    private readonly Lock _gate = new();
    private readonly RandomFill _random;
    private readonly TimeSpan _tick;
    private readonly NonceCache _nonces = new();
    private readonly Dictionary<Guid, KeygenSecrets> _opened = [];
    private readonly Dictionary<Guid, SessionProgress> _progress = [];
    private KeymeldDocument _document;

    /// <param name="document">What was kept; null: a new gateway with new enclaves.</param>
    public KeymeldModel(KeymeldDocument? document, KeymeldModelOptions options, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_random, _tick) = (options.Random, options.Tick);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Enclaves, 2);
        _document = document ?? new KeymeldDocument
        {
            Enclaves = [.. Enumerable.Range(0, options.Enclaves).Select(id => new EnclaveRecord
            {
                Id = id,
                Secret = NewSecret(_random),
                KeySince = now.ToUnixTimeSeconds(),
            })],
        };
    }

    /// <summary>Raised after every change of what is kept.</summary>
    public event Action? Changed;

    /// <summary>Where it departs from a good gateway.</summary>
    public KeymeldBehaviour Behaviour
    {
        get => Export().Behaviour;
        set => Change(document => document with { Behaviour = value });
    }

    /// <summary>How far the gateway's clock is ahead of the world's.</summary>
    public TimeSpan ClockOffset
    {
        get => TimeSpan.FromSeconds(Export().ClockOffsetSeconds);
        set => Change(document => document with { ClockOffsetSeconds = value.TotalSeconds });
    }

    /// <summary>How many ciphertexts were opened with a key that the gateway had swapped in: secrets it has stolen.</summary>
    public int StolenSecrets { get; private set; }

    /// <summary>Everything that is kept.</summary>
    public KeymeldDocument Export()
    {
        lock (_gate)
        {
            return _document;
        }
    }

    /// <summary>The true key of an enclave, whatever the gateway announces: what a client pins out of band.</summary>
    public PublicKey EnclaveKey(int enclave) => Export().Enclaves[enclave].PublicKey;

    internal static string NewSecret(RandomFill random)
    {
        Span<byte> bytes = stackalloc byte[32];
        for (var attempt = 0; attempt < 64; attempt++)
        {
            random(bytes);
            using var key = SecretKey.TryFrom(bytes);
            if (key is not null)
            {
                return Hex.Encode(bytes);
            }
        }

        throw new InvalidOperationException("the random source gives no secret key");
    }

    private void Change(Func<KeymeldDocument, KeymeldDocument> change) => Change(document => (change(document), 0));

    /// <summary>One change with an answer, in turn with all others; an exception changes nothing.</summary>
    private T Change<T>(Func<KeymeldDocument, (KeymeldDocument Document, T Answer)> change)
    {
        bool isChanged;
        T answer;
        lock (_gate)
        {
            var before = _document;
            (_document, answer) = change(before);
            isChanged = !ReferenceEquals(before, _document);
        }

        if (isChanged)
        {
            Changed?.Invoke();
        }

        return answer;
    }

    private DateTimeOffset At(DateTimeOffset world) => world + TimeSpan.FromSeconds(_document.ClockOffsetSeconds);

    private static KeygenRecord RequireKeygen(KeymeldDocument document, Guid id, DateTimeOffset now)
        => document.Keygens.TryGetValue(id, out var keygen) && now.ToUnixTimeSeconds() < keygen.ExpiresAt
            ? keygen
            : throw KeymeldRefusedException.NotFound("Keygen session not found");

    private static SigningRecord RequireSigning(KeymeldDocument document, Guid id, DateTimeOffset now)
        => document.Signings.TryGetValue(id, out var signing) && now.ToUnixTimeSeconds() < signing.ExpiresAt
            ? signing
            : throw KeymeldRefusedException.NotFound("Signing session not found");

    private static KeymeldDocument Put(KeymeldDocument document, KeygenRecord keygen)
        => document with { Keygens = document.Keygens.SetItem(keygen.Id, keygen) };

    private static KeymeldDocument Put(KeymeldDocument document, SigningRecord signing)
        => document with { Signings = document.Signings.SetItem(signing.Id, signing) };

    /// <summary>The members' secrets of a completed session; opened once.</summary>
    /// <exception cref="EnclaveStuckException">An enclave cannot open its part.</exception>
    private KeygenSecrets Opened(KeymeldDocument document, KeygenRecord keygen)
    {
        if (!_opened.TryGetValue(keygen.Id, out var secrets))
        {
            _opened[keygen.Id] = secrets = KeygenSecrets.Open(document, keygen, keygen.Members);
        }

        return secrets;
    }
}
