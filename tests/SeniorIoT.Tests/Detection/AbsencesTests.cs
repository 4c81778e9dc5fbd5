using System.Text.Json;
using CsCheck;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Telemetry;
using Xunit;
using static SeniorIoT.Tests.Detection.Meter;

namespace SeniorIoT.Tests.Detection;

public sealed class AbsencesTests
{
    private const int HourMax = 96;

    private static readonly Gen<AwayPeriod[]> Periods =
        Gen.Select(Gen.Int[0, HourMax], Gen.Int[0, 30], (hour, hours) => new AwayPeriod(At(hour), At(hour + hours))).Array[0, 6];

    [Fact]
    public void Periods_are_sorted_apart_and_contain_exactly_the_moments_that_were_entered() =>
        Gen.Select(Periods, Gen.Int[-1, HourMax + 31]).Sample((periods, hour) =>
        {
            var absences = Absences.Of(periods);
            for (var i = 0; i < absences.Periods.Length; i++)
            {
                Assert.True(absences.Periods[i].From < absences.Periods[i].Until);
                Assert.True(i == 0 || absences.Periods[i - 1].Until < absences.Periods[i].From);
            }

            var moment = At(hour + 0.5);
            Assert.Equal(periods.Any(period => period.From <= moment && moment < period.Until), absences.At(moment) is not null);
        });

    [Fact]
    public void What_rules_ask_is_what_a_look_at_every_period_says() =>
        Gen.Select(Periods, Gen.Int[0, HourMax], Gen.Int[0, 40]).Sample((periods, hour, hours) =>
        {
            var absences = Absences.Of(periods);
            var (from, until) = (At(hour), At(hour + hours));
            Assert.Equal(absences.Periods.LastOrDefault(period => period.From <= until && period.Until > from), absences.LastSince(from, until));
            Assert.Equal(absences.Periods.FirstOrDefault(period => period.From <= until && period.Until > from), absences.FirstSince(from, until));
            Assert.Equal(absences.Periods.Any(period => period.From < until && period.Until > from), absences.Overlap(from, until));
        });

    [Fact]
    public void Two_periods_that_touch_or_overlap_are_one_whatever_a_meter_says() =>
        Gen.Select(Gen.Int[0, 60], Gen.Int[1, 20], Gen.Int[1, 20], Gen.Int[0, 5], Gen.Int[0, 3].Array[HourMax]).Sample((hour, first, second, shared, litres) =>
        {
            var overlap = Math.Min(shared, first);
            var one = Told(Absences.Of(new AwayPeriod(At(hour), At(hour + first + second))), litres);
            var two = Told(Absences.Of(new(At(hour + first - overlap), At(hour + first + second)), new(At(hour), At(hour + first))), litres);
            Assert.Equal(one, two);
        });

    [Fact]
    public void A_period_without_length_is_none() => Assert.Empty(Absences.Of(new AwayPeriod(At(3), At(3)), new AwayPeriod(At(5), At(4))).Periods);

    [Fact]
    public void What_becomes_known_late_ends_only_what_lies_in_it()
    {
        var meter = new Meter();
        meter.Sends(Hourly(0, 30)); // told at hour 12
        meter.Context = meter.Context with { Absences = Absences.Of(new AwayPeriod(At(-40), At(-10))) };
        Assert.Empty(meter.Sends([Litres(31, 100)]));
        meter.Context = meter.Context with { Absences = Absences.Of(new(At(-40), At(-10)), new(At(2), At(26))) };
        Assert.Equal(At(2), Assert.IsType<Finding.Cleared>(Assert.Single(meter.Sends([Litres(32, 100)]))).At);
        Assert.Empty(meter.Sends(Hourly(33, 37)));
        Assert.Equal(At(26), Assert.IsType<Finding.Raised>(Assert.Single(meter.Sends([Litres(38, 100)]))).Evidence.FromAt);
    }

    [Fact]
    public void Several_absences_are_each_quiet_and_the_time_between_them_is_watched()
    {
        var meter = new Meter(away: Absences.Of(new(At(60), At(80)), new(At(2), At(20))));
        meter.Sends(Hourly(0, 31));
        Assert.Empty(meter.Findings);
        Assert.IsType<Finding.Raised>(Assert.Single(meter.Sends([Litres(32, 100)])));
        Assert.IsType<Finding.Cleared>(Assert.Single(meter.Sends(Hourly(60, 91))));
        Assert.Equal(At(80), Assert.IsType<Finding.Raised>(Assert.Single(meter.Sends([Litres(92, 100)]))).Evidence.FromAt);
    }

    private static IEnumerable<Reading> Hourly(int from, int until) => Enumerable.Range(from, until - from + 1).Select(hour => Litres(hour, 100));

    // Everything found, message by message, when each hour's use is as given; most hours without any.
    private static string Told(Absences away, int[] litres)
    {
        var meter = new Meter(away: away);
        var total = 0;
        for (var hour = 0; hour < litres.Length; hour++) meter.Sends([Litres(hour, total += hour % 17 == 0 ? litres[hour] * 6 : 0)]);
        return JsonSerializer.Serialize(meter.Findings);
    }
}
