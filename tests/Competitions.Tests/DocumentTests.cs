using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Coordinator.Competitions.Tests;

/// <summary>What is on disk: tags, round trips, and a document of the first schema.</summary>
[Trait("Kind", "Golden")]
public sealed class DocumentTests
{
    [Fact]
    public void Every_state_survives_its_document()
    {
        foreach (var (name, play) in Playbook.States)
        {
            var json = Documents.Write(play().State);
            var read = Documents.Read(json);
            Assert.Equal(json, Documents.Write(read));
            Assert.Equal(play().Wants.Select(effect => effect.Key), read.Wants().Select(effect => effect.Key));
            Assert.StartsWith($"{{\"state\":\"{name}\"", json, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_effect_survives_its_document_and_keeps_its_key()
    {
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var effect in Playbook.States.SelectMany(state => state.Play().Wants).Concat(Rare()))
        {
            var json = Documents.Write(effect);
            Assert.Equal(effect, Documents.ReadEffect(json));
            Assert.Equal(effect.Key, Documents.ReadEffect(json).Key);
            seen.Add(effect.GetType().Name);
        }

        Assert.Equal(Concrete(typeof(Effect)).Select(type => type.Name).Order(StringComparer.Ordinal), seen);
    }

    [Theory]
    [InlineData(typeof(CompetitionState))]
    [InlineData(typeof(Effect))]
    public void Every_kind_has_exactly_one_tag(Type kind)
    {
        var tags = kind.GetCustomAttributes<JsonDerivedTypeAttribute>().ToList();
        Assert.Equal(Concrete(kind).Select(type => type.Name).Order(), tags.Select(tag => tag.DerivedType.Name).Order());
        Assert.Equal(tags.Count, tags.Select(tag => tag.TypeDiscriminator).Distinct().Count());
    }

    [Fact]
    public void A_document_of_the_first_schema_loads_and_means_the_same()
    {
        if (Environment.GetEnvironmentVariable("COORDINATOR_WRITE_GOLDEN") == "1" && !File.Exists(Golden.PathOf("document.v1.json")))
        {
            File.WriteAllText(Golden.PathOf("document.v1.json"), Documents.WritePretty(Paid().State) + "\n");
        }

        var old = Documents.Read(Golden.Read("document.v1.json"));
        var paid = (DeltaBroadcasted)Paid().State;
        Assert.Equal(Documents.Write(paid with { Live = paid.Live with { FundingSentAt = null } }), Documents.Write(old));
        Assert.IsType<DeltaBroadcasted>(old);
        Assert.Equal(Paid().Wants, old.Wants());
    }

    [Fact]
    public void What_can_be_reckoned_is_not_stored()
    {
        var json = Golden.Read("document.v1.json");
        foreach (var member in new[] { "price", "ranking", "profile", "wire", "complete", "sellable", "key\":", "next_deadline", "decided" })
        {
            Assert.DoesNotContain($"\"{member}", json.Replace("\"dlc_key", "", StringComparison.Ordinal).Replace("\"key\": \"0", "", StringComparison.Ordinal), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("{\"state\":\"no_such_state\"}")]
    [InlineData("{\"state\":\"created\"}")]
    [InlineData("{}")]
    public void An_unknown_or_broken_document_is_refused_loudly(string json)
        => Assert.ThrowsAny<Exception>(() => Documents.Read(json).Wants().ToList());

    [Fact]
    public void An_unknown_member_is_refused()
    {
        var json = Documents.Write(Played.New().State);
        Assert.Throws<JsonException>(() => Documents.Read(json[..^1] + ",\"surprise\":1}"));
    }

    [Fact]
    public void The_wire_knows_every_states_word()
    {
        var words = new HashSet<string>(StringComparer.Ordinal)
        {
            "created", "entries_collected", "escrow_funds_confirmed", "event_created", "entries_submitted", "contract_created", "awaiting_signatures",
            "signing_complete", "funding_broadcasted", "funding_confirmed", "funding_settled", "awaiting_attestation", "attested",
            "expiry_broadcasted", "outcome_broadcasted", "delta_broadcasted", "completed", "failed", "cancelled",
        };
        Assert.All(Playbook.States, state => Assert.Contains(state.Play().State.Wire, words));
        Assert.Equal("created", Playbook.CollectingEntries().State.Wire);
    }

    [Fact]
    public void Nothing_secret_stands_in_an_effect()
    {
        foreach (var effect in Playbook.States.SelectMany(state => state.Play().Wants))
        {
            Assert.DoesNotContain("sealed", Documents.Write(effect) + effect, StringComparison.OrdinalIgnoreCase);
        }
    }

    private static IEnumerable<Type> Concrete(Type kind) => kind.Assembly.GetTypes().Where(type => type.IsSubclassOf(kind) && !type.IsAbstract);

    private static Played Paid()
    {
        var played = Playbook.OutcomeBroadcasted();
        var player = played.WinningPlayer();
        played.Ask(played.Payout(player)).Learn(played.Payment(player, PaymentState.Succeeded));
        return played.See(played.Chain.WithSplit(Playbook.SplitHeight(played.Terms)));
    }

    private static IEnumerable<Effect> Rare() =>
    [
        new RotateTicket(Guid.Empty, Given.Hash("a")), new IssueInvoice(Guid.Empty, Given.Hash("a")), new AggregateNonces("r"), new AggregateSignatures("r"),
        new BroadcastExpiry(), new BroadcastClose(), new BroadcastSplit(1), new ReclaimOutcome(), new SweepShare(2, ShareSweep.SellBack),
        new PayWinner(Guid.Empty, Given.Hash("a")), new CancelInvoice(Given.Hash("a")), new BroadcastOutcome(3), new ReleaseCoins(), new BarPlayer(Guid.Empty, Given.Player(1)),
        new CompleteKeygen(Guid.Empty), new FinishBatch(1, Guid.Empty), new AssembleSignatures(Guid.Empty),
        new BumpFunding(), new BumpOutcome(3), new BumpExpiry(), new BumpSplit(), new BumpSweep(-1, ShareSweep.Close), new BumpSweep(2, ShareSweep.SellBack),
        new EndBumps(), new PrepareEscrow(Guid.Empty, Given.Hash("a")), new CheckBeforeEscrow(), new DoubleSpendEscrow(Guid.Empty, Given.Hash("a")),
        new ReclaimEscrow(Guid.Empty, Given.Hash("a")), new ReleaseEscrow(Guid.Empty, Given.Hash("a")),
    ];
}
