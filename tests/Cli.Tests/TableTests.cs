using Coordinator.Cli.Operator;

namespace Coordinator.Cli.Tests;

/// <summary>What people read: tables, amounts, times, and foreign text that must not move the cursor.</summary>
public sealed class TableTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Columns_are_as_wide_as_their_longest_cell_and_numbers_stand_at_the_right()
    {
        var table = new TextTable(new("NAME"), new("SAT", IsRight: true), new("LAST"));
        table.Add("a", "1", "x");
        table.Add("longer", "1,234", null);
        Assert.Equal(["NAME      SAT  LAST", "a           1  x", "longer  1,234  -"], table.Lines());
    }

    [Fact]
    public void A_cell_is_cut_where_its_column_ends()
    {
        var table = new TextTable(new("WHAT", 5), new("B"));
        table.Add("123456789", "b");
        table.Add("12345", "b");
        Assert.Equal(["WHAT   B", "1234…  b", "12345  b"], table.Lines());
    }

    [Fact]
    public void Foreign_text_cannot_colour_the_terminal_or_begin_a_line()
    {
        var table = new TextTable(new TableColumn("WHAT"));
        table.Add("\u001b[31mred\nsecond\r\tline\u202e\u2028end");
        Assert.Equal("[31mred second  line  end", table.Lines().Last());
        Assert.Equal(2, table.ToString().Split(Environment.NewLine).Length);
    }

    [Fact]
    public void A_row_has_as_many_cells_as_there_are_columns()
        => Assert.Throws<ArgumentOutOfRangeException>(() => new TextTable(new TableColumn("ONE")).Add("1", "2"));

    [Theory]
    [InlineData(0, "0")]
    [InlineData(999, "999")]
    [InlineData(1_000, "1,000")]
    [InlineData(2_100_000_000_000_000, "2,100,000,000,000,000")]
    [InlineData(-15_000, "-15,000")]
    public void Satoshis_stand_in_groups_of_three(long sats, string text) => Assert.Equal(text, Wording.Sats(sats));

    [Theory]
    [InlineData(0, "0 s ago")]
    [InlineData(59, "59 s ago")]
    [InlineData(60, "1 min ago")]
    [InlineData(3_599, "59 min ago")]
    [InlineData(3_600, "1 h ago")]
    [InlineData(7_500, "2 h 5 min ago")]
    [InlineData(86_400, "1 d ago")]
    [InlineData(1_051_200, "12 d 4 h ago")]
    [InlineData(-90, "in 1 min")]
    public void An_age_has_its_two_largest_units(long seconds, string text) => Assert.Equal(text, Wording.Age(Now.AddSeconds(-seconds), Now));

    [Fact]
    public void A_time_is_shown_in_utc_with_its_age()
        => Assert.Equal("2026-01-31 11:57:05Z (2 min ago)", Wording.When(new DateTimeOffset(2026, 1, 31, 12, 57, 5, TimeSpan.FromHours(1)), Now));

    [Theory]
    [InlineData("2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z")]
    [InlineData("2026-01-31T12:00:00.25Z", "2026-01-31T12:00:00.25Z")]
    [InlineData("2026-01-31T12:00Z", "2026-01-31T12:00:00Z")]
    [InlineData("2026-01-31T12:00:00+02:00", "2026-01-31T10:00:00Z")]
    [InlineData("+90s", "2026-01-31T12:01:30Z")]
    [InlineData("+30m", "2026-01-31T12:30:00Z")]
    [InlineData("+4h", "2026-01-31T16:00:00Z")]
    [InlineData("+2d", "2026-02-02T12:00:00Z")]
    public void A_time_is_read_with_its_zone_or_as_a_span_from_now(string text, string expected)
        => Assert.Equal(DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), Moments.Read(text, Now));

    [Theory]
    [InlineData("")]
    [InlineData("+")]
    [InlineData("+h")]
    [InlineData("+-4h")]
    [InlineData("+4")]
    [InlineData("+4w")]
    [InlineData("+4.5h")]
    [InlineData("+99999999d")]
    [InlineData("+4000d")]
    [InlineData("tomorrow")]
    [InlineData("2026-01-31")]
    [InlineData("2026-01-31T12:00:00")]
    [InlineData("2026-13-31T12:00:00Z")]
    [InlineData("2026-01-31T12:00:00Zjunk")]
    public void What_is_no_time_is_not_guessed(string text) => Assert.Null(Moments.Read(text, Now));
}
