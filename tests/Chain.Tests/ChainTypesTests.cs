using Coordinator.Bitcoin;

namespace Coordinator.Chain.Tests;

/// <summary>The values of the port.</summary>
public sealed class ChainTypesTests
{
    [Theory]
    [InlineData(new long[] { 5 }, 5)]
    [InlineData(new long[] { 5, 9 }, 9)]
    [InlineData(new long[] { 11, 1, 10, 2, 9, 3, 8, 4, 7, 5, 6 }, 6)]
    public void The_median_time_past_is_the_middle_of_sorted_times(long[] times, long median)
        => Assert.Equal(median, MedianTimePast.Of(times).UnixSeconds);

    [Fact]
    public void The_median_time_past_must_be_greater_than_a_lock_time()
    {
        Assert.False(new MedianTimePast(100).IsPast(100));
        Assert.True(new MedianTimePast(101).IsPast(100));
        Assert.Throws<ArgumentException>(() => MedianTimePast.Of(new long[12]));
    }

    [Fact]
    public void Fee_estimates_never_fall_below_one_satoshi_per_vbyte()
    {
        var estimates = new FeeEstimates([new(3, FeeRate.FromSatPerKwu(10)), new(0, FeeRate.FromSatPerKwu(9_999))], FeeRate.Zero);
        Assert.Equal(FeeRate.FromSatPerVbyte(1), estimates.For(1));
        Assert.Equal([3], estimates.ByTarget.Keys);
        Assert.Equal(FeeRate.FromSatPerVbyte(1), new FeeEstimates([], FeeRate.Zero).For(1));
    }

    [Theory]
    [InlineData("regtest", "http://127.0.0.1:3002/regtest/api/")]
    [InlineData("testnet", "http://127.0.0.1:3002/testnet/api/")]
    [InlineData("signet", "http://127.0.0.1:3002/api/")]
    [InlineData("mainnet", "http://127.0.0.1:3002/api/")]
    public void The_network_decides_the_prefix(string network, string api)
        => Assert.Equal(new Uri(api), new EsploraOptions { Address = new Uri("http://127.0.0.1:3002"), Network = network }.ApiAddress);

    [Fact]
    public void Options_complain_about_everything_at_once()
    {
        var complaints = new EsploraOptions { Network = "moon", CallTimeout = TimeSpan.Zero, ReadAttempts = 0, MaxResponseBytes = 1 }.Validate();
        Assert.Equal(5, complaints.Count);
    }
}
