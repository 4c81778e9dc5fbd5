using CsCheck;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;

namespace SeniorIoT.Tests.Alerts;

/// <summary>An alert in a story: commands at seconds after <see cref="Start"/>, decided and applied as a grain does it.</summary>
internal sealed class Episode(Rule rule)
{
    public static readonly DateTimeOffset Start = new(2026, 1, 10, 4, 0, 0, TimeSpan.Zero);

    public static readonly Place Home = new(new("H1"), "江苏路100弄38号1070室", "江苏居委会", "江苏路街道", "王秀英", 1941, true);

    private int _raised;

    public Alert? Alert { get; private set; }

    public Ladder Ladder { get; init; } = Ladder.For(rule.Priority);

    /// <summary>Any of a few values.</summary>
    public static Gen<T> AnyOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    public static DateTimeOffset At(double second) => Start.AddSeconds(second);

    public AlertCommand.Raise Raise(double second = 0, Place? place = null) => new(
        new($"A{++_raised:0000}"), rule, place ?? Home, new("d1"), At(second), $"d1/{_raised}", new Evidence(CoveredHours: 12.5));

    /// <summary>Decides and, when accepted, applies.</summary>
    public Decision Do(AlertCommand command, double second = 0)
    {
        var decision = AlertRules.Decide(Alert, command, command switch
        {
            AlertCommand.Regrade regrade => Ladder.For(regrade.Priority),
            AlertCommand.AskHelp => Ladder.For(Priority.P1),
            _ => Ladder,
        }, At(second));
        if (decision is Decision.Accepted accepted) Alert = accepted.Events.Aggregate(Alert, AlertRules.Evolve);
        return decision;
    }

    public static Episode Of(Rule rule, params AlertCommand[] commands)
    {
        var episode = new Episode(rule);
        episode.Do(episode.Raise());
        foreach (var command in commands) episode.Do(command, 100_000);
        return episode;
    }
}
