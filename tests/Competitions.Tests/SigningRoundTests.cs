namespace Coordinator.Competitions.Tests;

[Trait("Kind", "Rules")]
public sealed class SigningRoundTests
{
    [Fact]
    public void Nonces_may_be_replaced_until_the_aggregate_is_published()
    {
        var played = Playbook.ContractCreated().SendNonces(0).SendNonces(0, "fresh").SendNonces(1);
        Assert.Empty(played.Wants);
        Assert.Equal(Given.Hash("fresh 0"), Round(played).Part(played.EntryOf(0).Id)!.Nonces);
        played.SendNonces(2);
        Assert.Equal(new AggregateNonces("round 1"), Assert.Single(played.Wants));
        Assert.Equal(1, Round(played).Number);
    }

    [Fact]
    public void Other_nonces_after_the_aggregate_open_a_new_round_for_everybody()
    {
        var played = Playbook.AwaitingSignatures().SendPartials(1).SendNonces(0, "fresh");
        Assert.IsType<ContractCreated>(played.State);
        var round = Round(played);
        Assert.Equal((2, "forced by 0"), (round.Number, round.Id));
        Assert.Equal(played.EntryOf(0).Id, Assert.Single(round.Parts).Entry);
        Assert.Null(round.Aggregate);
        Assert.Null(round.OwnPartials);
    }

    [Fact]
    public void The_same_nonces_again_open_nothing()
    {
        var played = Playbook.AwaitingSignatures();
        Assert.Same(played.State, played.State.Decide(
            new SubmitNonces(Given.Player(0), played.EntryOf(0).Id, null, Given.Hash("nonces 0"), "next", played.Now)).Next);
    }

    [Fact]
    public void One_entry_forces_at_most_three_rounds_and_hinders_nobody_elses()
    {
        var played = Playbook.AwaitingSignatures();
        for (var round = 2; round <= 4; round++)
        {
            played.SendNonces(0, $"fresh {round}").SendNonces(1).SendNonces(2);
            played.Learn(new NoncesAggregated(played.RoundId, Given.Hash($"aggregate {round}"), played.Now));
            Assert.Equal(round, Round(played).Number);
        }

        Assert.Equal("too_many_rounds", played.Refused(
            new SubmitNonces(Given.Player(0), played.EntryOf(0).Id, null, Given.Hash("more"), "next", played.Now)).Code);
        Assert.Equal(5, Round(played.SendNonces(1, "fresh")).Number);
    }

    [Fact]
    public void What_belongs_to_an_old_round_is_refused_by_name_and_its_facts_change_nothing()
    {
        var played = Playbook.AwaitingSignatures().SendNonces(0, "fresh");
        Assert.Equal("old_round", played.Refused(
            new SubmitPartials(Given.Player(1), played.EntryOf(1).Id, "round 1", Given.Hash("partials"), played.Now)).Code);
        Assert.Equal("old_round", played.Refused(
            new SubmitNonces(Given.Player(1), played.EntryOf(1).Id, "round 1", Given.Hash("nonces"), "next", played.Now)).Code);
        var before = Documents.Write(played.State);
        played.Learn(
            new NoncesAggregated("round 1", Given.Hash("aggregate"), played.Now),
            new OwnPartSigned("round 1", Given.Hash("own"), played.Now),
            new ContractSigned("round 1", Given.Hash("signed"), played.Now),
            new PartialsRejected("round 1", [played.EntryOf(0).Id], played.Now),
            new OwnNoncesLost("round 1", "round 9", played.Now));
        Assert.Equal(before, Documents.Write(played.State));
    }

    [Fact]
    public void Lost_nonces_of_the_coordinator_open_a_new_round_that_nobody_is_blamed_for()
    {
        var played = Playbook.AwaitingSignatures();
        played.Learn(new OwnNoncesLost("round 1", "round 2", played.Now));
        var round = Round(played);
        Assert.Equal((2, "round 2"), (round.Number, round.Id));
        Assert.Empty(round.Parts);
        Assert.Empty(round.Forced);
    }

    [Fact]
    public void The_coordinator_signs_for_the_aggregate_on_disk_and_adds_up_when_all_parts_are_in()
    {
        var played = Playbook.AwaitingSignatures();
        Assert.Equal(new SignOwnPart("round 1", Given.Hash("aggregate")), Assert.Single(played.Wants));
        played.All((play, player) => play.SendPartials(player));
        Assert.IsType<SignOwnPart>(Assert.Single(played.Wants));
        played.Learn(new OwnPartSigned("round 1", Given.Hash("own"), played.Now));
        Assert.Equal(new AggregateSignatures("round 1"), Assert.Single(played.Wants));
    }

    [Fact]
    public void Only_the_partials_of_who_lied_are_dropped_and_the_same_player_sends_again()
    {
        var played = Playbook.AwaitingSignatures();
        played.Learn(new OwnPartSigned("round 1", Given.Hash("own"), played.Now)).All((play, player) => play.SendPartials(player));
        played.Learn(new PartialsRejected("round 1", [played.EntryOf(1).Id], played.Now));
        Assert.Equal(1, Round(played).Number);
        Assert.Null(Round(played).Part(played.EntryOf(1).Id)!.Partials);
        Assert.NotNull(Round(played).Part(played.EntryOf(0).Id)!.Partials);
        Assert.Empty(played.Wants);
        played.SendPartials(1, "honest");
        Assert.IsType<AggregateSignatures>(Assert.Single(played.Wants));
    }

    [Fact]
    public void Wrong_partials_are_searched_five_times_a_round_and_then_only_new_nonces_help()
    {
        var played = Playbook.AwaitingSignatures();
        played.Learn(new OwnPartSigned("round 1", Given.Hash("own"), played.Now)).All((play, player) => play.SendPartials(player));
        for (var wrong = 1; wrong <= SigningRound.MostWrong; wrong++)
        {
            // The fact may come twice; it counts once for each set that was sent.
            var rejected = new PartialsRejected("round 1", [played.EntryOf(1).Id], played.Now);
            played.Learn(rejected, rejected);
            Assert.Equal(wrong, Round(played).WrongOf(played.EntryOf(1).Id));
            if (wrong < SigningRound.MostWrong)
            {
                played.SendPartials(1, $"wrong {wrong}");
            }
        }

        Assert.Equal("too_many_wrong_signatures", played.Refused(
            new SubmitPartials(Given.Player(1), played.EntryOf(1).Id, null, Given.Hash("other"), played.Now)).Code);
        played.SendNonces(1, "fresh");
        Assert.Equal((2, 0), (Round(played).Number, Round(played).WrongOf(played.EntryOf(1).Id)));
    }

    [Fact]
    public void Stored_partials_are_never_overwritten()
    {
        var played = Playbook.AwaitingSignatures().SendPartials(0).SendPartials(0);
        Assert.Equal("signatures_present", played.Refused(
            new SubmitPartials(Given.Player(0), played.EntryOf(0).Id, null, Given.Hash("other"), played.Now)).Code);
    }

    [Fact]
    public void Nobody_submits_for_an_entry_of_someone_else()
    {
        var played = Playbook.ContractCreated();
        Assert.Equal("entry_not_found", played.Refused(
            new SubmitNonces(Given.Player(1), played.EntryOf(0).Id, null, Given.Hash("nonces"), "next", played.Now)).Code);
        Assert.Equal("nonces_not_aggregated", played.Refused(
            new SubmitPartials(Given.Player(0), played.EntryOf(0).Id, null, Given.Hash("partials"), played.Now)).Code);
    }

    [Fact]
    public void The_deadline_names_whose_part_never_came()
    {
        var nonces = Playbook.ContractCreated().SendNonces(0).SendNonces(2);
        var late = nonces.EntryOf(1).Id;
        nonces.Learn(new TimePassed(nonces.Terms.SigningDeadline));
        Assert.Contains(late.ToString(), Assert.IsType<Cancelled>(nonces.State).Reason, StringComparison.Ordinal);

        var partials = Playbook.AwaitingSignatures().SendPartials(0).SendPartials(1);
        var silent = partials.EntryOf(2).Id;
        partials.Learn(new TimePassed(partials.Terms.SigningDeadline));
        var cancelled = Assert.IsType<Cancelled>(partials.State);
        Assert.Contains(silent.ToString(), cancelled.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(partials.EntryOf(0).Id.ToString(), cancelled.Reason, StringComparison.Ordinal);
        Assert.True(cancelled.HoldsCoins);
    }

    [Fact]
    public void Who_sends_nothing_is_barred_only_with_time_enough_and_where_somebody_else_was_there()
    {
        var missing = Playbook.ContractCreated().SendNonces(0).SendNonces(2);
        missing.Learn(new TimePassed(missing.Terms.SigningDeadline));
        var cancelled = Assert.IsType<Cancelled>(missing.State);
        var culprit = Assert.Single(cancelled.Culprits);
        Assert.Equal((missing.EntryOf(1).Id, Given.Player(1)), (culprit.Entry, culprit.Player));
        Assert.Contains(new BarPlayer(culprit.Entry, culprit.Player), missing.Wants);
        missing.Learn(new PlayerBarred(culprit.Entry, missing.Now));
        Assert.DoesNotContain(missing.Wants, effect => effect is BarPlayer);
        Assert.True(Assert.Single(((Cancelled)missing.State).Culprits).Barred);

        var nobody = Playbook.ContractCreated();
        nobody.Learn(new TimePassed(nobody.Terms.SigningDeadline));
        Assert.Empty(Assert.IsType<Cancelled>(nobody.State).Culprits);

        var late = Playbook.AwaitingSignatures();
        late.Learn(new OwnNoncesLost(Round(late).Id, "late round", late.Terms.SigningDeadline - TimeSpan.FromMinutes(1)));
        late.SendNonces(0).Learn(new TimePassed(late.Terms.SigningDeadline));
        Assert.Empty(Assert.IsType<Cancelled>(late.State).Culprits);
    }

    [Fact]
    public void Who_lied_and_did_not_mend_it_is_barred_however_late_the_round_began()
    {
        var played = Playbook.AwaitingSignatures();
        var late = played.Terms.SigningDeadline - TimeSpan.FromMinutes(1);
        played.Learn(new OwnNoncesLost(Round(played).Id, "late round", late)).SendNonces(0).SendNonces(1).SendNonces(2);
        played.Learn(new NoncesAggregated("late round", Given.Hash("aggregate"), late), new OwnPartSigned("late round", Given.Hash("own"), late));
        played.SendPartials(0).SendPartials(1).SendPartials(2);
        played.Learn(new PartialsRejected("late round", [played.EntryOf(0).Id, played.EntryOf(1).Id], late));
        played.SendPartials(1);
        played.Learn(new TimePassed(played.Terms.SigningDeadline));
        Assert.Equal(played.EntryOf(0).Id, Assert.Single(Assert.IsType<Cancelled>(played.State).Culprits).Entry);
    }

    private static SigningRound Round(Played played) => ((Signing)played.State).Round;
}
