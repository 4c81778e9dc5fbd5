using System.Text.Json;
using SeniorIoT.Domain.Detection;
using Xunit;

namespace SeniorIoT.Tests.Detection;

public sealed class RuleSettingsTests
{
    [Fact]
    public void The_presets_are_sound_and_found_by_name()
    {
        Assert.Equal(["adaptive", "changning", "jingan", "longgang", "zhenhai"], RuleSettings.Presets.Keys);
        Assert.All(RuleSettings.Presets.Values, preset => Assert.Empty(preset.Validate()));
        Assert.Equal((12, 10), ((int)RuleSettings.ByName("Changning")!.NoWaterWindow.TotalHours, RuleSettings.ByName("changning")!.NoWaterLitres));
        Assert.Equal((24, 6), ((int)RuleSettings.ByName("zhenhai")!.NoWaterWindow.TotalHours, RuleSettings.ByName("zhenhai")!.NoWaterLitres));
        Assert.Null(RuleSettings.ByName("nowhere"));
    }

    [Fact]
    public void Every_error_is_named_at_once()
    {
        var errors = new RuleSettings("", TimeSpan.Zero, 0)
        {
            BurstLitresPerHour = 0,
            BurstFor = TimeSpan.Zero,
            ExcessLitres = 0,
            ExcessWindow = TimeSpan.FromDays(30),
            LowBatteryPercent = -1,
            BatteryRecoveredPercent = 200,
            HourlyLeak = new(TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero),
            Adaptive = new(TimeSpan.Zero, TimeSpan.FromDays(9), double.NaN),
        }.Validate();
        Assert.Equal(
            ["Version", "NoWaterWindow", "NoWaterLitres", "BurstLitresPerHour", "BurstFor", "HourlyLeak.Over", "HourlyLeak.QuietBelow", "HourlyLeak.SpacingMax", "HourlyLeak.QuietBelow", "ExcessLitres", "ExcessWindow", "LowBatteryPercent", "BatteryRecoveredPercent", "Adaptive.AtLeast", "Adaptive.AtMost", "Adaptive.Patience"],
            errors.Select(error => error.Split(' ')[0]));
    }

    [Fact]
    public void Numbers_of_detectors_and_buttons_have_limits() => Assert.Equal(
        ["NuisanceAlarms", "NuisanceWithin", "NuisanceQuietAfter", "DetectorTestEvery", "ButtonTestEvery", "DetectorLife"],
        (RuleSettings.Changning with
        {
            NuisanceAlarms = 1, NuisanceWithin = TimeSpan.FromDays(91), NuisanceQuietAfter = TimeSpan.Zero, DetectorTestEvery = TimeSpan.FromDays(1),
            ButtonTestEvery = TimeSpan.FromDays(2000), DetectorLife = TimeSpan.Zero,
        }).Validate().Select(error => error.Split(' ')[0]));

    [Fact]
    public void Settings_survive_storage() => Assert.All(
        RuleSettings.Presets.Values,
        preset => Assert.Equivalent(preset, JsonSerializer.Deserialize<RuleSettings>(JsonSerializer.Serialize(preset)), strict: true));

    [Fact]
    public void What_calls_for_help_and_what_is_no_rule_cannot_be_switched_off() => Assert.Equal(
        [
            "Off has 'disk-space', which is about the platform and not about a home; leave it out.",
            "Off has 'leaks', which is no rule; give ids such as leak.",
            "Off has 'smoke', which calls for help: it cannot be switched off.",
        ],
        (RuleSettings.Changning with { Off = ["leak", "smoke", "leaks", "disk-space"] }).Validate());
}
