using System.Security.Cryptography;
using System.Text;
using CsCheck;
using SeniorIoT.Simulators.Homes;
using Xunit;

namespace SeniorIoT.Tests.Simulators;

public sealed class PersonTests
{
    private static readonly DateOnly Monday = new(2026, 3, 2);

    [Fact]
    public void A_seed_plays_the_same_week_for_ever()
    {
        var week = new StringBuilder();
        for (var home = 0; home < 50; home++)
        {
            var person = Person.Of(seed: 1, home);
            foreach (var use in Enumerable.Range(0, 7).SelectMany(day => person.Day(Monday.AddDays(day))))
            {
                week.Append(home).Append(' ').Append(use.At.ToUnixTimeSeconds()).Append(' ').Append(use.Millilitres).Append('\n');
            }
        }

        Assert.Equal("53E26A6838CF3945", Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(week.ToString())))[..16]);
        Assert.NotEqual(Person.Of(1, 0), Person.Of(2, 0) with { Seed = 1 });
    }

    [Fact]
    public void A_day_at_home_uses_what_a_person_uses() => Gen.Select(Gen.Long, Gen.Int[0, 4999], Gen.Int[0, 365]).Sample((seed, home, day) =>
    {
        var person = Person.Of(seed, home) with { VisitsFamily = false };
        var uses = person.Day(Monday.AddDays(day));
        var midnight = new DateTimeOffset(Monday.AddDays(day), TimeOnly.MinValue, Changning.Offset);

        Assert.InRange(uses.Sum(use => use.Millilitres) / 1000.0, 45, 320);
        Assert.All(uses, use => Assert.True(use.Millilitres > 0 && use.At >= midnight && use.At < midnight.AddDays(1)));
        Assert.Equal(uses.Select(use => use.At).Order(), uses.Select(use => use.At));
        Assert.InRange(uses.Count(use => (use.At - midnight).TotalHours is < 4.5 or > 23.5), 0, 2);
    });

    [Fact]
    public void At_home_twelve_hours_with_less_than_ten_litres_are_rare()
    {
        var homeDays = 0;
        var quiet = 0;
        for (var home = 0; home < 200; home++)
        {
            var person = Person.Of(seed: 7, home) with { VisitsFamily = false };
            Use[] uses = [.. Enumerable.Range(0, 28).SelectMany(day => person.Day(Monday.AddDays(day)))];
            homeDays += 28;
            quiet += QuietStretches(uses);
        }

        // At most one a home and two months: far below what the rule raises on real, younger homes.
        Assert.InRange(quiet / (homeDays / 30.4), 0, 0.5);
    }

    [Fact]
    public void Those_who_visit_their_family_use_nothing_while_away()
    {
        var person = Enumerable.Range(0, 500).Select(home => Person.Of(1, home)).First(person => person.VisitsFamily);
        var weekends = Enumerable.Range(0, 20).Select(week => person.AwayAround(Monday.AddDays((week * 7) + 5))).ToList();

        Assert.Contains(weekends, away => away is null);
        foreach (var (from, until) in weekends.OfType<(DateTimeOffset From, DateTimeOffset Until)>())
        {
            var days = Enumerable.Range(-1, 5).Select(day => DateOnly.FromDateTime(from.Date).AddDays(day));
            Assert.DoesNotContain(days.SelectMany(person.Day), use => use.At >= from && use.At < until);
            Assert.Equal((from, until), person.AwayAround(DateOnly.FromDateTime(until.Date)));
        }
    }

    // Stretches of 12 h in which less than 10 L were drawn, counted once until something more is drawn.
    private static int QuietStretches(Use[] uses)
    {
        var count = 0;
        var inStretch = false;
        for (int first = 0, last = 0, sum = 0; last < uses.Length; last++)
        {
            for (; uses[last].At - uses[first].At >= TimeSpan.FromHours(12); first++)
            {
                sum -= uses[first].Millilitres;
            }

            var isQuiet = last > 30 && sum < 10_000;
            count += isQuiet && !inStretch ? 1 : 0;
            inStretch = isQuiet;
            sum += uses[last].Millilitres;
        }

        return count;
    }
}
