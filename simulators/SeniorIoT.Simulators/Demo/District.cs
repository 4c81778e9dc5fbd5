using SeniorIoT.Simulators.Devices;
using SeniorIoT.Simulators.Homes;

namespace SeniorIoT.Simulators.Demo;

/// <summary>The cast of a district, and the scene at the opening.</summary>
internal static class District
{
    private const int StoppedAtStart = 3;
    private const int SilentAtStart = 3;
    private const int LowBatteriesAtStart = 4;

    /// <summary>A story that begins now: seven days of history behind it, and a few homes where nobody has used water since yesterday.</summary>
    public static Notebook NewStory(long seed, int homes, DateTimeOffset now)
    {
        var stops = Choose(seed, "stopped", homes, StoppedAtStart, MayStop)
            .ToDictionary(plan => plan.HouseholdId, plan => new List<Stop> { new(now - Actions.LongStop - Lead(seed, plan), now.AddHours(20)) });
        var beganAt = new DateTimeOffset(now.ToOffset(Changning.Offset).Date, Changning.Offset) - WaterMeter.Memory;
        return new Notebook(seed, beganAt.ToUniversalTime(), beganAt.ToUniversalTime(), [], stops);
    }

    /// <summary>Builds every home. <paramref name="lineOf"/> gives each device its way out.</summary>
    public static IReadOnlyList<Home> Build(Notebook notebook, int homes, Agenda agenda, Func<string, Line> lineOf) =>
        [.. Enumerable.Range(0, homes).Select(number => Build(HomePlan.Of(notebook.Seed, number), notebook, agenda, lineOf))];

    /// <summary>Everybody begins to live: most as usual, a few devices silent since the day before yesterday, a few with a low battery.</summary>
    public static void Open(IReadOnlyList<Home> homes, long seed, DateTimeOffset now)
    {
        foreach (var plan in Choose(seed, "silent", homes.Count, SilentAtStart, plan => MayStop(plan)))
        {
            homes[plan.Number].Meter.FallSilentAfter(now.AddHours(-Dice.For(seed, "silent since", plan.Number).Between(27, 44)));
        }

        foreach (var plan in Choose(seed, "low battery", homes.Count, LowBatteriesAtStart, plan => plan.SmokeId is not null))
        {
            homes[plan.Number].Smoke!.BatteryPercent = Dice.For(seed, "charge", plan.Number).Between(4, 10);
        }

        foreach (var device in homes.SelectMany(home => home.Devices))
        {
            device.Start();
        }
    }

    private static Home Build(HomePlan plan, Notebook notebook, Agenda agenda, Func<string, Line> lineOf)
    {
        var person = Person.Of(notebook.Seed, plan.Number);
        var register = new Register(person, notebook.BeganAt, plan.Meter.LeakMillilitresAnHour, notebook.Stops.GetValueOrDefault(plan.HouseholdId) ?? []);
        return new Home(
            plan,
            agenda,
            new WaterMeter(plan.Meter, register, notebook.ToldUntil, lineOf(plan.Meter.DeviceId), agenda, Dice.For(notebook.Seed, "meter", plan.Number)),
            plan.SmokeId is { } smoke ? new SmokeDetector(smoke, lineOf(smoke), agenda, Dice.For(notebook.Seed, "smoke", plan.Number)) : null,
            plan.ButtonId is { } button ? new Button(button, lineOf(button), agenda, Dice.For(notebook.Seed, "button", plan.Number)) : null);
    }

    // Up to half an hour more than the rule needs, and the meter's own rhythm on top.
    private static TimeSpan Lead(long seed, HomePlan plan) => plan.Meter.Sampling + TimeSpan.FromMinutes(Dice.For(seed, "lead", plan.Number).Between(5, 35));

    private static bool MayStop(HomePlan plan) =>
        plan.Meter is { Upload: Upload.EverySample, LeakMillilitresAnHour: 0, ResolutionMillilitres: 1_000 };

    private static IEnumerable<HomePlan> Choose(long seed, string purpose, int homes, int count, Func<HomePlan, bool> fits)
    {
        var dice = Dice.For(seed, purpose);
        HashSet<int> chosen = [];
        for (var tries = 0; tries < 100 && chosen.Count < Math.Min(count, homes / 10 + 1); tries++)
        {
            var number = dice.Whole(0, homes - 1);
            if (fits(HomePlan.Of(seed, number)) && chosen.Add(number))
            {
                yield return HomePlan.Of(seed, number);
            }
        }
    }
}
