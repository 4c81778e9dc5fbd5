using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Backtest;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Telemetry;
using SeniorIoT.Tests.Detection;
using Xunit;

namespace SeniorIoT.Tests.Backtest;

public sealed class HomeReplayTests
{
    private static readonly DateTimeOffset Start = Meter.Start;

    private static Reading At(double hour, long litres) => new(Start.AddHours(hour), litres * 1000);

    /// <summary>A home with habits, moods, absences, lost readings, and a step back of the register.</summary>
    private static HomeRecord Home(int seed, int days = 60)
    {
        var random = new Random(seed);
        var readings = new List<Reading>();
        long litres = 500;
        var awayUntil = 0;
        for (var hour = 0; hour < days * 24; hour++)
        {
            if (random.Next(400) == 0) awayUntil = hour + random.Next(60);
            var isUsual = hour % 24 is 7 or 8 or 12 or 18 or 22;
            if (hour >= awayUntil && random.Next(10) < (isUsual ? 8 : 1)) litres += random.Next(1, 40);
            if (random.Next(10) == 0) continue;
            readings.Add(At(hour + random.Next(60) / 60.0 * 0.5, litres - (random.Next(50) == 0 ? 2 : 0)));
        }

        random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(readings));
        return new($"home-{seed}", readings);
    }

    [Theory]
    [InlineData("changning", 1)]
    [InlineData("adaptive", 2)]
    [InlineData("zhenhai", 3)]
    public void A_branch_from_the_state_at_the_collapse_finds_what_a_replay_from_the_beginning_finds(string preset, int seed)
    {
        var (home, settings) = (Home(seed), RuleSettings.ByName(preset)!);
        var collapses = Collapse.Draw(home, 40, seed);
        var result = new HomeReplay(settings, TimeZoneInfo.Utc).Run(home, collapses);
        Assert.Equal(collapses.Select(collapse => Naive(home, collapse.At, settings)), result.Delays);
        Assert.Equal(0, result.Missed);
    }

    [Fact]
    public void A_collapse_lies_between_two_uses_that_are_less_than_twelve_hours_apart()
    {
        var home = Home(4);
        var uses = new List<DateTimeOffset>();
        var highest = long.MaxValue;
        foreach (var reading in home.Readings)
        {
            if (reading.TotalMillilitres > highest) uses.Add(reading.At);
            highest = highest == long.MaxValue ? reading.TotalMillilitres : Math.Max(highest, reading.TotalMillilitres);
        }

        var collapses = Collapse.Draw(home, 500, 9);
        Assert.Equal(500, collapses.Length);
        Assert.All(collapses, collapse =>
        {
            var next = uses.FindIndex(use => use > collapse.At);
            Assert.InRange(next, 1, uses.Count - 1);
            Assert.True(uses[next] - uses[next - 1] < TimeSpan.FromHours(12));
            Assert.True(home.Readings[collapse.After].At <= collapse.At && home.Readings[collapse.After + 1].At > collapse.At);
        });
        Assert.Equal(collapses, Collapse.Draw(home, 500, 9));
        Assert.NotEqual(collapses.AsEnumerable(), Collapse.Draw(home, 500, 10));
    }

    [Fact]
    public void Each_home_draws_for_itself_and_one_without_use_draws_nothing()
    {
        Assert.Empty(Collapse.Draw(new("h", [At(0, 5), At(1, 5), At(40, 6)]), 10, 1));
        Assert.Empty(Collapse.Draw(new("h", [At(0, 5)]), 10, 1));
    }

    [Fact]
    public void Covered_is_time_between_readings_of_one_register_unless_water_ran_in_a_long_hole()
    {
        Assert.Equal(24 / 730.5, new HomeRecord("h", [At(24, 9), At(0, 5)]).Months, 9);
        Assert.Equal(0, new HomeRecord("h", [At(0, 5), At(26, 9)]).Months);
        Assert.Equal(26 / 730.5, new HomeRecord("h", [At(0, 5), At(26, 5)]).Months, 9);
        Assert.Equal(1 / 730.5, new HomeRecord("h", [At(0, 500), At(1, 500), At(2, 7)]).Months, 9);
    }

    [Fact]
    public void Alerts_are_counted_once_and_what_was_told_again_apart()
    {
        var home = new HomeRecord("h", Enumerable.Range(0, 37).Select(hour => At(hour, 5)));
        var result = new HomeReplay(RuleSettings.Changning, TimeZoneInfo.Utc).Run(home, []);
        Assert.Equal((1, 2), (result.Alerts, result.ToldAgain));
        Assert.Equal(730.5 / 36, result.AlertsPerMonth, 6);
    }

    [Fact]
    public void A_missed_collapse_is_longer_than_any_and_ranks_are_the_nearest()
    {
        var result = ResultOf(TimeSpan.FromHours(3), null, TimeSpan.FromHours(1), TimeSpan.FromHours(2));
        Assert.Equal((1, TimeSpan.FromHours(2), null), (result.Missed, result.DelayOf(0.5), result.DelayOf(0.9)));
        Assert.Null(ResultOf().DelayOf(0.5));
    }

    private static HomeResult ResultOf(params TimeSpan?[] delays) => new("h", 1, [], 0, [.. delays.Select(delay => new CollapseResult(Start, delay))]);

    // From the beginning, with the register held at what it had reached.
    private static TimeSpan? Naive(HomeRecord home, DateTimeOffset at, RuleSettings settings)
    {
        var reached = home.Readings.Where(reading => reading.At <= at).Max(reading => reading.TotalMillilitres);
        var readings = home.Readings.Select(reading => reading.At <= at ? reading : reading with { TotalMillilitres = reached }).ToList();
        while (readings[^1].At - at < TimeSpan.FromDays(8)) readings.Add(new(readings[^1].At + home.Rhythm, reached));
        var (state, context) = (WaterState.Initial, new DeviceContext(new("naive"), settings, Start, DeviceContext.UsualInterval, Absences.None));
        foreach (var (i, reading) in readings.Index())
        {
            var report = new Report($"n{i}", reading.At, reading.At, false, false, null, null, new ReportBody.Water([reading], 1000));
            var judgement = WaterRules.Receive(state, report, context, reading.At);
            state = judgement.State;
            if (reading.At > at && judgement.Findings.Any(finding => finding is Finding.Raised raised && raised.Rule == Rule.NoWater)) return reading.At - at;
        }

        return null;
    }
}
