using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Coordinator.Bitcoin;

namespace Coordinator.Keymeld.Simulator.Tests;

/// <summary>A coordinator (seat 0) and players with known keys, and their keygen session.</summary>
internal sealed class Party : IDisposable
{
    private const int MostPolls = 600;

    private Party(KeygenPlan plan, ImmutableArray<SecretKey> keys, SessionSecret secret)
        => (Plan, Keys, Secret) = (plan, keys, secret);

    internal KeygenPlan Plan { get; }

    internal ImmutableArray<SecretKey> Keys { get; }

    internal SessionSecret Secret { get; }

    internal Guid Session => Plan.Session;

    internal ImmutableArray<Guid> Users => Plan.Participants;

    /// <summary>Everybody's key, as everybody computes it.</summary>
    internal KeyAggregate Everybody => KeyAggregate.OfSorted(Keys.Select(key => key.PublicKey));

    /// <param name="members">With the coordinator.</param>
    /// <param name="subsets">Seats, the coordinator's always among them.</param>
    /// <param name="number">Makes another session of other people.</param>
    /// <param name="keys">Other keys than those that the number makes.</param>
    internal static Party Of(
        int members, int[][]? subsets = null, int number = 1, int seconds = 3_600, int? quota = null, IEnumerable<SecretKey>? keys = null)
    {
        ImmutableArray<Guid> users = [.. Enumerable.Range(0, members).Select(seat => Id(number, 0x100 + seat))];
        ImmutableArray<SubsetDefinition> definitions =
            [.. (subsets ?? []).Select((seats, i) => new SubsetDefinition(Id(number, 0x5000 + i), [.. seats.Select(seat => users[seat])]))];
        var plan = new KeygenPlan(Id(number, 1), users[0], users, TimeSpan.FromSeconds(seconds), quota, definitions);
        return new(
            plan, [.. keys ?? Enumerable.Range(0, members).Select(seat => Key($"member {number} {seat}"))],
            SessionSecret.From(SHA256.HashData(Encoding.UTF8.GetBytes($"secret {number}"))));
    }

    internal static Guid Id(int number, int what) => Guid.Parse(
        string.Create(CultureInfo.InvariantCulture, $"019baa05-{number:x4}-7000-8000-{what:x12}"));

    internal static SecretKey Key(string text) => SecretKey.From(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    internal static byte[] Message(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    internal static T Done<T>(KeymeldAnswer<T> answer)
    {
        Assert.True(answer.TryGet(out var value), answer.Describe());
        return value!;
    }

    internal KeyAggregate Subset(int number)
        => KeyAggregate.OfSorted(Plan.Subsets[number].Members.Select(user => Keys[Users.IndexOf(user)].PublicKey));

    internal KeymeldParticipant Seat(int seat) => new(Session, Users[seat], Keys[seat]);

    internal SeatRegistration Registration(int seat, EnclaveKey enclave, bool requireApproval = false)
    {
        var (encrypted, auth) = SeatKeys.Prepare(Keys[seat], Session, enclave.Key);
        return new(Session, Users[seat], encrypted, Keys[seat].PublicKey, PublicKey.Parse(auth), enclave, requireApproval);
    }

    /// <summary>Reserves and initializes.</summary>
    internal async Task OpenAsync(IKeymeldGateway gateway)
    {
        var reservation = Done(await gateway.ReserveAsync(Plan, Secret, CancellationToken.None));
        Done(await gateway.InitializeAsync(Plan, reservation, Keys[0], Secret, CancellationToken.None));
    }

    /// <summary>Registers the seats that are free, or only some of them.</summary>
    internal async Task RegisterAsync(IKeymeldGateway gateway, bool coordinatorApproves = false, Func<int, bool>? whom = null)
    {
        var enclaves = Done(await gateway.GetEnclavesAsync(CancellationToken.None));
        foreach (var slot in Done(await gateway.GetSlotsAsync(Session, Secret, CancellationToken.None)))
        {
            var seat = Users.IndexOf(slot.User);
            if (whom?.Invoke(seat) ?? true)
            {
                var registration = Registration(seat, enclaves[slot.Enclave], coordinatorApproves && seat == 0);
                Done(await gateway.RegisterAsync(registration, Secret, CancellationToken.None));
            }
        }
    }

    /// <summary>Everything up to the aggregate key.</summary>
    internal async Task<KeygenStatus> CompleteAsync(IKeymeldGateway gateway, Func<Task> wait, bool coordinatorApproves = false)
    {
        await OpenAsync(gateway);
        await RegisterAsync(gateway, coordinatorApproves);
        return await AggregateAsync(gateway, wait);
    }

    internal async Task<KeygenStatus> AggregateAsync(IKeymeldGateway gateway, Func<Task> wait)
    {
        for (var poll = 0; poll < MostPolls; poll++)
        {
            var status = Done(await gateway.GetKeygenAsync(Session, Secret, CancellationToken.None));
            if (status.State == KeygenState.Completed)
            {
                return status;
            }

            await wait();
        }

        throw new InvalidOperationException("keygen does not complete");
    }

    internal SigningOrder Order(int number, params RemoteItem[] items)
        => new(Id(Plan.Session.ToByteArray(bigEndian: true)[5], 0x9000 + number), Session, TimeSpan.FromSeconds(300), [.. items]);

    internal RemoteItem Plain(int number, int? subset = null)
        => new(Id(7, number), Message($"plain {number}"), Adaptor: null, subset is { } at ? Plan.Subsets[at].Id : null);

    internal static RemoteItem Locked(int number, PublicKey point) => new(Id(7, number), Message($"locked {number}"), point, Subset: null);

    internal async Task<SigningStatus> SignAsync(IKeymeldGateway gateway, SigningOrder order, Func<Task> wait)
    {
        Done(await gateway.StartSigningAsync(order, Secret, CancellationToken.None));
        return await EndAsync(gateway, order, wait);
    }

    internal async Task<SigningStatus> EndAsync(IKeymeldGateway gateway, SigningOrder order, Func<Task> wait)
    {
        using var me = Seat(0);
        for (var poll = 0; poll < MostPolls; poll++)
        {
            var status = Done(await gateway.GetSigningAsync(order.Signing, me, Secret, CancellationToken.None));
            if (status.State is SigningState.Completed or SigningState.Failed)
            {
                return status;
            }

            await wait();
        }

        throw new InvalidOperationException("signing does not end");
    }

    /// <summary>Whether every result verifies under the party's own derivation.</summary>
    internal void Verify(SigningOrder order, SigningStatus status)
    {
        Assert.Equal(SigningState.Completed, status.State);
        foreach (var item in order.Items)
        {
            var keys = item.Subset is { } id ? Subset(Plan.Subsets.ToList().FindIndex(subset => subset.Id == id)) : Everybody;
            if (item.Adaptor is { } point)
            {
                var locked = Assert.IsType<RemoteSignature.Adaptor>(status.Results[item.Id]);
                Assert.True(AdaptorSignature.TryFrom(locked.Signature65)!.Verify(keys.Key, item.Message32, point));
            }
            else
            {
                var plain = Assert.IsType<RemoteSignature.Plain>(status.Results[item.Id]);
                Assert.True(Secp256k1.SchnorrVerify(keys.XOnly, item.Message32, plain.Signature64));
            }
        }
    }

    public void Dispose()
    {
        Secret.Dispose();
        foreach (var key in Keys)
        {
            key.Dispose();
        }
    }
}
