using System.IO.Compression;
using System.Text;
using SeniorIoT.Simulators.Replay;
using Xunit;

namespace SeniorIoT.Tests.Simulators;

public sealed class ReplayTests
{
    private const string Rows = """
        household_id,measured_at,total_l
        B,2017-03-01T11:00:00+01:00,500
        A,2017-03-01T12:00:00+01:00,1020.5
        A,2017-03-01T10:00:00+01:00,1000
        A,2017-03-01T10:00:00Z,1010
        """;

    private static readonly DateTimeOffset Now = new(2026, 11, 23, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Rows_come_in_any_order_and_leave_in_order_of_time()
    {
        var readings = Read(Rows, "A");

        Assert.Equal([1000m, 1010m, 1020.5m], readings.Select(reading => reading.TotalLitres));
        Assert.Equal(new DateTimeOffset(2017, 3, 1, 9, 0, 0, TimeSpan.Zero), readings[0].At);
        Assert.Equal(2, Readings.Read(Stream(Rows), "A", readings[1].At, null).Count);
    }

    [Theory]
    [InlineData("household_id,measured_at\nA,2017-03-01T10:00:00Z", "total_l")]
    [InlineData("household_id,measured_at,total_l\nA,yesterday,5", "Line 2: measured_at \"yesterday\"")]
    [InlineData("household_id,measured_at,total_l\nA,2017-03-01T10:00:00Z,5\nA,2017-03-01T11:00:00Z,-5", "Line 3: total_l \"-5\"")]
    [InlineData("household_id,measured_at,total_l\nB,2017-03-01T10:00:00Z,5", "the file has e.g. B")]
    public void What_cannot_be_read_is_named(string rows, string said) =>
        Assert.Contains(said, Assert.Throws<InvalidDataException>(() => Read(rows, "A")).Message);

    [Fact]
    public void Numbers_as_statistics_programs_write_them_are_numbers() =>
        Assert.Equal(400_000m, Read("household_id,measured_at,total_l\nA,2017-03-01T10:00:00Z,4e+05", "A").Single().TotalLitres);

    [Fact]
    public void Gzip_is_told_by_the_name()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("replay").FullName, "rows.csv.gz");
        using (var gzip = new GZipStream(File.Create(path), CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(Rows));
        }

        Assert.Equal(3, Readings.Read(path, "A", null, null).Count);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    [Fact]
    public void Times_move_as_a_whole_so_that_the_last_reading_is_now()
    {
        var readings = Read(Rows, "A");
        var moved = ReplayPlan.Shift(readings, Now);

        Assert.Equal(Now, moved[^1].At);
        Assert.Equal(readings.Select(reading => readings[^1].At - reading.At), moved.Select(reading => Now - reading.At));
        Assert.Equal(readings.Select(reading => reading.TotalLitres), moved.Select(reading => reading.TotalLitres));
    }

    [Fact]
    public void The_last_49_hours_are_live_and_what_is_older_is_history()
    {
        Reading[] hourly = [.. Enumerable.Range(0, 100).Select(hour => new Reading(Now.AddHours(hour - 99), 1000 + hour))];

        var batches = ReplayPlan.Batches(hourly, Now, batch: 24);

        Assert.Equal([(24, true), (24, true), (2, true), (24, false), (24, false), (2, false)], batches.Select(batch => (batch.Samples.Count, batch.Common.IsHistory)));
        Assert.Equal(hourly.Select(reading => (reading.At, (long)reading.TotalLitres * 1000)), Scene.Samples(batches));
        Assert.Equal(6, batches.Select(batch => batch.Common.Mid).Distinct().Count());
        Assert.Equal(batches.Select(batch => batch.Common.Mid), ReplayPlan.Batches(hourly, Now, 24).Select(batch => batch.Common.Mid));
    }

    [Theory]
    [InlineData("10,20,130", 10_000)]
    [InlineData("10,21", 1_000)]
    [InlineData("10.5,21", 100)]
    [InlineData("10.001", 1)]
    public void The_resolution_is_the_step_that_fits_every_reading(string litres, long millilitres) =>
        Assert.Equal(millilitres, ReplayPlan.Resolution([.. litres.Split(',').Select(text => new Reading(Now, decimal.Parse(text)))]));

    private static IReadOnlyList<Reading> Read(string rows, string household) => Readings.Read(Stream(rows), household, null, null);

    private static MemoryStream Stream(string rows) => new(Encoding.UTF8.GetBytes(rows));
}
