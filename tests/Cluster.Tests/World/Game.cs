using System.Collections.Immutable;
using Coordinator.Dlc;
using Coordinator.Grains;

namespace Coordinator.Cluster.Tests;

/// <summary>One competition with its players and its operator, step by step: everybody does what they can, then time passes.</summary>
internal sealed class Game : IDisposable
{
    public const int Delta = 24;
    private const int MostSteps = 400;

    public Game(World world, int players = 3, int places = 2, int? settlementDepth = null, bool escrow = false)
    {
        World = world;
        Id = world.Random.Uuid7(world.Clock.GetUtcNow());
        var now = world.Clock.GetUtcNow();
        Request = new CreateCompetition(
            Id, now.AddHours(3), now.AddHours(1), now.AddHours(2), ["KDEN", "KBOS"], 3, places, players, 100_000, 10, 100_000L * players, Delta)
        { SettlementDepth = settlementDepth, Escrow = escrow };
        Players = [.. Enumerable.Range(1, players).Select(number => new TestPlayer(world, Id, number))];
        Before = Ledger.Take(this);
        Watch = new PreimageWatch(this);
    }

    public World World { get; }

    public Guid Id { get; }

    public CreateCompetition Request { get; }

    public ImmutableArray<TestPlayer> Players { get; }

    /// <summary>Everybody's money at the start.</summary>
    public Ledger Before { get; }

    public PreimageWatch Watch { get; }

    /// <summary>Which outcome the oracle attests once the pool waits for it; null: none.</summary>
    public int? Attests { get; set; } = 0;

    public CompetitionView View { get; private set; } = null!;

    /// <summary>Whether the pool's transactions are mined; else time passes without blocks.</summary>
    public bool Mines { get; set; } = true;

    /// <summary>Operator: gives up waiting for winners who never come.</summary>
    public bool Releases { get; set; }

    /// <summary>What passes in a step without a block.</summary>
    public TimeSpan StepTime { get; set; } = TimeSpan.FromSeconds(5);

    public Problem? LastProblem { get; private set; }

    public static int RefundOutcome(int players, int places) => OutcomeRanking.Of(players, places).RefundIndex;

    public bool IsOver => View is { State: "completed" or "cancelled" };

    public Game Create()
    {
        for (var attempt = 0; attempt < 5 && View is null; attempt++)
        {
            TryLook(() => World.Competition(Id).CreateAsync(Request));
        }

        Assert.True(View is not null, $"{World}: {LastProblem}{Environment.NewLine}{World.Log.Tail}");
        return this;
    }

    /// <summary>Steps until the competition is in this state.</summary>
    public Game Until(params ReadOnlySpan<string> states)
    {
        for (var step = 0; step < MostSteps; step++)
        {
            if (states.Contains(View.State))
            {
                return this;
            }

            Assert.False(IsOver, $"{World}: over as {View.State} ({View.Reason}) instead of {string.Join("/", states.ToArray())}{Environment.NewLine}{World.Log.Tail}");
            Step();
        }

        Assert.Fail($"{World}: still {View.State} after {MostSteps} steps, not {string.Join("/", states.ToArray())}{Environment.NewLine}{World.Log.Tail}");
        return this;
    }

    /// <summary>Everybody acts once; then a block or a few seconds.</summary>
    public void Step()
    {
        Look();
        foreach (var player in Players)
        {
            player.Act(View);
        }

        Operate();
        if (Mines && View.State is "entries_collected" or "funding_broadcasted" or "funding_confirmed" or "attested" or "expiry_broadcasted" or "outcome_broadcasted" or "delta_broadcasted" or "failed")
        {
            World.Mine();
        }
        else
        {
            World.Pass(StepTime);
            World.Wake(WakeReason.Invoice);
        }

        Look();
    }

    public void Look() => TryLook(() => World.Competition(Id).GetAsync());

    public void Dispose()
    {
        Watch.Dispose();
        foreach (var player in Players)
        {
            player.Dispose();
        }
    }

    private void Operate()
    {
        if (View.State is "awaiting_attestation" && Attests is { } outcome)
        {
            World.Oracle.Attest(Id, outcome);
            World.Wake(WakeReason.Oracle);
        }
        else if (View.State is "awaiting_attestation" or "expiry_broadcasted" && Attests is null && Mines)
        {
            // Blocks carry the time to the event's expiry.
            World.Pass(TimeSpan.FromHours(4));
            World.Mine(11);
        }

        if (Releases && View.State is "outcome_broadcasted" or "delta_broadcasted")
        {
            foreach (var player in Players.Where(player => player.Entry is not null))
            {
                TryLook(() => World.Competition(Id).ReleaseShareAsync(player.Entry!.Id));
            }
        }
    }

    private void TryLook(Func<Task<Answer<CompetitionView>>> call)
    {
        try
        {
            var answer = World.Run(call);
            (View, LastProblem) = (answer.Value ?? View, answer.Problem);
        }
        catch (Exception failure) when (failure is Orleans.Runtime.OrleansException or TimeoutException)
        {
            // The service died under the call; the next step asks again.
        }
    }
}
