using SeniorIoT.Api;
using SeniorIoT.Console.Words;

namespace SeniorIoT.Console.Rules;

/// <summary>Says what changed in a set of rules.</summary>
public static class ChangeSentence
{
    private const string Shadow = "shadow";

    /// <summary>One change: <c>no water for 12 h → 15 h</c>. One of rules that were switched says each of them.</summary>
    public static string Of(RuleChange change, Wording words)
    {
        if (change.Field == Shadow)
            return words[change.To is null ? "rules.shadowEnds" : "rules.shadowBegins"];
        if (change.Field.StartsWith(Shadow + ".", StringComparison.Ordinal))
            return words.Say("rules.inShadow", Of(change with { Field = change.Field[(Shadow.Length + 1)..] }, words));
        if (change.Field == "off")
            return Switched(change, words);
        var unit = RuleFields.Of(change.Field).Unit;
        return $"{Label(change.Field, words)} {Amount(change.From, unit, words)} → {Amount(change.To, unit, words)}";
    }

    /// <summary>All changes in one line; the words for "nothing" when there are none.</summary>
    public static string Of(IReadOnlyList<RuleChange> changes, Wording words) =>
        changes.Count == 0 ? words["rules.noChange"] : string.Join(words["evidence.and"], changes.Select(change => Of(change, words)));

    /// <summary>Group and name of a number, so that it can stand alone.</summary>
    public static string Label(string path, Wording words)
    {
        var field = RuleFields.Of(path);
        return field.Group == RuleFields.OtherGroup ? words.Name("ruleNumber", path) : words.Say("rules.label", words.Name("ruleGroup", field.Group), words.Name("ruleNumber", path));
    }

    /// <summary>A number with its unit.</summary>
    public static string Amount(string? text, string unit, Wording words) =>
        string.IsNullOrEmpty(text) ? words["rules.none"] : unit.Length == 0 ? text : text + " " + words.Name("ruleUnit", unit);

    private static string Switched(RuleChange change, Wording words)
    {
        var (before, after) = (Ids(change.From), Ids(change.To));
        return string.Join(words["comma"], before.Union(after).Where(id => before.Contains(id) != after.Contains(id)).Order(StringComparer.Ordinal)
            .Select(id => words.Say(after.Contains(id) ? "rules.wentOff" : "rules.wentOn", words.Name("rule", id))));
    }

    private static HashSet<string> Ids(string? off) => [.. (off ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)];
}
