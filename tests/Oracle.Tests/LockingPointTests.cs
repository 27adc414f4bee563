using Coordinator.Bitcoin;

namespace Coordinator.Oracle.Tests;

public sealed class LockingPointTests
{
    private static readonly PublicKey P = PublicKey.Parse("02b766a6303dd79f7d091534194bafbf2f4c4ded2ce9284a13d023413b32cf1742");
    private static readonly PublicKey R = PublicKey.Parse("02e09464032a4580543a94fc8b993ad2859ecf2d68b1435460c0fdc996cca8be1d");
    private static readonly PublicKey OddP = PublicKey.Parse("0321fff3c6eccae8abdf10f4d4bcd06cd8ae931ff77a4054b68719f1f98c8d459d");
    private static readonly PublicKey OddR = PublicKey.Parse("0382f008b01dbe38ebb26ec45d69279338dae45c471112caa41ca043c5206e7b84");

    private static readonly (string Message, string Hash, string Point, string Attestation)[] Known =
    [
        ("0000000000000000",
            "1fdb5eee32ae960ca05ee76bad9c3669b7b4bbae6a1fee439b165083ea881666",
            "02a69e733db79bb4a5a6819f38dc075debeaafb4d4c1d91c1e44a159c40b9940a2",
            "f7b50c813fc6b5642b02aaefdecb7472a141bfd372c23af589754229f55ab0ea"),
        ("0000000000000001",
            "54d4a3f0c025248da9d7d3df196995cb2851a64a54c70d636ea7346dccde45a8",
            "0239d301fd6a286f3a11a18ac6f64550dcbfc70aae45c6c398dd81a0742d0c15cf",
            "5ad9189070c93ba427fff13a93192345a53392fe6d0eee9392a0121473e7fd49"),
        ("0000000000000002",
            "06fc1c2683503d60f3b866bf4002810f454b8b4483b03a1d0f5a4d58ccde9618",
            "0338d9adda1e26d1b6d28b7b0c51587e5354ae12a1dd1b1b4c476eae863b5435c5",
            "271ee5734d1c1518291fc381f01dc7e8889b614a4fcfba443af3bd1d6ae78640"),
        ("000000000000000000000000000000010000000000000002",
            "fde3d7bf7d63939c58ef4e2204d67da5240c01100d25b44585a184fbb90b338b",
            "0244ae65808992ed704a39044b6c4096fdec1b3d8769b13f2c8a6b11f61baa40e5",
            "0c3b0b82a8ce8ec2345d80c24268922325fa2077f2ab166454dce627b3853d6a"),
    ];

    [Fact]
    public void Keys_of_the_known_answers_are_those_of_their_secrets()
    {
        Assert.Equal(P, SecretKey.From(Hashes.Sha256("oracle-sim-key"u8)).PublicKey);
        Assert.Equal(R, SecretKey.From(Hashes.Sha256("oracle-sim-nonce"u8)).PublicKey);
        Assert.Equal(OddP, SecretKey.From(Hashes.Sha256("oracle-sim-key-4"u8)).PublicKey);
        Assert.Equal(OddR, SecretKey.From(Hashes.Sha256("oracle-sim-nonce-4"u8)).PublicKey);
    }

    [Fact]
    public void Three_entries_with_one_place_give_the_known_points_and_attestations()
    {
        var outcomes = OutcomeMessages.Of(3, 1);
        var points = LockingPoints.All(P, R, outcomes);
        Assert.Equal(Known.Length, outcomes.Count);
        for (var i = 0; i < Known.Length; i++)
        {
            Assert.Equal(Known[i].Message, Hex.Encode(outcomes.Message(i)));
            Assert.Equal(Known[i].Hash, Hex.Encode(LockingPoints.HashOf(outcomes.Message(i))));
            Assert.Equal(Known[i].Point, points[i].ToHex());
            Assert.Equal(points[i], SecretKey.From(Hex.Decode(Known[i].Attestation)).PublicKey);
            byte[] signature = [.. R.XOnly.Bytes, .. Hex.Decode(Known[i].Attestation)];
            Assert.True(Secp256k1.SchnorrVerify(P.XOnly, LockingPoints.HashOf(outcomes.Message(i)), signature));
        }
    }

    [Fact]
    public void Keys_with_odd_y_give_the_second_known_answer()
    {
        var outcomes = OutcomeMessages.Of(3, 2);
        Assert.Equal("01 02 10 12 20 21 012", string.Join(' ', Enumerable.Range(0,
            outcomes.Count).Select(i => string.Concat(outcomes.Ranking(i)))));
        Assert.Equal("00000000000000020000000000000000", Hex.Encode(outcomes.Message(4)));
        Assert.Equal("7ff92d594c98422c610227987e979b1ce0c6cd98dbc92bacc301f474a8604132",
            Hex.Encode(LockingPoints.HashOf(outcomes.Message(4))));
        var point = LockingPoints.Of(OddP, OddR, outcomes.Message(4));
        Assert.Equal("02b9d767de77adf500254364bfb8aa1238374ce95c5a151f4ce8f5947b7fc39a2a", point?.ToHex());
        Assert.Equal(point, SecretKey.From(Hex.Decode("01987bd5b9e42110d757f2d8a6d70aabb40570b35aece52560335ed39ddd8425")).PublicKey);
    }

    [Theory]
    [InlineData(3, 1, 4)]
    [InlineData(5, 3, 61)]
    [InlineData(10, 3, 721)]
    [InlineData(25, 1, 26)]
    [InlineData(25, 2, 601)]
    [InlineData(25, 3, 13_801)]
    [InlineData(12, 4, 11_881)]
    [InlineData(9, 5, 15_121)]
    public void Outcomes_are_counted_and_ordered(int entries, int places, int count)
    {
        var outcomes = OutcomeMessages.Of(entries, places);
        Assert.Equal(count, outcomes.Count);
        Assert.Equal(count, OutcomeMessages.CountOf(entries, places));
        Assert.Equal(count - 1, outcomes.RefundAll);
        Assert.Equal(Enumerable.Range(0, entries), outcomes.Ranking(outcomes.RefundAll));
        for (var i = 1; i < outcomes.RefundAll; i++)
        {
            Assert.True(outcomes.Ranking(i - 1).AsSpan().SequenceCompareTo(outcomes.Ranking(i).AsSpan()) < 0, $"outcome {i}");
            Assert.Equal(places, outcomes.Ranking(i).Distinct().Count());
        }

        Assert.Equal(count - 2, outcomes.Find(outcomes.Ranking(count - 2).AsSpan()));
        Assert.Null(outcomes.Find([entries]));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(26, 1)]
    [InlineData(3, 0)]
    [InlineData(3, 3)]
    [InlineData(10, 6)]
    [InlineData(11, 5)]
    [InlineData(25, 4)]
    public void Outcomes_that_no_oracle_announces_are_refused(int entries, int places)
        => Assert.Throws<ArgumentOutOfRangeException>(() => OutcomeMessages.Of(entries, places));

    [Fact]
    public void Entry_ids_are_ordered_as_they_are_written()
    {
        var early = Guid.Parse("019b7a00-0000-7000-8000-000000000001");
        var late = Guid.Parse("019b7a00-0001-7000-8000-000000000000");
        var last = Guid.Parse("f19b7a00-0000-7000-8000-000000000000");
        Assert.Equal<IEnumerable<Guid>>([early, late, last], EntryOrder.Sort([last, late, early]));
        Assert.Equal(0, EntryOrder.Compare(early, early));
    }

    [Fact]
    public void A_challenge_above_the_group_order_is_reduced()
    {
        var scalar = Enumerable.Repeat((byte)0xff, 32).ToArray();
        GroupOrder.Reduce(scalar);
        Assert.Equal("000000000000000000000000000000014551231950b75fc4402da1732fc9bebe", Hex.Encode(scalar));
        var order = Convert.FromHexString("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141");
        GroupOrder.Reduce(order);
        Assert.Equal(new byte[32], order);
    }
}
