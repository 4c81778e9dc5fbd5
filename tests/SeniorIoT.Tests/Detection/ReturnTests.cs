using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Telemetry;
using Xunit;
using static SeniorIoT.Tests.Detection.Meter;

namespace SeniorIoT.Tests.Detection;

public sealed class ReturnTests
{
    private static readonly Absences Away = Absences.Of(new AwayPeriod(At(2), At(20.5)));

    [Fact]
    public void Nobody_back_twelve_hours_after_an_absence_is_told_and_the_alert_says_so_also_where_the_window_is_a_day()
    {
        var meter = new Meter(RuleSettings.Jingan, Away);
        Assert.Empty(meter.Sends(Hourly(0, 32)));
        var raised = Assert.IsType<Finding.Raised>(Assert.Single(meter.Sends([Litres(33, 100)])));
        Assert.Equal((At(32.5), At(20.5)), (raised.At, raised.Evidence.FromAt));
        Assert.Equal("The absence ended 01-10 20:30; since then nothing shows that somebody is back.", raised.Evidence.Note);
        Assert.Empty(meter.Sends(Hourly(34, 56)));
        Assert.IsType<Finding.Cleared>(meter.Sends([Litres(57, 150)]).First(finding => finding is Finding.Cleared));
    }

    [Fact]
    public void By_habit_too_nobody_waits_longer_for_a_return_than_the_settings_say()
    {
        var settings = RuleSettings.ByHabit with { ReturnWindow = TimeSpan.FromHours(11) };
        var meter = new Meter(settings, Away);
        Assert.Empty(meter.Sends(Hourly(0, 31)));
        Assert.Equal(At(31.5), Assert.IsType<Finding.Raised>(Assert.Single(meter.Sends([Litres(32, 100)]))).At);
    }

    [Fact]
    public void A_home_that_was_not_away_waits_as_long_as_ever_and_its_alert_says_nothing_of_an_absence()
    {
        var meter = new Meter(RuleSettings.Jingan);
        Assert.Empty(meter.Sends(Hourly(0, 23)));
        Assert.Null(Assert.IsType<Finding.Raised>(Assert.Single(meter.Sends([Litres(24, 100)]))).Evidence.Note);
    }

    [Fact]
    public void The_first_water_after_an_absence_is_a_line_in_the_history_and_only_the_first()
    {
        // That water ran in the absence is another rule's finding.
        var meter = new Meter(RuleSettings.Changning with { Off = [Rule.UseWhileAway.Id] }, Away);
        Assert.Empty(meter.Sends([.. Hourly(0, 9), Litres(10, 130), Litres(20, 130), Litres(21, 130)]));
        var returned = Assert.IsType<Finding.Recorded>(Assert.Single(meter.Sends([Litres(22, 131)])));
        Assert.Equal(("returned", At(22), "First use of water after the absence that ended 01-10 20:30."), (returned.Kind, returned.At, returned.Note));
        Assert.Empty(meter.Sends([Litres(23, 140), Litres(25, 160)]));
        Assert.Empty(meter.Sends([Litres(21.5, 130)]));
    }

    [Fact]
    public void Of_two_absences_each_has_its_return()
    {
        var meter = new Meter(away: Absences.Of(new(At(2), At(5)), new(At(8), At(11))));
        meter.Sends(Enumerable.Range(0, 15).Select(hour => Litres(hour, 100 + (hour * 3))));
        Assert.Equal([At(6), At(12)], meter.Findings.OfType<Finding.Recorded>().Select(line => line.At));
    }

    private static IEnumerable<Reading> Hourly(int from, int until) => Enumerable.Range(from, until - from + 1).Select(hour => Litres(hour, 100));
}
