using System.Net.Sockets;
using Coordinator.Lightning.Rpc;
using Coordinator.Lightning.Wire.Lnrpc;

namespace Coordinator.Lightning.Tests;

[Trait("Kind", "Rules")]
public sealed class GrpcWireTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("100% \u00fc", "100%25 %C3%BC")]
    [InlineData("a\nb", "a%0Ab")]
    public void Texts_are_percent_encoded(string text, string wire)
    {
        Assert.Equal(wire, GrpcText.Encode(text));
        Assert.Equal(text, GrpcText.Decode(wire));
    }

    [Theory]
    [InlineData("%", "%")]
    [InlineData("%zz", "%zz")]
    [InlineData("%4", "%4")]
    [InlineData("%ff", "\ufffd")]
    public void A_broken_escape_is_kept(string wire, string text) => Assert.Equal(text, GrpcText.Decode(wire));

    [Theory]
    [InlineData("15000m", 15_000)]
    [InlineData("2S", 2_000)]
    [InlineData("1H", 3_600_000)]
    [InlineData("5000u", 5)]
    [InlineData("9000000n", 9)]
    public void Timeouts_are_read(string wire, double milliseconds) =>
        Assert.Equal(milliseconds, GrpcText.ParseTimeout(wire)!.Value.TotalMilliseconds);

    [Theory]
    [InlineData("")]
    [InlineData("m")]
    [InlineData("5")]
    [InlineData("-5m")]
    [InlineData("123456789m")]
    [InlineData("5x")]
    [InlineData(null)]
    public void What_is_no_timeout_is_none(string? wire) => Assert.Null(GrpcText.ParseTimeout(wire));

    [Fact]
    public void Whatever_breaks_the_connection_is_a_node_that_is_not_there()
    {
        foreach (var broken in new Exception[] { new HttpRequestException("refused"), new IOException("cut"), new SocketException((int)SocketError.NotConnected) })
        {
            Assert.Equal(GrpcStatus.Unavailable, Assert.IsType<GrpcException>(GrpcChannel.Explain(broken)).Status);
        }
    }

    [Fact]
    public void A_timeout_has_at_most_eight_digits()
    {
        Assert.Equal("15000m", GrpcText.FormatTimeout(TimeSpan.FromSeconds(15)));
        Assert.Equal("1m", GrpcText.FormatTimeout(TimeSpan.Zero));
        Assert.Equal("172801S", GrpcText.FormatTimeout(TimeSpan.FromDays(2)));
    }

    [Fact]
    public async Task A_frame_is_read_back_and_a_clean_end_is_null()
    {
        var frame = GrpcFrames.Encode(new PayReqString { PayReq = "x" });
        Assert.Equal("00000000030a0178", Convert.ToHexStringLower(frame));
        using var stream = new MemoryStream(frame);
        Assert.Equal(frame[5..], await GrpcFrames.ReadAsync(stream, 100, CancellationToken.None));
        Assert.Null(await GrpcFrames.ReadAsync(stream, 100, CancellationToken.None));
    }

    [Theory]
    [InlineData("00")]
    [InlineData("0000000003")]
    [InlineData("00000000030a01")]
    [InlineData("01000000030a0178")]
    [InlineData("00ffffffff0a0178")]
    public async Task A_broken_frame_is_refused(string hex)
    {
        using var stream = new MemoryStream(Convert.FromHexString(hex));
        await Assert.ThrowsAsync<InvalidDataException>(async () => await GrpcFrames.ReadAsync(stream, 100, CancellationToken.None));
    }

    [Fact]
    public void A_preimage_never_prints_itself()
    {
        var preimage = Preimage.Random();
        Assert.DoesNotContain(preimage.RevealHex(), preimage.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(preimage.RevealHex(), $"{LightningAnswer.Done(preimage)}", StringComparison.Ordinal);
        Assert.Null(Preimage.TryParse("zz"));
        Assert.Null(Preimage.TryParse(new string('z', 64)));
        Assert.Equal(preimage, Preimage.TryParse(preimage.RevealHex()));
    }

    [Fact]
    public void A_payment_hash_is_a_value_with_a_printed_form()
    {
        var hash = Preimage.Random().Hash;
        Assert.True(PaymentHash.TryParse(hash.ToString().ToUpperInvariant(), out var again));
        Assert.Equal((hash, hash.GetHashCode()), (again, again.GetHashCode()));
        Assert.True(PaymentHash.TryFromBytes(hash.ToBytes(), out again));
        Assert.Equal(hash, again);
        Assert.False(PaymentHash.TryParse("ab", out _));
        Assert.False(PaymentHash.TryParse(new string('g', 64), out _));
        Assert.True(default(PaymentHash).IsDefault);
    }
}
