using Coordinator.Bitcoin;

namespace Coordinator.Nostr.Tests;

public sealed class Nip98ReplayGuardTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeSeconds(1_767_225_600);
    private static readonly XOnlyPublicKey Key = SecretKey.From(Hashes.Sha256("caller"u8)).XOnly;

    private static Nip98Login Login(string id, int secondsAfterStart)
        => new(Key, Hex.Encode(Hashes.Sha256(System.Text.Encoding.UTF8.GetBytes(id))), Start.ToUnixTimeSeconds() + secondsAfterStart);

    [Fact]
    public void An_event_is_admitted_once_while_it_could_pass_the_time_check()
    {
        var guard = new Nip98ReplayGuard(Start, Nip98.DefaultWindow);
        var login = Login("a", 10);
        Assert.Null(guard.Admit(login, Start.AddSeconds(10)));
        Assert.Equal(Nip98Problem.Replayed, guard.Admit(login, Start.AddSeconds(11))?.Problem);
        Assert.Equal(Nip98Problem.Replayed, guard.Admit(login, Start.AddSeconds(70))?.Problem);
    }

    [Fact]
    public void An_event_from_before_the_start_is_refused_since_a_restart_forgets()
    {
        var guard = new Nip98ReplayGuard(Start.AddMilliseconds(500), Nip98.DefaultWindow);
        Assert.Equal(Nip98Problem.ExpiredTimestamp, guard.Admit(Login("a", -1), Start)?.Problem);
        Assert.Equal(Nip98Problem.ExpiredTimestamp, guard.Admit(Login("a", 0), Start)?.Problem);
        Assert.Null(guard.Admit(Login("a", 1), Start.AddSeconds(1)));
        Assert.Null(new Nip98ReplayGuard(Start, Nip98.DefaultWindow).Admit(Login("a", 0), Start));
    }

    [Fact]
    public void A_full_guard_is_busy_until_old_events_are_forgotten()
    {
        var guard = new Nip98ReplayGuard(Start, Nip98.DefaultWindow, capacity: 16);
        var refusals = Enumerable.Range(0, 100).Select(i => guard.Admit(Login($"{i}", 1), Start.AddSeconds(1))?.Problem).ToArray();
        Assert.InRange(refusals.Count(problem => problem is null), 10, 16);
        Assert.All(refusals.Where(problem => problem is not null), problem => Assert.Equal(Nip98Problem.Busy, problem));
        Assert.Null(guard.Admit(Login("later", 100), Start.AddSeconds(100)));
    }
}
