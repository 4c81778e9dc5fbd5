namespace SeniorIoT.Simulators.Homes;

/// <summary>Water drawn at a moment. Drawing takes no time here: it is minutes, and meters report every 15 min at best.</summary>
internal readonly record struct Use(DateTimeOffset At, int Millilitres);

/// <summary>
/// Somebody of about eighty who lives alone: habits that barely move, drawn once, and days that vary around them.
/// A day is a pure function of the seed, the home and the date, so any week can be played again.
/// </summary>
internal sealed record Person(
    long Seed,
    int Home,
    double WakesHour,
    double SleepsHour,
    double FlushLitres,
    int FlushesADay,
    double NightFlushChance,
    double ShowerChance,
    double ShowerLitres,
    int LaundryEveryDays,
    bool VisitsFamily)
{
    /// <summary>The person of a home.</summary>
    public static Person Of(long seed, int home)
    {
        var dice = Dice.For(seed, "person", home);
        return new Person(
            seed,
            home,
            WakesHour: dice.Around(6.1, 0.4),
            SleepsHour: dice.Around(21.3, 0.4),
            FlushLitres: dice.Between(4.5, 7),
            FlushesADay: dice.Whole(4, 7),
            NightFlushChance: dice.Between(0.5, 0.95),
            ShowerChance: dice.Between(0.25, 0.6),
            ShowerLitres: dice.Between(30, 60),
            LaundryEveryDays: dice.Whole(3, 7),
            VisitsFamily: dice.Chance(0.06));
    }

    /// <summary>Every use of a local day, in order of time. Uses after midnight belong to the day they fall on.</summary>
    public IReadOnlyList<Use> Day(DateOnly day)
    {
        var dice = Dice.For(Seed, "day", Home, day.DayNumber);
        var midnight = new DateTimeOffset(day, TimeOnly.MinValue, Changning.Offset);
        List<Use> uses = [];
        Night(dice, midnight, uses);
        Morning(dice, midnight, uses);
        Meals(dice, midnight, uses);
        Chores(dice, midnight, day, uses);
        Evening(dice, midnight, uses);
        var away = AwayAround(day);
        uses.RemoveAll(use => away is { } gone && use.At >= gone.From && use.At < gone.Until);
        uses.Sort((a, b) => a.At.CompareTo(b.At));
        return uses;
    }

    /// <summary>The weekend away that touches this day, or null. From Friday late afternoon to Sunday evening.</summary>
    public (DateTimeOffset From, DateTimeOffset Until)? AwayAround(DateOnly day)
    {
        var daysSinceFriday = ((int)day.DayOfWeek + 2) % 7;
        if (!VisitsFamily || daysSinceFriday > 2)
        {
            return null;
        }

        var friday = day.AddDays(-daysSinceFriday);
        var dice = Dice.For(Seed, "weekend", Home, friday.DayNumber);
        var from = new DateTimeOffset(friday, TimeOnly.MinValue, Changning.Offset).AddHours(dice.Between(15, 18));
        return dice.Chance(0.4) ? (from, from.AddHours(dice.Between(46, 51))) : null;
    }

    private void Night(Dice dice, DateTimeOffset midnight, List<Use> uses)
    {
        if (dice.Chance(NightFlushChance))
        {
            Draw(uses, midnight, dice.Between(0.5, WakesHour - 1), FlushLitres);
        }
    }

    private void Morning(Dice dice, DateTimeOffset midnight, List<Use> uses)
    {
        var wakes = dice.Around(WakesHour, 0.15);
        Draw(uses, midnight, wakes, FlushLitres);
        Draw(uses, midnight, wakes + 0.1, dice.Between(3, 5));
        Draw(uses, midnight, wakes + dice.Between(0.3, 0.7), dice.Between(5, 9));
    }

    private void Meals(Dice dice, DateTimeOffset midnight, List<Use> uses)
    {
        foreach (var hour in (double[])[11.2, 17.3])
        {
            var cooks = dice.Around(hour, 0.3);
            Draw(uses, midnight, cooks, dice.Between(5, 10));
            Draw(uses, midnight, cooks + dice.Between(0.6, 1), dice.Between(6, 12));
        }
    }

    private void Chores(Dice dice, DateTimeOffset midnight, DateOnly day, List<Use> uses)
    {
        for (var i = 0; i < FlushesADay; i++)
        {
            Draw(uses, midnight, dice.Between(WakesHour + 1, SleepsHour - 0.5), FlushLitres);
        }

        for (var i = dice.Whole(2, 6); i > 0; i--)
        {
            Draw(uses, midnight, dice.Between(WakesHour + 1, SleepsHour - 0.5), dice.Between(0.5, 2.5));
        }

        if ((day.DayNumber + Home) % LaundryEveryDays == 0)
        {
            var starts = dice.Between(8, 10.5);
            for (var rinse = 0; rinse < 3; rinse++)
            {
                Draw(uses, midnight, starts + (rinse * 0.3), dice.Between(18, 28));
            }
        }
    }

    private void Evening(Dice dice, DateTimeOffset midnight, List<Use> uses)
    {
        var sleeps = dice.Around(SleepsHour, 0.15);
        if (dice.Chance(ShowerChance))
        {
            Draw(uses, midnight, dice.Between(18.5, 20.3), dice.Around(ShowerLitres, 4));
        }

        Draw(uses, midnight, sleeps - 0.3, dice.Between(5, 8));
        Draw(uses, midnight, sleeps, FlushLitres);
    }

    private static void Draw(List<Use> uses, DateTimeOffset midnight, double hour, double litres) =>
        uses.Add(new Use(midnight.AddSeconds(Math.Round(hour * 3600)), (int)(litres * 1000)));
}
