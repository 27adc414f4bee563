namespace Coordinator.Competitions.Tests;

/// <summary>Competitions whose contract a Keymeld gateway signs (D13, D14, D38).</summary>
[Trait("Kind", "Rules")]
public sealed class RemoteSigningTests
{
    [Fact]
    public void Entries_close_at_the_start_and_signing_may_last_a_window_longer()
    {
        var terms = Given.KeymeldTerms();
        Assert.Equal(terms.StartObservation, terms.Close);
        Assert.Equal(terms.StartObservation + terms.SigningWindow, terms.SigningDeadline);
        var local = Given.Terms();
        Assert.Equal(local.StartObservation - local.SigningWindow, local.Close);
        Assert.Equal(local.StartObservation, local.SigningDeadline);
    }

    [Theory]
    [InlineData(20, 2, 190)]
    [InlineData(10, 3, 120)]
    [InlineData(25, 1, 25)]
    [InlineData(6, 5, 6)]
    public void Shapes_that_fit_a_session_are_accepted(int entries, int places, int sets)
    {
        Assert.Equal(sets, KeymeldLimits.WinnerSets(entries, places));
        Assert.Equal(SigningMode.Keymeld, Given.KeymeldTerms(entries, places).Signing);
    }

    [Theory]
    [InlineData(21, 2, "210 sets of winners", "20 entries with 2 places")]
    [InlineData(12, 3, "220 sets of winners", "11 entries with 3 places")]
    [InlineData(9, 4, "signing sessions", "7 entries with 4 places")]
    [InlineData(7, 5, "signing sessions", "6 entries with 5 places")]
    public void Shapes_that_do_not_fit_are_refused_with_the_nearest_that_does(int entries, int places, string why, string nearest)
    {
        var refusal = KeymeldLimits.RefusalOf(entries, places);
        Assert.Contains(why, refusal, StringComparison.Ordinal);
        Assert.EndsWith(nearest, refusal, StringComparison.Ordinal);
        var (terms, refusals) = TermsRules.Accept(Remote(entries, places), Policy, Given.Start);
        Assert.Null(terms);
        Assert.Contains(refusals, each => each.Field == "total_allowed_entries" && each.Detail == refusal);
        Assert.NotNull(TermsRules.Accept(Remote(entries, places), Given.Policy(), Given.Start).Terms);
    }

    [Fact]
    public void Every_shape_of_few_entries_fits_or_names_one_that_does()
    {
        for (var places = 1; places <= 5; places++)
        {
            for (var entries = places + 1; entries <= 25; entries++)
            {
                var refusal = KeymeldLimits.RefusalOf(entries, places);
                Assert.Equal(KeymeldLimits.Fits(entries, places), refusal is null);
                if (refusal is not null)
                {
                    var nearest = int.Parse(refusal.Split("fits is ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
                    Assert.True(KeymeldLimits.Fits(nearest, places), refusal);
                    Assert.False(KeymeldLimits.Fits(nearest + 1, places), refusal);
                }
            }
        }
    }

    [Fact]
    public void A_session_that_would_have_to_live_longer_than_a_day_is_refused_with_the_latest_start()
    {
        var late = Remote() with { StartObservation = Given.Start.AddHours(22) };
        var (_, refusals) = TermsRules.Accept(late, Policy, Given.Start);
        var refusal = Assert.Single(refusals);
        Assert.Equal("start_observation_date", refusal.Field);
        var latest = Given.Start.AddHours(22).AddMinutes(-10);
        Assert.Contains($"start at {latest:O}", refusal.Detail, StringComparison.Ordinal);
        Assert.NotNull(TermsRules.Accept(late with { StartObservation = latest }, Policy, Given.Start).Terms);
    }

    [Fact]
    public void Signing_that_may_outlast_the_observation_is_refused()
    {
        var terms = Remote() with { EndObservation = Given.Start.AddHours(21) };
        Assert.Equal("end_observation_date", Assert.Single(TermsRules.Accept(terms, Policy, Given.Start).Refusals).Field);
    }

    [Fact]
    public void A_start_that_is_past_is_refused()
        => Assert.Contains(
            TermsRules.Accept(Remote() with { StartObservation = Given.Start }, Policy, Given.Start).Refusals,
            refusal => refusal.Field == "start_observation_date");

    [Theory]
    [InlineData(null, null, "keymeld_registration_missing")]
    [InlineData("", "", "invalid_keymeld_key")]
    [InlineData("02", "auth", "invalid_keymeld_key")]
    [InlineData("no point", "auth", "invalid_keymeld_key")]
    [InlineData("good", "02", "invalid_keymeld_auth")]
    public void An_entry_without_usable_registration_data_is_refused_and_nothing_changes(string? key, string? auth, string code)
    {
        var played = Played.New(Given.KeymeldTerms()).Reserve(0);
        var good = Given.Registration(0);
        var data = key is null ? null : new RemoteSigningData(
            key switch { "good" => good.EncryptedPrivateKey, "no point" => new string('0', 186), _ => key }, auth == "auth" ? good.AuthPubkey : auth!);
        var refusal = played.Refused(new SubmitEntry(played.TicketOf(0).Id, played.Draft(0) with { RemoteSigning = data }, played.Now));
        Assert.Equal(code, refusal.Code);
        Assert.Null(played.TicketOf(0).Entry);
        Assert.NotNull(played.Enter(0).TicketOf(0).Entry);
    }

    [Fact]
    public void A_key_is_registered_as_soon_as_its_entry_counts_and_not_before()
    {
        var played = Played.New(Given.KeymeldTerms()).Reserve(0).Enter(0);
        Assert.DoesNotContain(played.Wants, effect => effect is RegisterSeat);
        played.Pay(0);
        Assert.Equal(played.TicketOf(0).Id, Assert.Single(played.Wants.OfType<RegisterSeat>()).User);
        played.Register(0);
        Assert.DoesNotContain(played.Wants, effect => effect is RegisterSeat);
        Assert.True(played.Keymeld.IsRegistered(played.TicketOf(0).Id));
    }

    [Fact]
    public void A_new_epoch_makes_the_registration_wanted_again_the_coordinators_too()
    {
        var played = Playbook.KeygenPending().All((play, player) => play.Register(player));
        Assert.Contains(played.Wants, effect => effect is CompleteKeygen);
        played.Learn(new SeatStale(played.Keymeld.Id, played.TicketOf(1).Id, played.Now), new SeatStale(played.Keymeld.Id, played.Keymeld.CoordinatorUser, played.Now));
        Assert.DoesNotContain(played.Wants, effect => effect is CompleteKeygen);
        Assert.Equal(
            new[] { played.Keymeld.CoordinatorUser, played.TicketOf(1).Id }.Order(),
            played.Wants.OfType<RegisterSeat>().Select(effect => effect.User).Order());
        Assert.True(played.Keymeld.Seat(played.TicketOf(1).Id)!.Before);
        played.Register(1, epoch: 2).Learn(new SeatRegistered(played.Keymeld.Id, played.Keymeld.CoordinatorUser, null, 2, played.Now));
        Assert.Contains(played.Wants, effect => effect is CompleteKeygen);
    }

    [Fact]
    public void A_seat_whose_key_the_service_will_never_take_is_sold_again_while_entries_are_open()
    {
        var played = Playbook.CollectingEntriesOf(Given.KeymeldTerms());
        var ticket = played.TicketOf(0);
        played.Learn(new SeatRefused(played.Keymeld.Id, ticket.Id, ticket.Entry!.Id, "not for this enclave", played.Now));
        Assert.Equal(TicketStage.Rotating, played.Roster.Find(ticket.Id)!.Stage);
        Assert.IsType<Created>(played.State);
    }

    [Fact]
    public void A_key_that_is_refused_after_the_close_cancels_and_names_the_entry()
    {
        var played = Playbook.KeygenPending();
        var entry = played.EntryOf(1);
        played.Learn(new SeatRefused(played.Keymeld.Id, played.TicketOf(1).Id, entry.Id, "not for this enclave", played.Now));
        Assert.Contains(entry.Id.ToString(), Assert.IsType<Cancelled>(played.State).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_payment_lost_after_registration_cancels_since_the_slot_cannot_be_sold_again()
    {
        var played = Playbook.CollectingEntriesOf(Given.KeymeldTerms()).Register(0).Sell(1);
        played.Learn(played.Seen(1, InvoiceStatus.Canceled));
        Assert.IsType<CollectingEntries>(played.State);
        played.Learn(played.Seen(0, InvoiceStatus.Canceled));
        Assert.IsType<Cancelled>(played.State);
        Assert.Contains(played.Wants, effect => effect is CancelInvoice);
    }

    [Fact]
    public void A_registration_of_an_entry_that_is_gone_cancels()
    {
        var played = Playbook.CollectingEntriesOf(Given.KeymeldTerms());
        played.Learn(new SeatRegistered(played.Keymeld.Id, played.TicketOf(0).Id, Guid.AllBitsSet, 1, played.Now));
        Assert.IsType<Cancelled>(played.State);
    }

    [Fact]
    public void Unsold_seats_at_the_close_cancel_and_nothing_stalls()
    {
        var played = Playbook.CollectingEntriesOf(Given.KeymeldTerms()).Register(0);
        played.Learn(new TimePassed(played.Terms.Close));
        Assert.Contains("every seat was sold", Assert.IsType<Cancelled>(played.State).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_burned_session_cancels_in_every_state_before_funding_and_means_nothing_after()
    {
        foreach (var (name, play) in Playbook.States)
        {
            var played = play();
            if (played.Header.Keymeld is not { } session)
            {
                continue;
            }

            played.Learn(new KeymeldBurned(session.Id, "another key", played.Now));
            Assert.True(played.State is Cancelled { Reason: var why } && why.Contains("another key", StringComparison.Ordinal), name);
        }

        var live = Playbook.FundedRemotely();
        live.Learn(new KeymeldBurned(live.Keymeld.Id, "another key", live.Now));
        Assert.IsAssignableFrom<LiveState>(live.State);
    }

    [Fact]
    public void Batches_are_started_and_finished_each_on_its_own_and_only_a_journaled_one_is_approved()
    {
        var played = Playbook.RemoteSigning();
        var (first, second) = (played.Batch(0), played.Batch(1));
        Assert.Equal([new StartBatch(0, first.Session), new StartBatch(1, second.Session)], played.Wants.Where(effect => effect is StartBatch or FinishBatch));
        played.Learn(new BatchSigned(played.Keymeld.Id, first.Session, Given.Hash("early"), played.Now));
        Assert.Null(played.Batch(0).Signatures);
        played.Learn(new BatchPosted(played.Keymeld.Id, first.Session, played.Now), new BatchPosted(played.Keymeld.Id, Guid.AllBitsSet, played.Now));
        Assert.Equal([new FinishBatch(0, first.Session), new StartBatch(1, second.Session)], played.Wants.Where(effect => effect is StartBatch or FinishBatch));
        played.SignBatch(0).SignBatch(1);
        Assert.Contains(played.Wants, effect => effect is AssembleSignatures);
    }

    [Fact]
    public void A_failed_batch_gets_a_new_session_and_twenty_failures_are_enough()
    {
        var played = Playbook.RemoteSigning();
        for (var failure = 1; failure <= KeymeldLimits.SpareBatches; failure++)
        {
            var (old, next) = (played.Batch(0), played.NewId());
            played.Learn(new BatchFailed(played.Keymeld.Id, old.Session, next, "wrong signature", played.Now));
            Assert.Equal(new RemoteBatch(0, next, failure + 1, false, null), played.Batch(0));
        }

        played.Learn(new BatchFailed(played.Keymeld.Id, played.Batch(1).Session, played.NewId(), "wrong signature", played.Now));
        Assert.Contains("wrong signature", Assert.IsType<Cancelled>(played.State).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Signatures_are_complete_only_with_every_batch_and_the_sessions_are_kept()
    {
        var played = Playbook.RemoteSigning().SignBatch(0);
        played.Learn(new ContractSigned(RemoteSigning.Round, Given.Hash("signed"), played.Now));
        Assert.IsType<RemoteSigning>(played.State);
        played.SignBatch(1).Learn(new ContractSigned("another round", Given.Hash("signed"), played.Now));
        var sessions = ((RemoteSigning)played.State).Batches.Select(batch => batch.Session).ToList();
        played.Learn(new ContractSigned(RemoteSigning.Round, Given.Hash("signed"), played.Now));
        Assert.Equal(sessions, Assert.IsType<SigningComplete>(played.State).Header.Keymeld!.SigningSessions);
    }

    [Fact]
    public void Players_send_neither_nonces_nor_signatures()
    {
        foreach (var played in new[] { Playbook.KeygenPending(), Playbook.RemoteSigning() })
        {
            var entry = played.EntryOf(0).Id;
            Assert.Equal("signed_remotely", played.Refused(new SubmitNonces(Given.Player(0), entry, null, Given.Hash("n"), "r", played.Now)).Code);
            Assert.Equal("signed_remotely", played.Refused(new SubmitPartials(Given.Player(0), entry, null, Given.Hash("p"), played.Now)).Code);
        }
    }

    [Fact]
    public void The_grace_for_fetching_signatures_is_the_terms()
    {
        var played = Playbook.RemotelySigned(Given.KeymeldTerms() with { SignatureGrace = TimeSpan.FromSeconds(5) });
        Assert.DoesNotContain(played.Wants, effect => effect is CheckBeforeFunding);
        Assert.Equal(played.Now.AddSeconds(5), played.State.NextDeadline);
        played.Wait(TimeSpan.FromSeconds(5)).Learn(new TimePassed(played.Now));
        Assert.Contains(played.Wants, effect => effect is CheckBeforeFunding);
    }

    [Fact]
    public void The_signing_deadline_names_whose_key_is_missing_or_what_was_not_signed()
    {
        var keygen = Playbook.KeygenPending().Register(0).Register(2);
        var missing = keygen.EntryOf(1).Id;
        keygen.Learn(new TimePassed(keygen.Terms.SigningDeadline));
        Assert.EndsWith($"the registered key of {missing}", Assert.IsType<Cancelled>(keygen.State).Reason, StringComparison.Ordinal);
        var signing = Playbook.RemoteSigning().SignBatch(0);
        signing.Learn(new TimePassed(signing.Terms.SigningDeadline));
        Assert.Contains("1 of 2 signing sessions", Assert.IsType<Cancelled>(signing.State).Reason, StringComparison.Ordinal);
    }

    private static TermsPolicy Policy => Given.Policy() with { Signing = SigningMode.Keymeld };

    private static ProposedTerms Remote(int entries = 3, int places = 1)
        => Given.Proposed(entries, places) with { StartObservation = Given.Start.AddHours(20) };
}
