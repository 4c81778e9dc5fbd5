using CsCheck;
using SeniorIoT.TimeSeries;
using Xunit;

namespace SeniorIoT.Server.Tests.Telemetry;

/// <summary>Whatever order readings come in, and whatever fails meanwhile: what is rolled up in the end is what the whole record says at once.</summary>
public sealed class RollupModelTests
{
    private const long Hour = 3_600_000;
    private static readonly DateTimeOffset Start = new(2026, 3, 24, 12, 0, 0, TimeSpan.Zero);
    private static readonly string[] Meters = ["w1", "w2"];

    private abstract record Step
    {
        /// <summary>A meter uploads what it read within so many hours, all of it or a part.</summary>
        public sealed record Upload(string Meter, int HoursAgo, int Hours, int EveryNth) : Step;

        public sealed record Pass(int HoursLater) : Step;

        public sealed record Restart(bool IsNewRollupFile) : Step;

        public sealed record KeepMarks(bool IsKept) : Step;
    }

    private static readonly Gen<Step> AnyStep = Gen.Frequency(
        (6, Gen.Select(Gen.OneOf(Meters), Gen.Frequency((3, Gen.Int[0, 30]), (1, Gen.Int[30, 400])), Gen.Int[1, 48], Gen.Int[1, 7],
            (meter, ago, hours, every) => (Step)new Step.Upload(meter, ago, hours, every))),
        (4, Gen.Int[0, 30].Select(hours => (Step)new Step.Pass(hours))),
        (1, Gen.Int[0, 3].Select(n => (Step)new Step.Restart(n == 0))),
        (1, Gen.Bool.Select(isKept => (Step)new Step.KeepMarks(isKept))));

    [Theory]
    [InlineData("Asia/Shanghai")]
    [InlineData("Europe/Madrid")]
    public Task Late_repeated_and_interrupted_work_ends_in_what_the_whole_record_says(string zone) => AnyStep.Array[1, 30].SampleAsync(async steps =>
    {
        await using var host = new RollupHost(Start, zone);
        var record = Meters.ToDictionary(meter => meter, _ => new SortedDictionary<long, long>());
        foreach (var step in steps)
        {
            switch (step)
            {
                case Step.Upload upload:
                    var samples = Read(upload, host.Clock.GetUtcNow().ToUnixTimeMilliseconds());
                    foreach (var sample in samples) record[upload.Meter][sample.AtMs] = sample.Value;
                    await host.UploadAsync(upload.Meter, samples);
                    break;
                case Step.Pass pass:
                    host.Clock.Advance(TimeSpan.FromHours(pass.HoursLater));
                    await host.PassAsync();
                    await AgreesAsync(host, record);
                    break;
                case Step.Restart restart:
                    await host.RestartAsync(restart.IsNewRollupFile);
                    break;
                case Step.KeepMarks keep:
                    await host.KeepMarksAsync(keep.IsKept);
                    break;
            }
        }

        await host.KeepMarksAsync(false);
        await host.SettleAsync();
        Assert.Equal((0, null), (host.Worker.Status.Waiting, host.Worker.Status.Problem));
        foreach (var (meter, samples) in record)
        {
            var (first, last) = (new DateOnly(2026, 2, 20), Edges.DayOf(host.Clock.GetUtcNow().ToUnixTimeMilliseconds(), host.Zone).AddDays(-1));
            var whole = RollupDay.Of(meter, [.. samples.Select(pair => new Sample(pair.Key, pair.Value))], first, last, host.Zone);
            Assert.Equal(whole.Where(IsKnown).Select(Say), (await host.Store.ReadUseAsync(meter, first, last, CancellationToken.None)).Where(IsKnown).Select(Say));
        }
    }, iter: 40);

    /// <summary>The series API says the same as the readings alone would, whatever is rolled up, dirty or half done.</summary>
    private static async Task AgreesAsync(RollupHost host, Dictionary<string, SortedDictionary<long, long>> record)
    {
        var now = host.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        var (from, to) = (now - 20 * 24 * Hour, Edges.StartOf(Edges.DayOf(now, host.Zone), host.Zone));
        foreach (var (meter, samples) in record)
        {
            Sample[] all = [.. samples.Select(pair => new Sample(pair.Key, pair.Value))];
            foreach (var isDaily in (bool[])[true, false])
            {
                var edges = isDaily ? Edges.Daily(from, to, host.Zone) : Edges.Hourly(from, to);
                Assert.Equal(Rollup.UsePerBucket(all, edges, isDaily ? RollupDay.MaxGap : null), await host.Series.ReadAsync(meter, edges, isDaily, CancellationToken.None));
            }
        }
    }

    /// <summary>A register that is a function of time, so that uploads may repeat and overlap: used in some hours, swapped once.</summary>
    private static Sample[] Read(Step.Upload upload, long now)
    {
        var to = (now / Hour - upload.HoursAgo) * Hour;
        return [.. Enumerable.Range(0, upload.Hours * 2).Where(i => i % upload.EveryNth == 0).Select(i => to - i * Hour / 2).Order().Select(at => new Sample(at, At(at, upload.Meter)))];
    }

    private static long At(long ms, string meter)
    {
        var hours = (ms - Start.ToUnixTimeMilliseconds()) / Hour + 1000;
        var register = 1_000_000 + hours / 5 * 7_000 + (meter == "w1" ? 0 : hours * 300);
        // Swapped at the start; and once a day it reads a little lower than before.
        return (ms > Start.ToUnixTimeMilliseconds() ? register - 900_000 : register) - (hours % 24 == 3 ? 2_000 : 0);
    }

    private static bool IsKnown(UseDay day) => day.Millilitres is not null || day.HourlyMillilitres.Any(hour => hour is not null);

    private static string Say(UseDay day) => $"{day.Day:O} {day.StartMs} {day.Millilitres}: {string.Join(' ', day.HourlyMillilitres.Select(hour => hour?.ToString() ?? "?"))}";
}
