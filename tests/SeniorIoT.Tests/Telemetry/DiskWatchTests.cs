using CsCheck;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Telemetry;
using Xunit;

namespace SeniorIoT.Tests.Telemetry;

public sealed class DiskWatchTests
{
    private const long Gigabyte = 1L << 30;
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_journal_that_cannot_be_written_is_told_at_once_with_what_it_means_and_over_as_soon_as_it_can()
    {
        var raised = Assert.IsType<Finding.Raised>(DiskWatch.Decide(Rule.Journal, false, new("database or disk is full.", 0, 40 * Gigabyte), Now));
        Assert.Equal((Rule.Journal, Priority.P1, "@system/journal/1772352000000"), (raised.Rule, raised.Rule.Priority, raised.Cause));
        Assert.Equal(
            "No message of any device is acknowledged until the journal can be written again: database or disk is full. 0.0 of 40.0 GB are free. Devices keep their messages and send them again. Make room; it goes on by itself.",
            raised.Evidence.Note);
        Assert.Null(DiskWatch.Decide(Rule.Journal, true, new("database or disk is full.", 0, 40 * Gigabyte), Now));
        Assert.IsType<Finding.Cleared>(DiskWatch.Decide(Rule.Journal, true, new(null, 0, 40 * Gigabyte), Now));
    }

    [Theory]
    [InlineData(40, 2.0)]
    [InlineData(1000, 2.0)]
    [InlineData(10, 0.5)]
    public void Little_room_is_told_while_there_is_time_and_is_over_at_twice_as_much(long totalGigabytes, double lowGigabytes)
    {
        var (total, low) = (totalGigabytes * Gigabyte, (long)(lowGigabytes * Gigabyte));
        Assert.Null(DiskWatch.Decide(Rule.DiskSpace, false, new(null, low, total), Now));
        Assert.IsType<Finding.Raised>(DiskWatch.Decide(Rule.DiskSpace, false, new(null, low - 1, total), Now));
        Assert.Null(DiskWatch.Decide(Rule.DiskSpace, true, new(null, 2 * low - 1, total), Now));
        Assert.IsType<Finding.Cleared>(DiskWatch.Decide(Rule.DiskSpace, true, new(null, 2 * low, total), Now));
    }

    [Fact]
    public void Raises_and_clearings_take_turns_whatever_is_seen() => Gen.Select(Gen.Int[0, 1].Select(i => DiskWatch.Rules[i]), Gen.Bool, Gen.Long[0, 8 * Gigabyte]).Array.Sample(looks =>
    {
        var isOn = DiskWatch.Rules.ToDictionary(rule => rule, _ => false);
        foreach (var (rule, isFailing, free) in looks)
        {
            var told = DiskWatch.Decide(rule, isOn[rule], new(isFailing ? "full" : null, free, 40 * Gigabyte), Now);
            Assert.True(told is null || told is Finding.Raised == !isOn[rule]);
            if (told is not null) isOn[rule] = !isOn[rule];
        }
    });
}
