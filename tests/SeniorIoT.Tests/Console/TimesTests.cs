using SeniorIoT.Console.Words;
using Xunit;

namespace SeniorIoT.Tests.Console;

public sealed class TimesTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 9, 17, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(-5, "00:00")]
    [InlineData(249, "04:09")]
    [InlineData(3600, "1:00:00")]
    [InlineData(90_000, "1 天 01:00")]
    public void A_running_time_grows_units_when_it_needs_them(int seconds, string expected) =>
        Assert.Equal(expected, Times.Elapsed(TimeSpan.FromSeconds(seconds), new Wording()));

    [Fact]
    public void A_moment_names_its_day_unless_it_is_today_in_shanghai()
    {
        Assert.Equal("00:30", Times.Moment(new(2026, 3, 9, 16, 30, 0, TimeSpan.Zero), Now));
        Assert.Equal("03-09 23:30", Times.Moment(new(2026, 3, 9, 15, 30, 0, TimeSpan.Zero), Now));
        Assert.Equal("2025-12-31 23:59", Times.Moment(new(2025, 12, 31, 15, 59, 0, TimeSpan.Zero), Now));
    }

    [Fact]
    public void A_day_begins_at_midnight_in_shanghai() =>
        Assert.Equal(new DateTimeOffset(2026, 3, 9, 16, 0, 0, TimeSpan.Zero), Times.DayOf(Now));

    [Fact]
    public void A_chosen_time_is_read_on_the_centres_clock() =>
        Assert.Equal(new DateTimeOffset(2026, 3, 9, 1, 5, 0, TimeSpan.Zero), Times.Chosen(new DateTime(2026, 3, 9, 9, 5, 0, DateTimeKind.Local)));
}
