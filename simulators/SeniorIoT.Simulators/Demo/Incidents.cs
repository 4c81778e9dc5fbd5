using SeniorIoT.Simulators.Devices;
using SeniorIoT.Simulators.Homes;

namespace SeniorIoT.Simulators.Demo;

/// <summary>
/// Chance: what befalls a district between its quiet days. Most presses are mistakes or small wishes, most smoke is the kitchen's;
/// the shares are a demonstration's, so that every kind of alert is seen in an evening, not a statistic.
/// </summary>
internal sealed class Incidents(IReadOnlyList<Home> homes, Agenda agenda, long seed, DateTimeOffset start, double perHour, Action<string> tell)
{
    private readonly Dice _dice = Dice.For(seed, "incidents", start.ToUnixTimeSeconds());

    /// <summary>Begins; the first comes after a waiting time. Nothing at all when the rate is 0.</summary>
    public void Start()
    {
        if (perHour > 0)
        {
            Next(start);
        }
    }

    private void Next(DateTimeOffset after)
    {
        var due = after + _dice.Wait(TimeSpan.FromHours(1) / perHour);
        agenda.At(due, () =>
        {
            Happen();
            Next(due);
        });
    }

    private void Happen()
    {
        var kind = _dice.Next();
        var wait = TimeSpan.FromSeconds(_dice.Between(25, 90));
        switch (kind)
        {
            case < 0.28:
                Do("press", WithButton());
                break;
            case < 0.46:
                Do("press", WithButton(), "cancel", wait);
                break;
            case < 0.64:
                Do("service", WithButton());
                break;
            case < 0.88:
                KitchenSmoke(wait * 3);
                break;
            case < 0.93:
                Do("fall", WithButton());
                break;
            case < 0.97:
                Do("low-battery", _dice.Pick(homes));
                break;
            default:
                StopWater(_dice.Pick(homes), TimeSpan.FromHours(_dice.Between(14, 20)));
                break;
        }
    }

    // Cooking hours: smoke that clears after minutes. At other hours somebody tests the detector.
    private void KitchenSmoke(TimeSpan clearsAfter)
    {
        var hour = agenda.Now.ToOffset(Changning.Offset).Hour;
        if (hour is (>= 6 and < 8) or (>= 10 and < 13) or (>= 16 and < 19))
        {
            Do("smoke", WithSmoke(), "clear", clearsAfter);
        }
        else if (_dice.Chance(0.4))
        {
            Do("smoke", WithSmoke(), "clear", clearsAfter);
        }
        else
        {
            Do("test", WithSmoke());
        }
    }

    // With its end fixed at once, so that the notebook knows it: after a restart nobody would remember to resume.
    private void StopWater(Home home, TimeSpan time)
    {
        if (home.Meter.Register.StopUse(agenda.Now, agenda.Now + time))
        {
            tell($"{home.Plan.HouseholdId} uses no water for the next {time.TotalHours:0} h.");
        }
    }

    private void Do(string action, Home? home, string? then = null, TimeSpan after = default)
    {
        if (home is null)
        {
            return;
        }

        var answer = Actions.Do(action, home, agenda.Now);
        tell($"{home.Plan.HouseholdId} {action}: {answer.Text}");
        if (answer.Done && then is not null)
        {
            agenda.At(agenda.Now + after, () => Actions.Do(then, home, agenda.Now));
        }
    }

    private Home? WithButton() => Choose(home => home.Button is { IsSilent: false });

    private Home? WithSmoke() => Choose(home => home.Smoke is { IsSilent: false, IsAlarming: false });

    // A few tries, then nothing happens this time: a district without buttons is possible.
    private Home? Choose(Func<Home, bool> fits)
    {
        for (var i = 0; i < 20; i++)
        {
            if (_dice.Pick(homes) is var home && fits(home))
            {
                return home;
            }
        }

        return null;
    }
}
