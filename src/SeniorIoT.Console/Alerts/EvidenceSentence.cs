using System.Globalization;
using SeniorIoT.Api;
using SeniorIoT.Console.Words;

namespace SeniorIoT.Console.Alerts;

/// <summary>
/// Says in one sentence what an alert rests on. It claims the time that readings cover and no more, and it never lets
/// "no water was used" and "nothing was heard" sound alike.
/// </summary>
public static class EvidenceSentence
{
    /// <summary>The sentence for <paramref name="alert"/>, with times as seen at <paramref name="now"/>. Parts that are not known are left out.</summary>
    public static string Of(Alert alert, Wording words, DateTimeOffset now)
    {
        var parts = Cause(alert, words, now).Concat(Circumstances(alert, words, now));
        return string.Join(words["evidence.and"], parts) + words["evidence.stop"];
    }

    private static IEnumerable<string> Cause(Alert alert, Wording words, DateTimeOffset now)
    {
        var evidence = alert.Evidence;
        if (alert.IsSystem)
        {
            if (Note(alert, words) is { } note)
                yield return note;
            yield return words.Say("evidence.system", At(alert.OccurredAt));
            yield break;
        }

        switch (alert.Rule)
        {
            case "no-water":
                yield return evidence.LastUseAt is { } used ? words.Say("evidence.lastUse", At(used)) : words["evidence.noUseSeen"];
                if (Proven() is { } proven)
                    yield return proven;
                if (evidence.LastHeardAt is { } heard)
                    yield return words.Say("evidence.meterHeard", At(heard));
                break;
            case "likely-away":
                yield return words["evidence.likely-away"];
                if (evidence.LastUseAt is { } left)
                    yield return words.Say("evidence.lastUse", At(left));
                if (Proven() is { } empty)
                    yield return empty;
                break;
            case "night-use" or "less-water" or "drip" or "more-water":
                yield return words["evidence." + alert.Rule];
                break;
            case "burst" or "leak" or "excess-water" or "use-while-away":
                yield return words["evidence." + alert.Rule];
                if (Proven() is { } measured)
                    yield return measured;
                break;
            case "silent":
                yield return evidence.LastHeardAt is { } last ? words.Say("evidence.silent", At(last)) : words["evidence.neverHeard"];
                yield return words["evidence.silentIsNotDry"];
                break;
            case "home-silent" when evidence.FromAt is { } since:
                yield return words.Say("evidence.homeSilent", At(since));
                yield return words["evidence.silentIsNotDry"];
                break;
            case "smoke-nuisance":
                yield return words["evidence.nuisance"];
                break;
            case "untested" when evidence.FromAt is { } tested:
                yield return words.Say("evidence.untested", At(tested));
                break;
            case "end-of-life" when evidence.FromAt is { } enrolled:
                yield return words.Say("evidence.worn", At(enrolled));
                break;
            case "sos" or "fall" or "smoke":
                yield return words.Say("evidence." + alert.Rule, At(alert.OccurredAt));
                break;
            default:
                yield return words.Say("evidence.device", words.Name("rule", alert.Rule), At(alert.OccurredAt));
                break;
        }

        string At(DateTimeOffset at) => Times.Moment(at, now);

        string? Proven() => evidence is { FromAt: { } from, UntilAt: { } until, CoveredHours: { } hours, UsedLitres: { } litres }
            ? words.Say(alert.Rule == "no-water" ? "evidence.proven" : "evidence.measured", At(from), At(until), Number(hours, "0.0"), Number(litres)) + Limit()
            : null;

        string Limit() => evidence.LimitLitres is { } limit
            ? words.Say(alert.Rule == "no-water" ? "evidence.below" : "evidence.limit", Number(limit))
            : "";
    }

    private static IEnumerable<string> Circumstances(Alert alert, Wording words, DateTimeOffset now)
    {
        if (alert.Evidence.ResolutionLitres is > 1 and var step)
            yield return words.Say("evidence.resolution", Number(step));
        if (alert.Repeats > 0)
            yield return words.Say(alert.IsSystem ? "evidence.systemRepeats" : "evidence.repeats", alert.Repeats);
        if (alert.ClearedAt is { } cleared)
            yield return words.Say("evidence.cleared", Times.Moment(cleared, now));
        if (!alert.IsSystem && Note(alert, words) is { } note)
            yield return words.Say("evidence.note", note);
    }

    private static string? Note(Alert alert, Wording words) =>
        string.IsNullOrWhiteSpace(alert.Evidence.Note) ? null : words.FromServer(alert.Evidence.Note).TrimEnd('.', '。');

    private static string Number(double value, string format = "0.##") => value.ToString(format, CultureInfo.InvariantCulture);
}
