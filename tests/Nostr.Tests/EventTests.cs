using System.Text;
using System.Text.Json;
using Coordinator.Bitcoin;

namespace Coordinator.Nostr.Tests;

public sealed class EventTests
{
    private static readonly JsonElement[] Cases = [.. Vectors.Cases("nip01.json")];

    [Fact]
    public void All_published_events_are_there() => Assert.Equal(9, Cases.Length);

    [Fact]
    public void Published_events_have_the_stated_id_and_signature_validity()
    {
        foreach (var item in Cases)
        {
            var comment = item.GetProperty("id").GetString();
            var signed = NostrEvent.Parse(Encoding.UTF8.GetBytes(item.GetProperty("event").GetRawText()));
            Assert.True(item.GetProperty("id_valid").GetBoolean() == signed.HasValidId(), comment);
            Assert.True(item.GetProperty("sig_valid").GetBoolean() == signed.HasValidSignature(), comment);
            Assert.True((item.GetProperty("kind_of_case").GetString() == "valid_event") == signed.Verify(), comment);
            if (item.TryGetProperty("computed_event_id_hex", out var computed))
            {
                Assert.True(computed.GetString() == Hex.Encode(signed.ComputeId()), comment);
            }
        }
    }

    [Fact]
    public void A_signed_event_verifies_after_a_round_trip_with_every_awkward_character()
    {
        using var key = SecretKey.From(Hashes.Sha256("author"u8));
        const string Text = "line\nquote\" back\\slash\r\t\b\f\u0001\u007f\u2028 <&'> é 🦄";
        var signed = NostrEvent.Sign(key, 1_767_225_600, 1, [["t", Text], ["-"]], Text);
        var read = NostrEvent.Parse(signed.ToJson());
        Assert.True(read.Verify());
        Assert.Equal(Text, read.Content);
        Assert.Equal(Text, read.Tags[0][1]);
        Assert.Equal(signed.CanonicalBytes(), read.CanonicalBytes());
    }

    [Fact]
    public void The_canonical_form_escapes_seven_characters_and_no_other()
    {
        using var key = SecretKey.From(Hashes.Sha256("author"u8));
        var signed = NostrEvent.Sign(key, 5, 7, [["a", "b"], ["c"]], "\n\"\\\r\t\b\f\u0001/é");
        Assert.Equal(
            "[0,\"" + key.XOnly.ToHex() + "\",5,7,[[\"a\",\"b\"],[\"c\"]],\"\\n\\\"\\\\\\r\\t\\b\\f\u0001/é\"]",
            Encoding.UTF8.GetString(signed.CanonicalBytes()));
    }

    [Theory]
    [InlineData("", NostrProblem.InvalidJson)]
    [InlineData("nonsense", NostrProblem.InvalidJson)]
    [InlineData("{", NostrProblem.InvalidJson)]
    [InlineData("[]", NostrProblem.InvalidEvent)]
    [InlineData("{}", NostrProblem.InvalidEvent)]
    [InlineData("null", NostrProblem.InvalidEvent)]
    [InlineData("{\"content\":\"\\ud800\"}", NostrProblem.InvalidJson)]
    [InlineData("{\"x\":[[[[[[[[[[]]]]]]]]]]}", NostrProblem.InvalidJson)]
    [InlineData("{\"content\":\"\",\"content\":\"\"}", NostrProblem.InvalidEvent)]
    [InlineData("{\"kind\":65536}", NostrProblem.InvalidEvent)]
    [InlineData("{\"kind\":1.5}", NostrProblem.InvalidEvent)]
    [InlineData("{\"created_at\":-1}", NostrProblem.InvalidEvent)]
    [InlineData("{\"created_at\":99999999999999999999}", NostrProblem.InvalidEvent)]
    [InlineData("{\"tags\":[[]]}", NostrProblem.InvalidEvent)]
    [InlineData("{\"tags\":[[1]]}", NostrProblem.InvalidEvent)]
    [InlineData("{\"tags\":{}}", NostrProblem.InvalidEvent)]
    [InlineData("{\"id\":\"AA\"}", NostrProblem.InvalidEvent)]
    [InlineData("{\"pubkey\":\"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\"}", NostrProblem.InvalidEvent)]
    public void Bad_events_are_refused_by_name(string json, NostrProblem problem)
        => Assert.Equal(problem, Assert.Throws<NostrFormatException>(() => NostrEvent.Parse(Encoding.UTF8.GetBytes(json))).Problem);

    [Fact]
    public void An_event_over_the_limit_is_refused_before_it_is_read()
        => Assert.Equal(NostrProblem.TooLong, Assert.Throws<NostrFormatException>(() => NostrEvent.Parse(new byte[101], 100)).Problem);

    [Fact]
    public void Any_cut_or_changed_event_is_read_or_refused_by_name()
    {
        const ulong Seed = 11;
        var random = new Splitmix64(Seed);
        var json = Encoding.UTF8.GetBytes(Cases[0].GetProperty("event").GetRawText());
        for (var length = 0; length < json.Length; length++)
        {
            Assert.Null(NostrEvent.TryParse(json.AsSpan(0, length)));
        }

        for (var i = 0; i < 3_000; i++)
        {
            var bad = random.Mutate(json);
            var read = NostrEvent.TryParse(bad);
            Assert.True(read is null || read.HasValidId() || !read.Verify(), $"seed {Seed}, round {i}");
        }
    }
}
