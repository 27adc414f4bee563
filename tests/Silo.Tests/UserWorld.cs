using Coordinator.Bitcoin;
using Coordinator.Grains;
using Coordinator.Nostr;
using Coordinator.Storage;
using Coordinator.Testing;
using Coordinator.Wallet;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.TestingHost;

namespace Coordinator.Silo.Tests;

/// <summary>The grains of users on a disk that outlives the silo.</summary>
internal sealed class UserWorld : IAsyncDisposable
{
    public static readonly SecretKey Alice = SecretKey.From(Hex.Decode(new string('1', 64)));
    public static readonly SecretKey Mallory = SecretKey.From(Hex.Decode(new string('2', 64)));

    private readonly InProcessTestCluster _cluster;
    private readonly CoordinatorKeys _keys = new(SecretKey.From(Hex.Decode(new string('7', 64))));

    private UserWorld(bool passwords)
    {
        Disk = new MemoryDisk();
        var storage = Disk.Ports(DocumentJson.Options);
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureHost(host =>
        {
            host.Logging.ClearProviders();
            host.Services
                .AddSingleton<TimeProvider>(Clock)
                .AddSingleton(_keys)
                .AddSingleton<IUserTags, KeyedTags>()
                .AddSingleton(new UserSettings { AcceptPasswords = passwords })
                .AddSingleton<IPasswordHashes>(Hashes)
                .AddSingleton<ResetChallenges>()
                .AddSingleton<GrainCallMeter>()
                .AddSingleton<GrainActivity>()
                .AddSingleton<IIncomingGrainCallFilter>(provider => provider.GetRequiredService<GrainActivity>())
                .AddSingleton<IGrainReport, GrainReporter>();
        });
        builder.ConfigureSilo((_, silo) => silo.AddStorage(storage).AddReminders());
        _cluster = builder.Build();
        Storage = storage;
    }

    public ManualTimeProvider Clock { get; } = new();

    public MemoryDisk Disk { get; }

    public StoragePorts Storage { get; }

    /// <summary>Counts what is asked of the real ones.</summary>
    public CountedHashes Hashes { get; } = new();

    public static Credential AuthKey { get; } = new(CredentialScheme.AuthKey, new string('a', 64));

    public static Credential OtherAuthKey { get; } = new(CredentialScheme.AuthKey, new string('b', 64));

    public static Credential Password { get; } = new(CredentialScheme.Password, "Abcdefghi1!");

    public static RegisterUsername Request { get; } = new("alice", AuthKey, "sealed nsec", "sealed wallet", "regtest");

    public IGrainFactory Grains => _cluster.Client;

    public Task<GrainReport> ReportAsync() => _cluster.GetSiloServiceProvider().GetRequiredService<IGrainReport>().LookAsync(CancellationToken.None);

    public static async Task<UserWorld> StartAsync(bool passwords = false)
    {
        var world = new UserWorld(passwords);
        await world._cluster.DeployAsync();
        return world;
    }

    public IUserGrain User(SecretKey key) => Grains.GetGrain<IUserGrain>(key.XOnly.ToHex());

    public IUsernameGrain Name(string name) => Grains.GetGrain<IUsernameGrain>(name);

    public async Task<ResetPassword> AnswerAsync(string name, SecretKey key, Credential? next = null, string? content = null, int kind = 27_235, long late = 0)
    {
        var challenge = (await Name(name).ChallengeAsync(name)).Challenge;
        var signed = NostrEvent.Sign(key, Clock.GetUtcNow().ToUnixTimeSeconds() - late, kind, [], content ?? challenge);
        return new ResetPassword(name, challenge, System.Text.Encoding.UTF8.GetString(signed.ToJson()), next ?? OtherAuthKey, "new sealed nsec");
    }

    public async Task RestartAsync()
    {
        await _cluster.KillSiloAsync(_cluster.Silos[0]);
        await _cluster.StartAdditionalSiloAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        Hashes.Dispose();
        _keys.Dispose();
    }
}

/// <summary>Real hashes of little cost, counted.</summary>
internal sealed class CountedHashes : IPasswordHashes, IDisposable
{
    private readonly PooledPasswords _hashes = new(2, 64, new Argon2Cost(8, 1, 1));
    private int _work;

    public bool Busy { get; set; }

    public int Work => _work;

    public Task<string?> HashAsync(string secret)
    {
        Interlocked.Increment(ref _work);
        return Busy ? Task.FromResult<string?>(null) : _hashes.HashAsync(secret);
    }

    public Task<PasswordVerdict> VerifyAsync(string? hash, string secret)
    {
        Interlocked.Increment(ref _work);
        return Busy ? Task.FromResult(PasswordVerdict.Busy) : _hashes.VerifyAsync(hash, secret);
    }

    public void Dispose() => _hashes.Dispose();
}
