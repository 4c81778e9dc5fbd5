using System.Collections.Immutable;
using CsCheck;
using SeniorIoT.Domain.Duty;
using SeniorIoT.Domain.Households;
using Xunit;

namespace SeniorIoT.Tests.Duty;

public sealed class RotaTests
{
    private const Weekdays Everyday = (Weekdays)127;

    /// <summary>Has a change of clocks on 29 March and on 25 October 2026.</summary>
    private static readonly TimeZoneInfo Madrid = TimeZoneInfo.FindSystemTimeZoneById("Europe/Madrid");

    private static readonly TimeZoneInfo Shanghai = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");

    private static readonly ImmutableArray<Person> People =
        [new("Wang", "+8613800000001"), new("Li", "+8613800000002"), new("Zhao", "+8613800000003"), new("Sun", "+8613800000004")];

    private static readonly string[] Numbers = [.. People.Select(person => person.Number)];

    private static readonly Gen<TimeOnly> Times = Gen.Int[0, 47].Select(half => TimeOnly.MinValue.AddMinutes(half * 30));

    private static readonly Gen<ImmutableArray<string>> Some = Gen.Int[0, 3].Array[1, 2].Select(numbers => numbers.Distinct().Select(i => Numbers[i]).ToImmutableArray());

    /// <summary>Around one of the changes of the clocks.</summary>
    private static readonly Gen<DateTimeOffset> Moments =
        Gen.Select(Gen.Int[0, 1], Gen.Int[-20 * 96, 20 * 96], (change, quarter) => (change == 0 ? Utc(2026, 3, 29) : Utc(2026, 10, 25)).AddMinutes((quarter * 15) + 7));

    /// <summary>Shifts that divide every day among them, so that somebody is on duty at any time.</summary>
    private static readonly Gen<ImmutableArray<Shift>> Dividing =
        from starts in Times.Array[1, 4]
        from people in Some.Array[4]
        let sorted = starts.Distinct().Order().ToArray()
        select sorted.Select((start, i) => new Shift(Everyday, start, sorted[(i + 1) % sorted.Length], people[i])).ToImmutableArray();

    private static readonly Gen<Holiday> Holidays =
        from moment in Moments
        from like in Gen.Int[-1, 6]
        from people in Gen.OneOf(Some, Gen.Const(ImmutableArray<string>.Empty))
        select new Holiday(DateOnly.FromDateTime(moment.DateTime), like < 0 ? null : (Weekdays)(1 << like), people);

    private static readonly Gen<Swap> Swaps =
        from moment in Moments
        from hours in Gen.Int[1, 100]
        from gone in Gen.Int[0, 3]
        select new Swap(1, Numbers[gone], new("Qian", "+8613800000009"), moment, moment.AddHours(hours), null, "An");

    [Fact]
    public void At_every_instant_of_a_covered_rota_somebody_is_on_duty_whatever_the_clocks_holidays_and_swaps_do() =>
        Gen.Select(Dividing, Holidays.Array[0, 3], Swaps.Array[0, 3], Moments).Sample((shifts, holidays, swaps, at) =>
        {
            var rota = Of(shifts) with { Holidays = [.. holidays.DistinctBy(holiday => holiday.On)], Swaps = [.. swaps] };
            Assert.NotEmpty(rota.OnDuty(at, Madrid));
            Assert.Empty(rota.Gaps(at, at.AddDays(9), Madrid, []));
        });

    [Fact]
    public void A_swap_changes_nothing_outside_its_time_and_nobody_but_the_two_within() =>
        Gen.Select(AnyShifts, Swaps, Moments).Sample((shifts, swap, at) =>
        {
            var before = Of(shifts);
            var (was, isNow) = (before.OnDuty(at, Madrid), (before with { Swaps = [swap] }).OnDuty(at, Madrid));
            if (!swap.Holds(at)) Assert.Equal(was, isNow);
            else Assert.Equal(was.Select(person => person.Number == swap.Out ? swap.In : person), isNow);
        });

    [Fact]
    public void A_holiday_changes_nothing_but_the_shifts_that_begin_on_its_date() =>
        Gen.Select(AnyShifts, Holidays, Moments).Sample((shifts, holiday, at) =>
        {
            var before = Of(shifts);
            var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, Madrid).DateTime);
            if (day == holiday.On || day == holiday.On.AddDays(1)) return;
            Assert.Equal(before.OnDuty(at, Madrid), (before with { Holidays = [holiday] }).OnDuty(at, Madrid));
        });

    [Fact]
    public void The_stretches_of_a_time_say_of_every_moment_who_is_on_duty_and_leave_no_hole() =>
        Gen.Select(AnyShifts, Holidays.Array[0, 2], Swaps.Array[0, 2], Moments, Gen.Int[0, 8 * 96]).Sample((shifts, holidays, swaps, from, quarter) =>
        {
            var rota = Of(shifts) with { Holidays = [.. holidays.DistinctBy(holiday => holiday.On)], Swaps = [.. swaps] };
            var until = from.AddDays(8);
            var spans = rota.Spans(from, until, Madrid, []);
            Assert.Equal((from, until), (spans[0].From, spans[^1].Until));
            Assert.All(spans.Zip(spans.Skip(1)), pair => Assert.Equal(pair.First.Until, pair.Second.From));
            var at = from.AddMinutes(quarter * 15);
            if (at < until) Assert.Equal(rota.OnDuty(at, Madrid), spans.Single(span => span.From <= at && at < span.Until).People);
        });

    [Fact]
    public void A_night_shift_goes_on_after_midnight_and_ends_in_the_morning()
    {
        var rota = Of([new(Weekdays.Friday, new(20, 0), new(8, 0), [Numbers[0]])]);
        Assert.Equal("", OnDuty(rota, 2026, 11, 27, 19, 59));
        Assert.Equal("Wang", OnDuty(rota, 2026, 11, 27, 20, 0));
        Assert.Equal("Wang", OnDuty(rota, 2026, 11, 28, 7, 59));
        Assert.Equal("", OnDuty(rota, 2026, 11, 28, 8, 0));
    }

    [Fact]
    public void A_working_Saturday_follows_Monday_and_a_holiday_has_people_of_its_own()
    {
        var rota = Of([new(Weekdays.Monday, new(9, 0), new(17, 0), [Numbers[0]]), new(Weekdays.Thursday, new(9, 0), new(17, 0), [Numbers[1]])])
            with { Holidays = [new(new(2026, 10, 10), Weekdays.Monday, []), new(new(2026, 10, 1), null, [Numbers[2]]), new(new(2026, 10, 2), null, [Numbers[3]])] };
        Assert.Equal("Wang", OnDuty(rota, 2026, 10, 10, 12, 0));
        // Thursday: its shift, with other people. Friday has no shift: the whole day.
        Assert.Equal("Zhao", OnDuty(rota, 2026, 10, 1, 12, 0));
        Assert.Equal("", OnDuty(rota, 2026, 10, 1, 20, 0));
        Assert.Equal("Sun", OnDuty(rota, 2026, 10, 2, 23, 59));
        Assert.Equal("", OnDuty(rota, 2026, 10, 3, 0, 0));
    }

    [Fact]
    public void The_holidays_of_the_district_hold_where_a_rota_says_nothing()
    {
        var rota = Of([new(Weekdays.Monday, new(9, 0), new(17, 0), [Numbers[0]])]) with { Holidays = [new(new(2026, 10, 10), null, [Numbers[1]])] };
        var merged = rota.With([new(new(2026, 10, 10), Weekdays.Monday, []), new(new(2026, 10, 11), Weekdays.Monday, [])]);
        Assert.Equal("Li", OnDuty(merged, 2026, 10, 10, 20, 0));
        Assert.Equal("Wang", OnDuty(merged, 2026, 10, 11, 12, 0));
    }

    [Fact]
    public void A_stand_in_can_be_replaced_in_turn_and_stands_once_when_on_duty_anyway()
    {
        var (from, until) = (Local(2026, 11, 23, 0, 0), Local(2026, 11, 24, 0, 0));
        var rota = Of([new(Everyday, new(0, 0), new(0, 0), [Numbers[0], Numbers[1]])]);
        Assert.Equal("Zhao Li", OnDuty(Swapped(new Swap(1, Numbers[0], People[2], from, until, null, "An")), 2026, 11, 23, 12, 0));
        Assert.Equal("Sun Li", OnDuty(Swapped(new Swap(1, Numbers[0], People[2], from, until, null, "An"), new Swap(2, Numbers[2], People[3], from, until, null, "An")), 2026, 11, 23, 12, 0));
        Assert.Equal("Li", OnDuty(Swapped(new Swap(1, Numbers[0], People[1], from, until, null, "An")), 2026, 11, 23, 12, 0));
        Assert.Equal("Wang Li", OnDuty(Swapped(new Swap(1, Numbers[0], People[2], from, until, null, "An")), 2026, 11, 24, 0, 0));

        Rota Swapped(params ImmutableArray<Swap> swaps) => rota with { Swaps = swaps };
    }

    [Fact]
    public void A_gap_is_found_beforehand_also_when_an_absence_makes_it()
    {
        var rota = Of([new(Everyday, new(8, 0), new(20, 0), [Numbers[0]]), new(Everyday, new(20, 0), new(8, 0), [Numbers[1]])]);
        var from = Local(2026, 11, 23, 0, 0);
        Assert.Empty(rota.Gaps(from, from.AddDays(14), Shanghai, []));
        var away = new PersonAbsence(1, Numbers[1], "Li", Local(2026, 11, 24, 22, 0), Local(2026, 11, 25, 12, 0), "sick", "An");
        var gap = Assert.Single(rota.Gaps(from, from.AddDays(14), Shanghai, [away]));
        Assert.Equal((Local(2026, 11, 24, 22, 0), Local(2026, 11, 25, 8, 0)), (gap.From, gap.Until));
    }

    private static readonly Gen<ImmutableArray<Shift>> AnyShifts = Gen.Select(Gen.Int[1, 127], Times, Times, Some, (days, from, until, people) => new Shift((Weekdays)days, from, until, people))
        .Array[1, 5].Select(shifts => shifts.ToImmutableArray());

    private static Rota Of(ImmutableArray<Shift> shifts) => new(new("Hill", "North"), "committee_duty", People, shifts, []);

    private static string OnDuty(Rota rota, int year, int month, int day, int hour, int minute) =>
        string.Join(' ', rota.OnDuty(Local(year, month, day, hour, minute), Shanghai).Select(person => person.Name));

    private static DateTimeOffset Local(int year, int month, int day, int hour, int minute) => new(year, month, day, hour, minute, 0, TimeSpan.FromHours(8));

    private static DateTimeOffset Utc(int year, int month, int day) => new(year, month, day, 0, 0, 0, TimeSpan.Zero);
}
