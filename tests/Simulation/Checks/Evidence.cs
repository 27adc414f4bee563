namespace Coordinator.Simulation;

/// <summary>What was really seen, by all rules together: the disk, the chain, Lightning. Each event is noted here first, then told to the rules.</summary>
internal sealed partial class Evidence
{
    private readonly Queue<Violation> _violations = [];
    private readonly List<Rule> _rules = [];
    private DateTimeOffset _minute;

    public Evidence(AuditedWorld world)
    {
        World = world;
        FollowChain();
        world.Chain.Changed += FollowChain;
        world.Lightning.Subscribe(FollowLightning);
        world.Oracle.Changed += FollowOracle;
        world.Players.CollectionChanged += (_, change) => StartAll(change.NewItems?.OfType<AuditedPlayer>().Select(player => player.Node) ?? []);
        StartAll([world.CoordinatorNode, .. world.Players.Select(player => player.Node)]);
    }

    public AuditedWorld World { get; }

    public DateTimeOffset Now => World.Clock.GetUtcNow();

    public void Add(Rule rule) => _rules.Add(rule);

    /// <summary>Kept until the next step: whoever caused it must not be able to catch it.</summary>
    public void Report(Violation violation) => _violations.Enqueue(violation);

    public void Step()
    {
        if (Now >= _minute && _violations.Count == 0)
        {
            _minute = Now + TimeSpan.FromMinutes(1);
            Tell(rule => rule.OnMinute());
        }

        if (_violations.TryDequeue(out var first))
        {
            throw first;
        }
    }

    public void End()
    {
        Tell(rule => rule.OnMinute());
        Tell(rule => rule.OnEnd());
        Step();
    }

    private void Tell(Action<Rule> what)
    {
        foreach (var rule in _rules)
        {
            what(rule);
        }
    }
}
