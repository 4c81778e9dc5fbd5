using SeniorIoT.DeviceProtocol;
using SeniorIoT.DeviceProtocol.V1;
using SeniorIoT.Simulators.Demo;
using SeniorIoT.Simulators.Devices;
using SeniorIoT.Simulators.Homes;
using Xunit;

namespace SeniorIoT.Tests.Simulators;

public sealed class DemoTests
{
    [Fact]
    public void At_any_time_of_day_some_meters_have_been_quiet_for_13_hours_so_that_the_demonstration_always_has_a_home_for_it()
    {
        List<MeterPlan> meters = [.. Enumerable.Range(0, 160).Select(number => HomePlan.Of(1, number).Meter).Where(meter => meter.Upload == Upload.OnceADay)];
        for (var time = TimeSpan.Zero; time < TimeSpan.FromDays(1); time += TimeSpan.FromMinutes(10))
            Assert.True(meters.Count(meter => (time - meter.Phase + TimeSpan.FromDays(2)).TotalHours % 24 >= 13) >= 2, $"at {time} UTC");
    }

    [Fact]
    public void The_district_has_its_real_committees_and_the_agreed_equipment()
    {
        HomePlan[] plans = [.. Enumerable.Range(0, 500).Select(number => HomePlan.Of(1, number))];

        Assert.Equal(189, Changning.Committees.Length);
        Assert.Equal(10, Changning.Committees.Select(committee => committee.SubDistrict).Distinct().Count());
        Assert.Equal(189, plans.Select(plan => plan.Committee).Distinct().Count());
        Assert.Equal(50, plans.Count(plan => plan.Meter.Upload != Upload.EverySample));
        Assert.Equal(5, plans.Count(plan => plan.Meter.LeakMillilitresAnHour > 0));
        Assert.InRange(plans.Count(plan => plan.SmokeId is not null), 390, 460);
        Assert.InRange(plans.Count(plan => plan.ButtonId is not null), 215, 285);
        Assert.All(plans, plan => Assert.InRange(plan.BirthYear, 1930, 1958));
        Assert.All(plans.SelectMany(plan => plan.Contacts), told => Assert.Matches("^1390000[0-9]{4}$", told.Phone));
        Assert.Equal(1500, plans.SelectMany(plan => plan.Contacts).Count());
    }

    [Fact]
    public void A_seed_opens_the_same_night()
    {
        var (one, two) = (new Scene(), new Scene());
        foreach (var scene in (Scene[])[one, two])
        {
            District.Open(scene.Homes, seed: 1, Scene.Start);
            new Incidents(scene.Homes, scene.Agenda, 1, Scene.Start, perHour: 60, _ => { }).Start();
            scene.Pass(TimeSpan.FromHours(6));
        }

        Assert.Equal(Wire(one), Wire(two));
        Assert.Contains(one.Said, said => said.Message is DeviceMessage.ButtonEvent { Type: ButtonEventType.Press });
        Assert.Contains(one.Said, said => said.Message is DeviceMessage.SmokeEvent { Type: SmokeEventType.Alarm });
    }

    [Fact]
    public void The_first_upload_is_a_week_old_ones_as_history_and_every_message_is_accepted()
    {
        var scene = new Scene();
        District.Open(scene.Homes, seed: 1, Scene.Start);
        var home = scene.First(home => home.Plan.Meter is { Upload: Upload.EverySample, LeakMillilitresAnHour: 0 } && !home.Meter.IsSilent);
        var said = scene.SaidBy(home.Plan.Meter.DeviceId);
        DateTimeOffset[] times = [.. Scene.Samples(said).Select(sample => sample.At)];

        Assert.InRange(times[0], Scene.Start.AddDays(-7.05), Scene.Start.AddDays(-6.9));
        Assert.InRange(times[^1], Scene.Start - home.Plan.Meter.Sampling, Scene.Start);
        Assert.All(times.Zip(times.Skip(1)), pair => Assert.Equal(home.Plan.Meter.Sampling, pair.Second - pair.First));
        Assert.All(said, message => Assert.All(
            Scene.Samples([message]),
            sample => Assert.Equal(message.Envelope.IsHistory, sample.At < Scene.Start - WaterMeter.Live)));
        Assert.All(scene.Said, s => Assert.True(Codec.TryDecode(s.Topic, Codec.Encode(s.Message), out _, out _)));
        Assert.Equal(scene.Said.Count, scene.Said.Select(s => (s.Topic.DeviceId, s.Message.Envelope.Mid)).Distinct().Count());
    }

    [Fact]
    public void At_the_opening_a_few_homes_have_used_no_water_for_thirteen_hours()
    {
        var scene = new Scene(homes: 500);
        District.Open(scene.Homes, seed: 1, Scene.Start);

        var stopped = scene.Homes.Where(home => home.IsWaterStopped).ToList();

        Assert.Equal(3, stopped.Count);
        Assert.All(stopped, home =>
        {
            var samples = Scene.Samples(scene.SaidBy(home.Plan.Meter.DeviceId)).ToList();
            var still = samples.Where(sample => sample.Total == samples[^1].Total).ToList();
            Assert.True(still[^1].At - still[0].At >= TimeSpan.FromHours(12.9));
            Assert.InRange(Scene.Start - still[^1].At, TimeSpan.Zero, home.Plan.Meter.Sampling);
        });
    }

    [Fact]
    public void A_silent_device_says_nothing_and_tells_everything_when_it_speaks_again()
    {
        var scene = new Scene();
        District.Open(scene.Homes, seed: 1, Scene.Start);
        var home = scene.First(home => home.Plan.Meter.Upload == Upload.EverySample && home.Button is not null && !home.Meter.IsSilent);
        scene.Pass(TimeSpan.FromHours(1));

        Assert.True(Do(scene, home, "silence").Done);
        var since = scene.Said.Count;
        scene.Pass(TimeSpan.FromHours(30));
        Assert.DoesNotContain(scene.Said.Skip(since), said => home.Devices.Any(device => device.DeviceId == said.Topic.DeviceId));
        Assert.Contains(home.Meter.DeviceId, scene.SwitchedOff);
        Assert.False(Do(scene, home, "press").Done);

        Assert.True(Do(scene, home, "speak").Done);
        DateTimeOffset[] times = [.. Scene.Samples(scene.SaidBy(home.Meter.DeviceId)).Select(sample => sample.At)];
        Assert.All(times.Zip(times.Skip(1)), pair => Assert.Equal(home.Plan.Meter.Sampling, pair.Second - pair.First));
        Assert.Empty(scene.SwitchedOff.Intersect(home.Devices.Select(device => device.DeviceId)));
    }

    [Fact]
    public void Actions_change_what_is_sent()
    {
        var scene = new Scene();
        var home = scene.First(home => home is { Button: not null, Smoke: not null });
        foreach (var action in (string[])["press", "cancel", "fall", "service", "smoke", "clear", "test"])
        {
            Assert.True(Do(scene, home, action).Done);
        }

        Assert.Equal(
            ["Press Emergency", "Cancel Emergency", "Fall Emergency", "Press Service", "Alarm", "Clear", "Test"],
            scene.Said.Select(said => said.Message switch
            {
                DeviceMessage.ButtonEvent button => $"{button.Type} {button.Button}",
                DeviceMessage.SmokeEvent smoke => $"{smoke.Type}",
                var other => other.GetType().Name,
            }));
        var bare = scene.First(home => home.Button is null);
        Assert.Contains("no button", Do(scene, bare, "press").Text);
    }

    [Fact]
    public void Stopped_water_stands_still_until_it_is_resumed()
    {
        var scene = new Scene();
        District.Open(scene.Homes, seed: 1, Scene.Start);
        var home = scene.First(home =>
            home is { IsWaterStopped: false, Meter.IsSilent: false, Plan.Meter: { Upload: Upload.EverySample, LeakMillilitresAnHour: 0, ResolutionMillilitres: 1000 } });

        Assert.True(Do(scene, home, "stop-water").Done);
        scene.Pass(TimeSpan.FromHours(14));
        Assert.Single(Scene.Samples(scene.SaidBy(home.Meter.DeviceId)).Where(sample => sample.At > Scene.Start).Select(sample => sample.Total).Distinct());

        Assert.True(Do(scene, home, "resume-water").Done);
        Assert.False(Do(scene, home, "resume-water").Done);
        scene.Pass(TimeSpan.FromHours(14));
        Assert.True(Scene.Samples(scene.SaidBy(home.Meter.DeviceId)).Where(sample => sample.At > Scene.Start).Select(sample => sample.Total).Distinct().Count() > 3);
    }

    [Fact]
    public void A_daily_meter_can_stop_thirteen_hours_ago_because_nothing_was_told_since()
    {
        var scene = new Scene(homes: 500);
        District.Open(scene.Homes, seed: 1, Scene.Start);
        var home = scene.First(home => home.CanStopInThePast && home.Plan.Meter.Upload != Upload.EverySample);
        var told = home.Meter.ToldUntil;
        var since = scene.Said.Count;

        Assert.True(Do(scene, home, "stop-water-13h").Done);

        var samples = Scene.Samples(scene.SaidBy(home.Meter.DeviceId, since)).ToList();
        var before = Scene.Samples(scene.SaidBy(home.Meter.DeviceId)).Last(sample => sample.At == told);
        Assert.True(samples.Count >= 13);
        Assert.All(samples, sample => Assert.Equal(before.Total, sample.Total));
        var hourly = scene.First(home => home.Plan.Meter.Upload == Upload.EverySample && !home.Meter.IsSilent);
        Assert.Contains("cannot be taken back", Do(scene, hourly, "stop-water-13h").Text);
    }

    [Fact]
    public void After_a_restart_the_register_goes_on_where_it_was()
    {
        var first = new Scene();
        District.Open(first.Homes, seed: 1, Scene.Start);
        first.Pass(TimeSpan.FromHours(5));
        var restarted = new Scene(notebook: first.Notebook with { ToldUntil = Scene.Start.AddHours(4) });
        restarted.Clock.SetUtcNow(first.Clock.GetUtcNow());
        District.Open(restarted.Homes, seed: 1, restarted.Clock.GetUtcNow());

        var told = Scene.Samples(first.Said.Select(said => said.Message).ToList()).Count();
        foreach (var home in restarted.Homes)
        {
            var before = Scene.Samples(first.SaidBy(home.Meter.DeviceId)).ToDictionary(sample => sample.At, sample => sample.Total);
            Assert.All(Scene.Samples(restarted.SaidBy(home.Meter.DeviceId)), sample => Assert.Equal(sample.Total, before.GetValueOrDefault(sample.At, sample.Total)));
        }

        Assert.InRange(Scene.Samples(restarted.Said.Select(said => said.Message)).Count(), 1, told / 20);
    }

    private static Answer Do(Scene scene, Home home, string action) => Actions.Do(action, home, scene.Clock.GetUtcNow());

    private static IEnumerable<string> Wire(Scene scene) =>
        scene.Said.Select(said => $"{said.At:O} {said.Topic} {System.Text.Encoding.UTF8.GetString(Codec.Encode(said.Message))}");
}
