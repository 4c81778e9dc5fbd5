using System.Globalization;
using System.IO.Compression;
using SeniorIoT.Domain.Backtest;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Telemetry;
using SeniorIoT.Tests.Detection;
using Xunit;

namespace SeniorIoT.Tests.Backtest;

/// <summary>The rules on recorded homes, where their folder lies beside the repository. It is not part of it: see its licence.</summary>
public sealed class RealHomesTests
{
    private const int CollapsesEach = 200;

    [Fact]
    public void In_homes_of_one_person_the_adaptive_rule_calls_at_most_once_a_month_for_nothing_and_within_half_a_day_after_a_collapse()
    {
        var homes = LoneHomes();
        var (fixedRule, adaptive) = (Replay(RuleSettings.Changning, homes), Replay(RuleSettings.ByHabit, homes));
        Assert.InRange(HomeResult.MeanAlertsPerMonth(fixedRule), 11, 14);
        Assert.InRange(HomeResult.MeanAlertsPerMonth(adaptive), 0.5, 1.0);
        Assert.InRange(HomeResult.Together(adaptive).DelayOf(0.5)!.Value.TotalHours, 9, 12.1);
        Assert.InRange(HomeResult.Together(adaptive).DelayOf(0.9)!.Value.TotalHours, 12, 16);
    }

    [Fact]
    public void Three_readings_of_ten_lost_make_no_alert_more()
    {
        var homes = LoneHomes();
        var random = new Random(3);
        var holed = homes.Select(home => new HomeRecord(home.HouseholdId, home.Readings.Where(_ => random.Next(10) >= 3))).ToArray();
        Assert.True(Replay(RuleSettings.ByHabit, holed).Sum(home => home.Alerts) <= Replay(RuleSettings.ByHabit, homes).Sum(home => home.Alerts));
    }

    private static HomeResult[] Replay(RuleSettings settings, HomeRecord[] homes)
    {
        var replay = new HomeReplay(settings, QuietLife.Madrid);
        return [.. homes.Select(home => replay.Run(home, Collapse.Draw(home, CollapsesEach, 1)))];
    }

    private static HomeRecord[] LoneHomes()
    {
        if (Folder() is not { } folder)
        {
            Assert.Skip("No recorded homes: put the folder shared/data/daiad-swm-given beside the repository to replay them.");
            return [];
        }

        var lone = File.ReadLines(Path.Combine(folder, "households.csv")).Select(line => line.Split(';')).Where(cells => cells[1] == "1").Select(cells => cells[0]).ToHashSet();
        Dictionary<string, List<Reading>> homes = lone.ToDictionary(id => id, _ => new List<Reading>());
        foreach (var file in new[] { "swm_trialA.csv.gz", "swm_trialA_extended.csv.gz" })
        {
            Dictionary<string, DateTime> last = [];
            using var text = new StreamReader(new GZipStream(File.OpenRead(Path.Combine(folder, file)), CompressionMode.Decompress));
            text.ReadLine();
            while (text.ReadLine() is { } line)
            {
                var cells = line.Split(';');
                if (!homes.TryGetValue(cells[0], out var readings)) continue;
                var local = DateTime.ParseExact(cells[1], "dd/MM/yyyy HH:mm:ss", CultureInfo.InvariantCulture);

                // The hour that comes twice at the end of summer time: the second time it is winter time.
                var offset = QuietLife.Madrid.IsAmbiguousTime(local) && last.TryGetValue(cells[0], out var before) && before < local
                    ? QuietLife.Madrid.GetAmbiguousTimeOffsets(local).Max()
                    : QuietLife.Madrid.GetUtcOffset(local);
                last[cells[0]] = local;
                readings.Add(new(new DateTimeOffset(local, offset).ToUniversalTime(), (long)(double.Parse(cells[2], CultureInfo.InvariantCulture) * 1000)));
            }
        }

        return [.. homes.OrderBy(home => home.Key, StringComparer.Ordinal).Select(home => new HomeRecord(home.Key, home.Value))];
    }

    private static string? Folder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "shared", "data", "daiad-swm-given");
            if (Directory.Exists(path)) return path;
        }

        return null;
    }
}
