using CsCheck;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Households;
using Xunit;

namespace SeniorIoT.Tests.Households;

public sealed class AbsencePlanTests
{
    private const int DaysMax = 60;

    /// <summary>Has a change of clocks on 29 March and on 25 October 2026.</summary>
    private static readonly TimeZoneInfo Madrid = TimeZoneInfo.FindSystemTimeZoneById("Europe/Madrid");

    private static readonly DateOnly[] Firsts = [new(2026, 3, 10), new(2026, 10, 6)];

    private static readonly Gen<DateOnly> AnyFirst = Gen.Int[0, 1].Select(i => Firsts[i]);

    private static readonly Gen<TimeOnly> Times = Gen.Int[0, 95].Select(quarter => TimeOnly.MinValue.AddMinutes(quarter * 15));

    private static readonly Gen<Absence> Weeklies =
        from first in AnyFirst
        from days in Gen.Int[1, 127]
        from time in Gen.Select(Times, Times)
        from start in Gen.Int[0, 20]
        from length in Gen.Int[0, 30]
        where time.Item1 != time.Item2
        select (Absence)new Absence.Weekly((Weekdays)days, time.Item1, time.Item2, first.AddDays(start), first.AddDays(start + length));

    private static readonly Gen<Absence> Onces =
        Gen.Select(AnyFirst, Gen.Int[0, DaysMax * 24], Gen.Int[1, 300], (first, hour, hours) =>
            (Absence)new Absence.Once(new(Noon(first).AddHours(hour), Noon(first).AddHours(hour + hours))));

    private static readonly Gen<AbsencePlan> Plans = Gen.OneOf(Weeklies, Onces).Array[0, 4].Select(
        absences => new AbsencePlan([.. absences.Select((absence, i) => absence with { Id = i + 1 })]));

    private static readonly Gen<DateTimeOffset> Moments =
        Gen.Select(AnyFirst, Gen.Int[-5 * 48, DaysMax * 48], (first, halves) => Noon(first).AddMinutes((halves * 30) + 7));

    [Fact]
    public void A_weekly_absence_is_what_the_local_clock_shows_also_when_the_clocks_change() =>
        Weeklies.Sample(absence =>
        {
            var weekly = (Absence.Weekly)absence;
            var periods = Long(new([weekly]));
            foreach (var first in Firsts)
                for (var at = Noon(first).AddMinutes(7); at < Noon(first).AddDays(25); at = at.AddMinutes(30))
                {
                    var local = TimeZoneInfo.ConvertTime(at, Madrid).DateTime;
                    if (Madrid.IsAmbiguousTime(local)) continue; // what comes twice is told apart below
                    Assert.True(Shows(weekly, local) == (periods.At(at) is not null), $"{weekly} {local}");
                }
        });

    [Theory]
    [InlineData("2026-10-25", "01:30", "02:30", "2026-10-24T23:30:00Z", "2026-10-25T00:30:00Z")] // 02:30 comes twice: the first counts
    [InlineData("2026-10-25", "02:30", "03:30", "2026-10-25T00:30:00Z", "2026-10-25T02:30:00Z")]
    [InlineData("2026-03-29", "02:30", "04:00", "2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z")] // 02:30 is jumped over
    [InlineData("2026-03-28", "20:00", "02:15", "2026-03-28T19:00:00Z", "2026-03-29T01:00:00Z")]
    [InlineData("2026-03-29", "02:00", "02:45", null, null)] // all of it is
    public void Times_that_come_twice_or_never_have_one_meaning(string day, string from, string until, string? fromAt, string? untilAt)
    {
        var weekly = new Absence.Weekly((Weekdays)127, TimeOnly.Parse(from), TimeOnly.Parse(until), DateOnly.Parse(day), DateOnly.Parse(day));
        var expected = fromAt is null ? null : new AwayPeriod(DateTimeOffset.Parse(fromAt), DateTimeOffset.Parse(untilAt!));
        Assert.Equal(expected, weekly.BeginningOn(DateOnly.Parse(day), Madrid));
    }

    [Fact]
    public void What_rules_are_given_is_what_the_whole_plan_says_for_weeks_back_and_days_ahead() =>
        Gen.Select(Plans, Moments, Gen.Int[-39 * 24, 10 * 24]).Sample((plan, now, hours) =>
        {
            var at = now.AddHours(hours);
            Assert.Equal(Long(plan).At(at) is null, plan.Around(now, Madrid).At(at) is null);
            Assert.Equal(Long(plan).At(at) is null, plan.Around(now.AddHours(1), Madrid).At(at) is null); // from what it remembers of the day
        });

    [Fact]
    public void The_current_or_next_absence_is_the_first_period_that_is_not_over() =>
        Gen.Select(Plans, Moments).Sample((plan, now) =>
        {
            var expected = Long(plan).Periods.FirstOrDefault(period => period.Until > now);
            var next = plan.CurrentOrNext(now, Madrid);
            Assert.Equal(expected?.Until, next?.Period.Until);
            if (expected is not null && expected.From > now) Assert.Equal(expected.From, next!.Value.Period.From);
        });

    [Fact]
    public void A_deadline_is_never_later_than_the_end_of_an_absence() =>
        Gen.Select(Plans, Moments).Sample((plan, now) =>
        {
            var end = Long(plan).Periods.FirstOrDefault(period => period.Until >= now)?.Until;
            var deadline = plan.NextReturn(now, Madrid);
            Assert.Equal(end is null, deadline is null);
            Assert.True(deadline is null || (deadline <= end && deadline >= now));
        });

    [Fact]
    public void Whoever_is_back_is_away_no_more_and_only_what_went_on_has_ended() =>
        Gen.Select(Plans, Moments).Sample((plan, now) =>
        {
            var (before, after) = (Long(plan), Long(plan.Back(now, Madrid)));
            Assert.Null(after.At(now));
            var until = plan.Absences.Select(absence => absence.CurrentOrNext(now, Madrid)).Where(next => next is not null && next.From <= now)
                .Select(next => next!.Until).DefaultIfEmpty(now).Max();
            if (before.At(now) is null) until = plan.CurrentOrNext(now, Madrid)?.Period.Until ?? now;
            foreach (var at in Grid())
                if (at < now || at >= until) Assert.Equal(before.At(at) is null, after.At(at) is null);
                else if (after.At(at) is not null) Assert.NotNull(before.At(at));
        });

    [Fact]
    public void Ending_an_absence_leaves_the_past_and_the_others_as_they_were() =>
        Gen.Select(Plans, Moments, Gen.Int[1, 4]).Sample((plan, now, id) =>
        {
            var (before, after) = (Long(plan), Long(plan.Without(id, now, Madrid)));
            var others = Long(new([.. plan.Absences.Where(absence => absence.Id != id)]));
            foreach (var at in Grid()) Assert.Equal((at < now ? before : others).At(at) is null, after.At(at) is null);
        });

    [Fact]
    public void What_is_added_counts_from_its_start_on_and_nothing_before_it_changes() =>
        Gen.Select(Plans, Onces).Sample((plan, added) =>
        {
            var period = ((Absence.Once)added).Period;
            var (before, after) = (Long(plan), Long(plan.With(added)));
            foreach (var at in Grid())
                if (at < period.From) Assert.Equal(before.At(at) is null, after.At(at) is null);
                else if (at < period.Until) Assert.NotNull(after.At(at));
                else if (after.At(at) is not null) Assert.NotNull(before.At(at));
            Assert.Equal(Show(plan.With(added)), Show(plan.With(added).With(added)));
        });

    [Fact]
    public void Forgetting_what_is_over_changes_nothing_since() =>
        Gen.Select(Plans, Moments).Sample((plan, now) =>
        {
            var (before, after) = (Long(plan), Long(plan.Since(now, Madrid)));
            foreach (var at in Grid().Where(at => at >= now)) Assert.Equal(before.At(at) is null, after.At(at) is null);
        });

    [Fact]
    public void A_wrong_end_is_corrected_by_entering_the_absence_again_and_a_weekly_one_is_renewed_so()
    {
        var start = Noon(Firsts[0]);
        var plan = AbsencePlan.Empty.With(new Absence.Once(new(start, start.AddDays(9)))).With(new Absence.Once(new(start.AddDays(2), start.AddDays(4))));
        Assert.Equal([new AwayPeriod(start, start.AddDays(4))], Long(plan).Periods);

        var sundays = new Absence.Weekly(Weekdays.Sunday, new(8, 0), new(20, 0), new(2026, 1, 1), new(2026, 3, 31));
        plan = AbsencePlan.Empty.With(sundays).With(sundays with { StartsOn = new(2026, 3, 20), EndsOn = new(2026, 6, 30) });
        Assert.Equal([(new DateOnly(2026, 1, 1), new DateOnly(2026, 3, 19)), (new(2026, 3, 20), new(2026, 6, 30))],
            plan.Absences.Cast<Absence.Weekly>().Select(weekly => (weekly.StartsOn, weekly.EndsOn)));
    }

    private static string Show(AbsencePlan plan) => string.Join('\n', Long(plan).Periods);

    private static DateTimeOffset Noon(DateOnly day) => new(day.ToDateTime(new TimeOnly(12, 0)), TimeSpan.Zero);

    private static IEnumerable<DateTimeOffset> Grid() =>
        Firsts.SelectMany(first => Enumerable.Range(-10, 150).Select(step => Noon(first).AddHours(step * 11).AddMinutes(3)));

    // The whole plan, without any horizon.
    private static Absences Long(AbsencePlan plan) =>
        Absences.Of(plan.Absences.SelectMany(absence => absence.Between(Noon(new(2025, 1, 1)), Noon(new(2028, 1, 1)), Madrid)));

    // By the clock on the wall and nothing else.
    private static bool Shows(Absence.Weekly weekly, DateTime local)
    {
        var (day, time) = (DateOnly.FromDateTime(local), TimeOnly.FromDateTime(local));
        return weekly.From < weekly.Until
            ? IsOn(day) && time >= weekly.From && time < weekly.Until
            : (IsOn(day) && time >= weekly.From) || (IsOn(day.AddDays(-1)) && time < weekly.Until);

        bool IsOn(DateOnly on) => on >= weekly.StartsOn && on <= weekly.EndsOn && weekly.On.HasFlag(Enum.Parse<Weekdays>(on.DayOfWeek.ToString()));
    }
}
