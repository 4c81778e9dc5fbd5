using CsCheck;
using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Tests.Alerts;
using Xunit;
using static SeniorIoT.Tests.Detection.Meter;

namespace SeniorIoT.Tests.Detection;

public sealed class HomeSilentTests
{
    private static readonly HouseholdId Home = new("H1");
    private static readonly DeviceContext Context = new(new("w1"), RuleSettings.Changning, Start, DeviceContext.UsualInterval, Absences.None);

    private static HomeDevice Device(string id, string noun, double? heardHour, bool isSilent) =>
        new(new(id), noun, Start.AddHours(-100), heardHour is { } hour ? At(hour) : null, null, isSilent);

    [Fact]
    public void A_home_of_which_nothing_is_heard_is_one_finding_that_names_each_device()
    {
        var findings = HomeSilentRule.Decide(Home, [Device("w1", "meter", 0, true), Device("f1", "detector", 3.5, true), Device("b1", "button", null, true)], Context, null, At(30));
        var raised = Assert.IsType<Finding.Raised>(findings[0].Finding);
        Assert.Equal((Rule.HomeSilent, At(28.5), $"H1/home-silent/{At(3.5).ToUnixTimeMilliseconds()}", At(3.5)), (raised.Rule, raised.At, raised.Cause, raised.Evidence.LastHeardAt));
        Assert.Equal(
            "None of 3 devices is heard: no power, no network, or they were unplugged. The meter w1, last heard at 01-10 00:00. "
                + "The detector f1, last heard at 01-10 03:30. The button b1, never heard. Nothing is known of the home since.",
            raised.Evidence.Note);
        Assert.Equal(["w1", "f1", "b1"], findings.Skip(1).Select(told => told.Finding is Finding.Cleared { Rule.Id: "silent" } ? told.Device.Value : "?"));
    }

    [Fact]
    public void One_device_alone_and_a_home_where_one_is_heard_are_told_by_device()
    {
        var alone = Assert.IsType<Finding.Raised>(Assert.Single(HomeSilentRule.Decide(Home, [Device("w1", "meter", 0, true)], Context, null, At(30))).Finding);
        Assert.Equal((Rule.Silent, $"w1/silent/{At(0).ToUnixTimeMilliseconds()}"), (alone.Rule, alone.Cause));
        var findings = HomeSilentRule.Decide(Home, [Device("w1", "meter", 0, true), Device("b1", "button", 29, false)], Context, null, At(30));
        Assert.Equal(["w1 Raised", "b1 Cleared"], findings.Select(told => $"{told.Device} {told.Finding.GetType().Name}"));
    }

    [Fact]
    public void Switched_off_every_silent_device_is_told_by_itself()
    {
        var context = Context with { Settings = RuleSettings.Changning with { Off = ["home-silent"] } };
        var findings = HomeSilentRule.Decide(Home, [Device("w1", "meter", 0, true), Device("b1", "button", 0, true)], context, null, At(30));
        Assert.All(findings, told => Assert.Equal(Rule.Silent, Assert.IsType<Finding.Raised>(told.Finding).Rule));
    }

    [Fact]
    public void Whatever_the_order_of_falling_silent_speaking_and_closing_the_alerts_end_as_the_home_is() =>
        Gen.Select(Gen.Int[1, 4], Gen.Select(Gen.Int[0, 5], Gen.Int[0, 3], Gen.Int[1, 40]).Array[1, 40]).Sample((count, steps) =>
        {
            var home = new SilentHome(count);
            foreach (var (step, device, hours) in steps)
            {
                home.Now += TimeSpan.FromHours(hours);
                var which = device % count;
                if (step <= 1) home.Hear(which);
                else if (step <= 3) home.Wake(which);
                else if (step == 4) home.Close(Rule.HomeSilent, which);
                else home.Close(Rule.Silent, which);
            }

            // Whatever was rung late or not at all: the next day's bells ring for everyone.
            for (var which = 0; which < count; which++) home.Wake(which);
            for (var which = 0; which < count; which++) home.Wake(which);
            home.AssertToldAsItIs();
            var before = home.Told();
            for (var which = 0; which < count; which++) home.Wake(which);
            Assert.Equal(before, home.Told());
        });

    /// <summary>A home with its devices' own view of their silence, and its alerts with the causes they remember, as the grains have them.</summary>
    private sealed class SilentHome(int count)
    {
        private readonly Dictionary<(Rule Rule, int Device), Episode> _alerts = [];
        private readonly HashSet<string> _causes = [];
        private readonly DateTimeOffset?[] _heardAt = new DateTimeOffset?[count];
        private readonly bool[] _isSilent = new bool[count];

        public DateTimeOffset Now { get; set; } = Start;

        public void Hear(int device)
        {
            _heardAt[device] = Now;
            if (!_isSilent[device]) return;
            _isSilent[device] = false;
            Look();
        }

        public void Wake(int device)
        {
            var wasSilent = _isSilent[device];
            _isSilent[device] = Now > (_heardAt[device] ?? Start) + Context.ExpectedInterval;
            if (wasSilent || _isSilent[device]) Look();
        }

        public void Close(Rule rule, int device)
        {
            if (AlertOf(rule, device) is { Alert.IsClosed: false } open) open.Do(new AlertCommand.Close("An", "safe", null), Second);
        }

        public void AssertToldAsItIs()
        {
            var isHomeSilent = count >= 2 && _isSilent.All(silent => silent);
            // What an operator closed stays closed while nothing changes; else exactly what is so is told.
            Assert.True(isHomeSilent ? IsToldOrClosed(Rule.HomeSilent, 0) : !IsOn(Rule.HomeSilent, 0), "home-silent");
            for (var device = 0; device < count; device++)
                Assert.True(_isSilent[device] && !isHomeSilent ? IsToldOrClosed(Rule.Silent, device) : !IsOn(Rule.Silent, device), $"silent {device}");
        }

        public string Told() => string.Join(';', _alerts.OrderBy(pair => pair.Key.Rule.Id).ThenBy(pair => pair.Key.Device).Select(pair => $"{pair.Key.Rule} {pair.Key.Device} {pair.Value.Alert?.Version}"));

        private double Second => (Now - Episode.Start).TotalSeconds;

        private void Look()
        {
            var devices = Enumerable.Range(0, count).Select(i => new HomeDevice(new($"d{i}"), "meter", Start, _heardAt[i], null, _isSilent[i])).ToList();
            foreach (var (device, finding) in HomeSilentRule.Decide(Home, devices, Context, AlertOf(Rule.HomeSilent, 0).Alert, Now))
            {
                var which = int.Parse(device.Value[1..], System.Globalization.CultureInfo.InvariantCulture);
                if (finding is Finding.Raised raised && _causes.Add(raised.Cause))
                {
                    var alert = AlertOf(raised.Rule, which);
                    alert.Do(alert.Raise() with { OccurredAt = raised.At, Cause = raised.Cause, Evidence = raised.Evidence }, Second);
                }
                else if (finding is Finding.Cleared cleared)
                {
                    AlertOf(cleared.Rule, which).Do(new AlertCommand.Clear(cleared.At, cleared.Note, cleared.IsDated), Second);
                }
            }
        }

        private Episode AlertOf(Rule rule, int device)
        {
            var key = (rule, rule.Scope == RuleScope.Household ? 0 : device);
            return _alerts.TryGetValue(key, out var alert) ? alert : _alerts[key] = new Episode(rule);
        }

        private bool IsOn(Rule rule, int device) => AlertOf(rule, device).Alert is { IsClosed: false, ClearedAt: null };

        private bool IsToldOrClosed(Rule rule, int device) => AlertOf(rule, device).Alert is { ClearedAt: null } or { IsClosed: true };
    }
}
