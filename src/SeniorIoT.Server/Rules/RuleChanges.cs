using System.Text.Json;
using System.Text.Json.Nodes;
using SeniorIoT.Api;
using SeniorIoT.Domain.Detection;

namespace SeniorIoT.Server.Rules;

/// <summary>What differs between two versions of rules, by the names of the JSON.</summary>
internal static class RuleChanges
{
    private const string Shadow = "shadow";

    /// <summary>What changed from one version to the next. A shadow that is new is compared with the set it runs beside.</summary>
    /// <param name="before">What was in force before; for a first version the preset it was made from. Null when the version before took the set away.</param>
    /// <param name="after">What is in force after; null when this version takes the set away.</param>
    public static IReadOnlyList<RuleChange> Between(PlacedRules? before, PlacedRules? after)
    {
        if (before is null || after is null) return [];
        List<RuleChange> changes = [.. Differences("", before.Settings, after.Settings)];
        switch (before.Shadow, after.Shadow)
        {
            case (null, { } added):
                changes.Add(new(Shadow, null, "on"));
                changes.AddRange(Differences(Shadow + ".", after.Settings, added.Settings));
                break;
            case ({ }, null):
                changes.Add(new(Shadow, "on", null));
                break;
            case ({ } was, { } becomes):
                changes.AddRange(Differences(Shadow + ".", was.Settings, becomes.Settings));
                break;
        }

        return changes;
    }

    /// <summary>Changes on one line, for the audit.</summary>
    public static string InWords(IReadOnlyList<RuleChange> changes) => changes.Count == 0
        ? "nothing changed"
        : string.Join(", ", changes.Select(change => $"{change.Field} {change.From ?? "none"} -> {change.To ?? "none"}"));

    private static IEnumerable<RuleChange> Differences(string prefix, RuleSettings before, RuleSettings after)
    {
        var (old, now) = (Leaves(before), Leaves(after));
        return now.Keys.Union(old.Keys)
            .Select(field => new RuleChange(prefix + field, old.GetValueOrDefault(field), now.GetValueOrDefault(field)))
            .Where(change => change.From != change.To);
    }

    private static Dictionary<string, string?> Leaves(RuleSettings settings)
    {
        var leaves = new Dictionary<string, string?>();
        Add("", JsonSerializer.SerializeToNode(RuleView.Numbers(settings), JsonSerializerOptions.Web));
        return leaves;

        void Add(string path, JsonNode? node)
        {
            switch (node)
            {
                case JsonObject parent:
                    foreach (var (name, child) in parent) Add(path.Length == 0 ? name : $"{path}.{name}", child);
                    break;
                case JsonArray list:
                    leaves[path] = list.Count == 0 ? null : string.Join(' ', list.Select(item => item?.ToString()));
                    break;
                default:
                    leaves[path] = node?.ToString();
                    break;
            }
        }
    }
}
