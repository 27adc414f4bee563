using Coordinator.Bitcoin;

namespace Coordinator.Oracle.Tests;

public sealed class AnnouncementTests
{
    private static readonly SecretKey Nonce = SecretKey.From(Hashes.Sha256("oracle-sim-nonce"u8));
    private static readonly PublicKey P = SecretKey.From(Hashes.Sha256("oracle-sim-key"u8)).PublicKey;

    private static readonly OracleEventTerms Terms = new(
        Guid.Parse("019b7a00-0000-7000-8000-000000000001"),
        new DateTimeOffset(2026, 1, 3, 9, 0, 0, TimeSpan.Zero),
        new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero),
        new DateTimeOffset(2026, 1, 3, 0, 0, 0, TimeSpan.Zero),
        ["KDEN", "KJFK"],
        6,
        3,
        1,
        OracleEventTerms.DefaultScoringFields);

    private static readonly OracleEvent Honest = new()
    {
        Id = Terms.Id,
        SigningDate = Terms.SigningDate,
        StartObservationDate = Terms.StartObservationDate,
        EndObservationDate = Terms.EndObservationDate,
        TotalAllowedEntries = 3,
        NumberOfPlacesWin = 1,
        Status = OracleEventStatus.Live,
        Entries = [],
        EntryIds = [],
        NoncePoint = Nonce.PublicKey,
        RevealsNonce = false,
        LockingPoints = [.. LockingPoints.All(P, Nonce.PublicKey, OutcomeMessages.Of(3, 1)).Select(point => point.ToHex())],
        Expiry = 1_767_517_200,
        Attestation = [],
    };

    private static AnnouncementProblem? Problem(OracleEvent shown, bool isRegtest = false)
        => OracleAnnouncement.Verify(shown, Terms, P, isRegtest).Problem;

    [Fact]
    public void An_honest_announcement_is_accepted_and_recomputed_alike()
    {
        var check = OracleAnnouncement.Verify(Honest, Terms, P, isRegtest: false);
        Assert.Null(check.Problem);
        var again = OracleAnnouncement.Recompute(Terms, P, Nonce.PublicKey);
        Assert.Equal<IEnumerable<PublicKey>>(check.Announcement!.LockingPoints, again.LockingPoints);
        Assert.Equal(1_767_517_200, again.Expiry);
    }

    [Fact]
    public void Every_lie_is_refused_by_its_own_name()
    {
        Assert.Equal(AnnouncementProblem.OtherTerms, Problem(Honest with { Id = Guid.Parse("019b7a00-0000-7000-8000-000000000002") }));
        Assert.Equal(AnnouncementProblem.OtherTerms, Problem(Honest with { SigningDate = Terms.SigningDate.AddSeconds(1) }));
        Assert.Equal(AnnouncementProblem.OtherTerms, Problem(Honest with { TotalAllowedEntries = 4 }));
        Assert.Equal(AnnouncementProblem.OtherTerms, Problem(Honest with { NumberOfPlacesWin = 2 }));
        Assert.Equal(AnnouncementProblem.NoNoncePoint, Problem(Honest with { NoncePoint = null }));
        Assert.Equal(AnnouncementProblem.KnownNonce, Problem(Honest with { RevealsNonce = true }));
        Assert.Equal(AnnouncementProblem.WrongExpiry, Problem(Honest with { Expiry = null }));
        Assert.Equal(AnnouncementProblem.WrongExpiry, Problem(Honest with { Expiry = Honest.Expiry + 1 }));
        Assert.Equal(AnnouncementProblem.WrongLockingPoints, Problem(Honest with { LockingPoints = [] }));
        Assert.Equal(AnnouncementProblem.WrongLockingPoints, Problem(Honest with { LockingPoints = Honest.LockingPoints.RemoveAt(0) }));
        Assert.Equal(AnnouncementProblem.WrongLockingPoints, Problem(Honest with { NoncePoint = P }));
        for (var i = 0; i < 4; i++)
        {
            var swapped = Honest.LockingPoints.SetItem(i, Honest.LockingPoints[(i + 1) % 4]);
            Assert.Equal(AnnouncementProblem.WrongLockingPoints, Problem(Honest with { LockingPoints = swapped }));
        }
    }

    [Fact]
    public void A_published_nonce_is_accepted_on_regtest_only()
        => Assert.Null(Problem(Honest with { RevealsNonce = true }, isRegtest: true));

    [Fact]
    public void An_attestation_is_known_by_its_locking_point_and_nothing_else_is_one()
    {
        var announcement = OracleAnnouncement.Verify(Honest, Terms, P, isRegtest: false).Announcement!;
        Assert.Equal(2, announcement.OutcomeOf(Hex.Decode("271ee5734d1c1518291fc381f01dc7e8889b614a4fcfba443af3bd1d6ae78640")));
        Assert.Equal(3, announcement.OutcomeOf(Hex.Decode("0c3b0b82a8ce8ec2345d80c24268922325fa2077f2ab166454dce627b3853d6a")));
        Assert.Null(announcement.OutcomeOf(Hex.Decode("271ee5734d1c1518291fc381f01dc7e8889b614a4fcfba443af3bd1d6ae78641")));
        Assert.Null(announcement.OutcomeOf(new byte[32]));
        Assert.Null(announcement.OutcomeOf(Enumerable.Repeat((byte)0xff, 32).ToArray()));
        Assert.Null(announcement.OutcomeOf(new byte[31]));
        Assert.Null(announcement.OutcomeOf([]));
    }

    [Fact]
    public void An_event_shows_exactly_our_entries_or_not()
    {
        Guid[] ours = [Guid.Parse("019b7a00-0000-7000-8000-00000000000a"), Guid.Parse("019b7a00-0000-7000-8000-00000000000b")];
        var stranger = Guid.Parse("019b7a00-0000-7000-8000-00000000000c");
        OracleEvent Shown(params Guid[] ids) => Honest with
        {
            EntryIds = [.. ids],
            Entries = [.. ids.Select(id => new ShownEntry(id, null, null))],
        };
        Assert.True(Shown(ours[1], ours[0]).ShowsExactly(ours));
        Assert.False(Shown(ours[0]).ShowsExactly(ours));
        Assert.False(Shown(ours[0], ours[0]).ShowsExactly(ours));
        Assert.False(Shown(ours[0], stranger).ShowsExactly(ours));
        Assert.False(Shown(ours[0], ours[1], stranger).ShowsExactly(ours));
        Assert.False((Shown(ours) with { EntryIds = [ours[0], stranger] }).ShowsExactly(ours));
    }

    [Fact]
    public void Terms_the_oracle_would_refuse_are_named()
    {
        Assert.Empty(Terms.Complaints());
        Assert.Single((Terms with { Id = Guid.Parse("019b7a00-0000-4000-8000-000000000001") }).Complaints());
        Assert.Single((Terms with { TotalAllowedEntries = 1 }).Complaints());
        Assert.Single((Terms with { NumberOfPlacesWin = 3 }).Complaints());
        Assert.Single((Terms with { TotalAllowedEntries = 25, NumberOfPlacesWin = 4 }).Complaints());
        Assert.Single((Terms with { Locations = ["KDEN", "KDEN"] }).Complaints());
        Assert.Single((Terms with { NumberOfValuesPerEntry = 7 }).Complaints());
        Assert.Single((Terms with { EndObservationDate = Terms.StartObservationDate }).Complaints());
        Assert.Single((Terms with { SigningDate = Terms.EndObservationDate.AddSeconds(-1) }).Complaints());
        Assert.Single((Terms with { ScoringFields = [] }).Complaints());
    }
}
