using System.Collections.Immutable;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Rules;
using SeniorIoT.Tests;
using Xunit;

namespace SeniorIoT.Server.Tests.Rules;

public sealed class RuleViewTests
{
    [Fact]
    public void Every_setting_has_its_number_in_the_api_and_comes_back_from_it()
    {
        var basis = RuleSettings.ByHabit;
        Assert.All(typeof(RuleSettings).GetProperties().Where(property => property.SetMethod is { IsStatic: false } && property.Name != nameof(RuleSettings.Version)), property =>
        {
            var changed = basis with { };
            property.SetValue(changed, Another(property.GetValue(changed)!, property.Name));
            Assert.NotEqual(basis, changed);
            Assert.Equivalent(changed, RuleView.Settings(RuleView.Numbers(changed), basis.Version), strict: true);
            // And people see that it changed.
            Assert.NotEmpty(RuleChanges.Between(new PlacedRules(null, basis), new PlacedRules(null, changed)));
        });
        Assert.Null(RuleView.Numbers(RuleSettings.Changning).Adaptive);
    }

    [Fact]
    public void Every_preset_comes_back_as_it_was() => Assert.All(
        RuleSettings.Presets.Values, preset => Assert.Equivalent(preset, RuleView.Settings(RuleView.Numbers(preset), preset.Version), strict: true));

    [Fact]
    public void Errors_speak_of_fields_as_they_are_in_the_JSON_and_of_units_that_people_use()
    {
        var faults = new Faults();
        RuleView.Check("numbers", RuleSettings.ByHabit with
        {
            NoWaterWindow = TimeSpan.FromMinutes(30),
            BurstFor = TimeSpan.Zero,
            HourlyLeak = new(TimeSpan.FromHours(200), TimeSpan.Zero, TimeSpan.FromMinutes(70)),
            BatteryRecoveredPercent = 3,
            Adaptive = new(TimeSpan.FromHours(12), TimeSpan.FromHours(11), 9),
            Off = ["sos"],
        }, faults);
        Snapshot.Match(string.Join('\n', faults.All.Select(fault => $"{fault.Field}: {fault.Problem}")));
    }

    private static object Another(object value, string name) => value switch
    {
        TimeSpan span => span + TimeSpan.FromMinutes(20),
        long number => number + 1,
        int number => number + 1,
        double number => number + 0.5,
        bool flag => !flag,
        TimeOnly time => time.AddHours(1),
        AdaptiveRule adaptive => adaptive with { AtLeast = TimeSpan.FromHours(10), Patience = 1.1 },
        LeakPattern leak => leak with { Over = leak.Over + TimeSpan.FromHours(1), QuietBelow = leak.QuietBelow + TimeSpan.FromMinutes(1), SpacingMax = leak.SpacingMax + TimeSpan.FromMinutes(2) },
        ImmutableSortedSet<string> off => off.Add("leak"),
        _ => throw new NotSupportedException($"{name} is of a new type: say here what another value of it is, and give it a number in RuleNumbers and RuleView."),
    };
}
