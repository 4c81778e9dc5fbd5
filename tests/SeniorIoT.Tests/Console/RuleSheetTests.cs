using System.Text.Json;
using CsCheck;
using SeniorIoT.Api;
using SeniorIoT.Console.Rules;
using SeniorIoT.Console.Words;
using SeniorIoT.Domain.Alerts;
using Xunit;

namespace SeniorIoT.Tests.Console;

public sealed class RuleSheetTests
{
    internal static readonly RuleNumbers Changning = new()
    {
        NoWaterHours = 12, NoWaterLitres = 10, Adaptive = null, BurstLitresPerHour = 1000, BurstMinutes = 15, HalfHourLeak = new(24, 30, 35), HourlyLeak = new(48, 60, 70),
        ExcessLitres = 2000, ExcessHours = 24, LowBatteryPercent = 15, BatteryRecoveredPercent = 20,
        ReturnHours = 12, AwayUseLitres = 5, LikelyAwayHours = 14, NightFrom = new(0, 0), NightUntil = new(5, 0), NightUseLitres = 10, LessWaterPercent = 40,
        DripHours = 72, DripQuietHours = 6, MoreWaterTimes = 3, MoreWaterLitres = 200,
        NuisanceAlarms = 3, NuisanceDays = 14, NuisanceQuietMinutes = 15, DetectorTestDays = 180, ButtonTestDays = 90, DetectorLifeDays = 3653,
        Off = ["drip", "less-water", "more-water", "night-use"],
    };

    private readonly Wording _words = new();

    [Theory]
    [InlineData("\"05:00\"", true)]
    [InlineData("\"24:00\"", false)]
    [InlineData("\"5 Uhr\"", false)]
    [InlineData("5", false)]
    public void A_time_of_day_is_hours_and_minutes_and_nothing_else(string json, bool isOne)
    {
        var body = System.Text.Json.JsonSerializer.Serialize(Changning).Replace("\"NightUntil\":\"05:00\"", $"\"NightUntil\":{json}", StringComparison.Ordinal);
        if (isOne) Assert.Equal(new TimeOnly(5, 0), System.Text.Json.JsonSerializer.Deserialize<RuleNumbers>(body)!.NightUntil);
        else Assert.Throws<System.Text.Json.JsonException>(() => System.Text.Json.JsonSerializer.Deserialize<RuleNumbers>(body));
    }

    [Fact]
    public void What_differs_is_said_with_units_in_the_order_of_the_form()
    {
        var other = RuleSheet.Of(Changning with { NoWaterHours = 15, HourlyLeak = new(48, 45, 70), Adaptive = new(10, 15.5, 1), Off = ["drip", "leak", "more-water", "night-use"] });
        var changes = other.ChangesFrom(RuleSheet.Of(Changning));
        Assert.Equal(
            "未用水·时长 12 小时 → 15 小时；按习惯·最早 无 → 10 小时；按习惯·最晚 无 → 15.5 小时；按习惯·耐心 无 → 1；漏水（小时读数）·停水达 60 分钟 → 45 分钟；漏水：开 → 关、用水渐少：关 → 开",
            ChangeSentence.Of(changes, _words));
        _words.Switch(Wording.English);
        Assert.StartsWith("No water · For 12 h → 15 h; ", ChangeSentence.Of(changes, _words), StringComparison.Ordinal);
        Assert.Equal("nothing changes", ChangeSentence.Of([], _words));
    }

    [Theory]
    [InlineData("shadow", null, "on", "开始试行")]
    [InlineData("shadow", "on", null, "结束试行")]
    [InlineData("shadow.noWaterLitres", "10", "6", "试行：未用水·少于 10 升 → 6 升")]
    [InlineData("somethingNewHours", "1", "2", "ruleNumber.somethingNewHours 1 小时 → 2 小时")]
    public void Changes_of_a_trial_and_of_a_newer_server_are_said_too(string field, string? from, string? to, string said) =>
        Assert.Equal(said.Replace("ruleNumber.", "", StringComparison.Ordinal), ChangeSentence.Of(new RuleChange(field, from, to), _words));

    [Fact]
    public void Any_numbers_go_through_the_form_and_come_out_as_they_were() =>
        Gen.Select(Gen.Double[0.3, 200], Gen.Long[1, 100_000], Gen.Bool, Gen.Double[0.3, 3], Gen.Int[0, 100]).Sample((hours, litres, byHabit, patience, percent) =>
        {
            var numbers = Changning with
            {
                NoWaterHours = hours, NoWaterLitres = litres, Adaptive = byHabit ? new(hours, hours, patience) : null, LowBatteryPercent = percent, Off = percent > 50 ? ["leak"] : [],
            };
            var back = RuleSheet.Of(numbers).ToJson().Deserialize<RuleNumbers>(JsonSerializerOptions.Web)!;
            Assert.Equal(JsonSerializer.Serialize(numbers), JsonSerializer.Serialize(back));
            Assert.Empty(RuleSheet.Of(back).ChangesFrom(RuleSheet.Of(numbers)));
        });

    [Fact]
    public void What_is_no_number_is_sent_as_it_was_typed_and_an_empty_field_as_nothing()
    {
        var sheet = RuleSheet.Of(Changning);
        sheet["noWaterHours"] = "twelve";
        sheet["excessLitres"] = " ";
        sheet["halfHourLeak.overHours"] = "24.50";
        var json = sheet.ToJson();
        Assert.Equal("twelve", (string?)json["noWaterHours"]);
        Assert.Null(json["excessLitres"]);
        Assert.Equal(24.5, (double?)json["halfHourLeak"]!["overHours"]);
        Assert.True(json.ContainsKey("adaptive"));
    }

    [Fact]
    public void Every_number_has_words_and_every_rule_its_switch()
    {
        var paths = RuleSheet.Of(Changning with { Adaptive = new(10, 15.5, 1) }).Paths.ToList();
        Assert.Equal(paths.Order(StringComparer.Ordinal), RuleFields.All.Select(field => field.Path).Order(StringComparer.Ordinal));
        Assert.Equal(Rule.All.Where(rule => rule.Scope != RuleScope.System && rule.Priority == Priority.P1).Select(rule => rule.Id), RuleFields.AlwaysOn);
        Assert.Equal(
            Rule.All.Where(rule => rule.Scope != RuleScope.System && rule.Priority != Priority.P1 && !rule.IsSummary).Select(rule => rule.Id).Order(StringComparer.Ordinal),
            RuleFields.Switched.Order(StringComparer.Ordinal));
        string[] keys =
        [
            .. RuleFields.All.Select(field => "ruleNumber." + field.Path), .. RuleFields.Groups.SelectMany(group => new[] { "ruleGroup." + group, "ruleGroupSays." + group }),
            .. RuleFields.Switched.Select(id => "ruleSays." + id), .. RuleFields.All.Where(field => field.Unit.Length > 0).Select(field => "ruleUnit." + field.Unit),
            .. RuleScopes.All.Select(scope => "ruleScope." + scope), .. SeniorIoT.Domain.Detection.RuleSettings.Presets.Keys.Select(preset => "preset." + preset),
        ];
        Assert.Empty(keys.Except(Wording.Table(Wording.Chinese).Keys));
    }

    [Theory]
    [InlineData("committee:江苏路一居-3", "committee", "江苏路一居", 3)]
    [InlineData("household:by-hand-1-12", "household", "by-hand-1", 12)]
    public void The_name_that_an_alert_carries_leads_to_the_place(string name, string scope, string area, int version) =>
        Assert.Equal((new RulePlace(scope, area), version), RulePlace.Parse(name));

    [Theory]
    [InlineData("changning-1")]
    [InlineData("committee:-1")]
    [InlineData("planet:x-1")]
    [InlineData("committee:x-")]
    [InlineData(null)]
    public void A_preset_is_no_place(string? name) => Assert.Null(RulePlace.Parse(name));

    [Fact]
    public void The_comparison_is_told_in_plain_words()
    {
        var noon = new DateTimeOffset(2026, 3, 9, 4, 0, 0, TimeSpan.Zero);
        var comparison = new RuleComparison(
            noon.AddDays(-28), noon, 37, 34, [new("no-water", 61, 12, 1.79, 0.35, 20, 9, 10, 51, 2, -1.5, 0, 0), new("leak", 1, 0, 0.03, 0, 1, 0, 0, 1, 0, null, 0, 0)], [], null);
        Assert.Equal("28 天内 37 户，试行规则会报警 12 次，现行规则 62 次。10 次两者都报，52 次不再报，2 次新增。长时间未用水：两者都报的 10 次，中位数晚 1.5 小时。", ComparisonSentence.Of(comparison, _words));
        Assert.Equal("没有装水表的住户使用这套规则。", ComparisonSentence.Of(comparison with { Homes = 0 }, _words));
        _words.Switch(Wording.English);
        Assert.StartsWith("Over 28 days in 37 homes the rules tried out would have alerted 12 times instead of 62. ", ComparisonSentence.Of(comparison, _words), StringComparison.Ordinal);
    }
}
