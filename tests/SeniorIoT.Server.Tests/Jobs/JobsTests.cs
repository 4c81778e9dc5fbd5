using Microsoft.Extensions.Logging.Abstractions;
using SeniorIoT.Api;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Households;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Channels;
using SeniorIoT.Server.Devices;
using SeniorIoT.Server.Duty;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Jobs;
using SeniorIoT.Server.Kpis;
using SeniorIoT.Server.Rules;
using SeniorIoT.Server.Storage;
using SeniorIoT.Server.Tests.Alerts;
using SeniorIoT.Server.Visits;
using SeniorIoT.TimeSeries;
using Xunit;
using Absence = SeniorIoT.Domain.Households.Absence;

namespace SeniorIoT.Server.Tests.Jobs;

public sealed class JobsTests
{
    [Fact]
    public void The_digest_says_what_happened_and_what_is_open_in_the_language_of_its_area()
    {
        var kpi = new Kpi(
            District.Start, District.Start.AddDays(1), 7, 2, Counts(("P1", 3), ("P2", 4)), Counts(("sos", 3), ("no-water", 4)), Counts(("safe", 4), ("false_alarm", 1)),
            5, 0.975, 1, null, 0.5, 30, 7);
        string Text(string language, string area) => DailyDigest.Text(
            new(language), new DateOnly(2026, 1, 9), area, kpi, Counts(("P2", 2)), ["telemetry-store"], 4, 1500, new(["H1", "H2"], ["H2 20:00"], []),
            new DutySummary(500, 1, 2, 30, 0, 0, 100, 0, 5, 120, 7, 3, 2, 14, [], District.Start), new VisitMonth("2026-01", 500, 400, 0.8, []), 12,
            [new("H7", "", "", "", "", null, null, false), new("H8", "", "", "", "", District.Start, 45, false)]);
        Assert.Equal(
            """
            2026-01-09 日报 · 全区

            【现在要做】
            未关闭的警情：P2 2
            超时未说明：0（共 0）
            31 天以上没有见到：12 户，最久的：H7 从未、H8 45 天
            外出中：H1、H2
            今日应返：H2 20:00
            14 天内到期的每周外出：–
            无人可通知的住户：1；只有联系不上的人：2；只有一人：30
            没有志愿者的住户：0；结对超过 5 户的志愿者：0（共 100 人）
            联系不上的人：7（共 120 人）；从未测试：3；14 天内的值班空档：2
            失联设备：4（共 1500）
            平台自身的警情：读数无法入库

            【昨日】
            警情 7 条：P1 3、P2 4
            类型：长时间未用水 4、SOS 求助 3
            处置结果：误报 1、平安 4
            应答：60 秒内 97.5 %（目标 97.5 %），180 秒内 100.0 %（目标 99 %）
            到场：45 分钟内 –（目标 90 %），60 分钟内 50.0 %（目标 100 %）
            2026-01 已探访：400 / 500 户（目标 100 %）
            """.ReplaceLineEndings("\n"),
            Text(Languages.Chinese, HouseholdDirectory.District));
        Assert.Equal(
            """
            2026-01-09 daily digest · 江苏路街道

            TO DO NOW
            Alerts still open: P2 2
            Took too long, not explained yet: 0 (of 0)
            Not seen for 31 days or more: 12 households, the longest: H7 never, H8 45 d
            Away now: H1, H2
            Due back today: H2 20:00
            Weekly absences that end within 14 days: –
            Households with nobody to tell: 1; with only unreachable people: 2; with only one person: 30
            Households without a volunteer: 0; volunteers with more than 5 households: 0 (of 100)
            People out of reach: 7 (of 120); never tested: 3; gaps of rotas within 14 days: 2
            Silent devices: 4 (of 1500)

            YESTERDAY
            Alerts 7: P1 3, P2 4
            By rule: No water 4, SOS 3
            By outcome: False alarm 1, Safe 4
            Answered: within 60 s 97.5 % (goal 97.5 %), within 180 s 100.0 % (goal 99 %)
            At the door: within 45 min – (goal 90 %), within 60 min 50.0 % (goal 100 %)
            Seen in 2026-01: 400 / 500 households (goal 100 %)
            """.ReplaceLineEndings("\n"),
            Text(Languages.English, "江苏路街道"));
    }

    [Fact]
    public void The_digest_names_who_is_away_who_is_due_back_today_and_whose_weekly_absence_must_be_renewed()
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");
        var sunday = new DateTimeOffset(2026, 1, 11, 12, 0, 0, TimeSpan.FromHours(8));
        var digest = AbsenceDigest.Of(
            [
                Home("H3", Sundays(2026, 1, 26)), Home("H2", Sundays(2026, 1, 25)), Home("H1", new Absence.Once(new(sunday.AddDays(-3), sunday.AddDays(9)))),
                Home("H4", new Absence.Once(new(sunday.AddHours(5), sunday.AddHours(6)))), Home("H5"), Home("H6", Sundays(2026, 1, 10)),
            ],
            sunday, zone);
        Assert.Equal(["H1", "H2", "H3"], digest.Away);
        Assert.Equal(["H2 20:00", "H3 20:00", "H4 18:00"], digest.Returning);
        Assert.Equal(["H2 01-25"], digest.Ending);

        static HouseholdEntry Home(string id, params Absence[] absences) => new(id, "", "", "", [], [], new([.. absences]), []);
        static Absence Sundays(int year, int month, int day) =>
            new Absence.Weekly(Weekdays.Sunday, new(8, 0), new(20, 0), new(2026, 1, 1), new(year, month, day));
    }

    [Fact]
    public async Task The_digest_is_of_the_local_day_that_ended_last_and_writing_it_again_replaces_it()
    {
        // Start is noon of 10 January in Shanghai.
        await using var district = await District.StartAsync();
        await district.DeliverAsync("b1", district.Button());
        district.Clock.Advance(TimeSpan.FromHours(13));
        var digest = new DailyDigest(district.Store, district.Get<AlertQueries>(), district.Get<DeviceLiveTable>(), district.Get<DeviceDirectory>(), district.Get<HouseholdDirectory>(), district.Get<AreaChannels>(), district.Get<DutyReport>(), district.Get<KpiDesk>(), district.Get<VisitDesk>(), district.Get<TimeZoneInfo>(), district.Clock);
        await digest.WriteAsync();
        await digest.WriteAsync();
        var written = Assert.Single(digest.Read(10));
        Assert.Equal(new DateOnly(2026, 1, 10), written.Day);
        Assert.Contains("警情 1 条：P1 1", written.Text);
        Assert.Contains("60 秒内 0.0 %", written.Text);
    }

    [Fact]
    public async Task The_nightly_clean_up_forgets_what_is_past_its_time_and_nothing_else()
    {
        var district = await District.StartAsync();
        await district.DeliverAsync("b1", district.Button(key: "1/1"));
        await district.Alert("H1/sos").Act(new("A0001"), new AlertCommand.Close("An", "safe", null), new Actor("An", null));
        await district.DeliverAsync("b2", district.Button(key: "2/1")); // stays open for years
        district = await district.RestartAsync(withCheckpoint: true, TimeSpan.FromDays(1090));
        await district.DeliverAsync("b2", district.Button(key: "2/2")); // a repeat of the old alert: its cause is new
        await district.DeliverAsync("b1", district.Button(key: "1/2"));
        await district.Alert("H1/sos").Act(new("A0003"), new AlertCommand.Close("An", "safe", null), new Actor("An", null));
        await district.Alert("H2/sos").Act(new("A0002"), new AlertCommand.Close("An", "safe", null), new Actor("An", null));
        await using var later = district = await district.RestartAsync(withCheckpoint: true, TimeSpan.FromDays(7));
        await CleanUpAsync(district);

        Assert.Equal(["A0003", "A0002"], district.Alerts().Select(alert => alert.Id.Value));
        Assert.Equal(["A0002", "A0003"], Texts(district, "SELECT DISTINCT alert_id FROM timeline ORDER BY 1"));
        Assert.Equal(["A0002", "A0003"], Texts(district, "SELECT DISTINCT alert_id FROM notices ORDER BY 1"));
        Assert.Equal(["b1/1/2", "b2/2/2"], Texts(district, "SELECT cause FROM causes ORDER BY 1"));
        await CleanUpAsync(district);
        Assert.Equal(2, district.Alerts().Count);
    }

    [Fact]
    public async Task Telemetry_goes_by_whole_months_and_only_when_old()
    {
        await using var district = await District.StartAsync();
        var store = district.Get<ITimeSeriesStore>();
        long[] times = [.. new[] { -500, -380, -1 }.Select(days => District.Start.AddDays(days).ToUnixTimeMilliseconds())];
        await store.AppendAsync([.. times.Select(at => new Point("w1", Metric.BatteryPercent, at, 50))], [], TestContext.Current.CancellationToken);
        await CleanUpAsync(district);
        var left = await store.ReadAsync("w1", Metric.BatteryPercent, times[0], times[2] + 1, TestContext.Current.CancellationToken);
        Assert.Equal(times[1..], left.Select(sample => sample.AtMs));
    }

    private static Task CleanUpAsync(District district) =>
        new NightlyCleanUp(district.Store, district.Get<ITimeSeriesStore>(), district.Get<ShadowDesk>(), new RetentionOptions(), district.Clock, NullLogger<NightlyCleanUp>.Instance).RunAsync();

    private static List<string> Texts(District district, string sql) => district.Store.File.Read(connection => connection.Rows(sql, row => row.GetString(0)));

    private static Dictionary<string, int> Counts(params (string Key, int Count)[] counts) => counts.ToDictionary(pair => pair.Key, pair => pair.Count);
}
