using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using SeniorIoT.Api;
using SeniorIoT.Console.Server;

namespace SeniorIoT.Console.Rules;

/// <summary>
/// The numbers of a set of rules while a person types them: each as text under its path in the JSON, e.g. <c>adaptive.patience</c>. Whatever numbers
/// the server has are here, also those of a newer server, so that saving loses none.
/// </summary>
public sealed class RuleSheet
{
    private const string OffField = "off";
    private const string HabitField = "adaptive";

    // Where nobody says otherwise: the middle of what the server takes.
    private static readonly AdaptiveNumbers UsualHabit = new(10, 15.5, 1);

    private readonly SortedDictionary<string, string> _texts = new(StringComparer.Ordinal);

    /// <summary>Ids of the rules that are switched off.</summary>
    public SortedSet<string> Off { get; } = new(StringComparer.Ordinal);

    /// <summary>Paths of all numbers.</summary>
    public IEnumerable<string> Paths => _texts.Keys;

    /// <summary>Whether the habit of each home decides.</summary>
    public bool ByHabit
    {
        get => _texts.Keys.Any(path => path.StartsWith(HabitField + ".", StringComparison.Ordinal));
        set
        {
            if (value == ByHabit)
                return;
            if (value)
                Add(HabitField, JsonSerializer.SerializeToNode(UsualHabit, ConsoleJson.Default.AdaptiveNumbers));
            else
                foreach (var path in _texts.Keys.Where(path => path.StartsWith(HabitField + ".", StringComparison.Ordinal)).ToList())
                    _texts.Remove(path);
        }
    }

    /// <summary>A number as typed.</summary>
    public string this[string path]
    {
        get => _texts.GetValueOrDefault(path, "");
        set => _texts[path] = value.Trim();
    }

    /// <summary>A sheet that holds these numbers.</summary>
    public static RuleSheet Of(RuleNumbers numbers)
    {
        var sheet = new RuleSheet();
        sheet.Off.UnionWith(numbers.Off);
        foreach (var (name, node) in JsonSerializer.SerializeToNode(numbers, ConsoleJson.Default.RuleNumbers)!.AsObject())
            if (name != OffField)
                sheet.Add(name, node);
        return sheet;
    }

    /// <summary>The same numbers on a sheet of their own.</summary>
    public RuleSheet Copy()
    {
        var copy = new RuleSheet();
        copy.Off.UnionWith(Off);
        foreach (var (path, text) in _texts)
            copy._texts[path] = text;
        return copy;
    }

    /// <summary>As the server takes it, every number named. What is no number goes as the text it is, and the server says what it should be.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject { [HabitField] = null, [OffField] = new JsonArray([.. Off.Select(id => (JsonNode)JsonValue.Create(id))]) };
        foreach (var (path, text) in _texts)
        {
            var target = json;
            var names = path.Split('.');
            foreach (var name in names[..^1])
                target = (target[name] ??= new JsonObject()).AsObject();
            target[names[^1]] = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
                ? number == Math.Floor(number) && Math.Abs(number) < 1e15 ? JsonValue.Create((long)number) : JsonValue.Create(number)
                : text.Length == 0 ? null : JsonValue.Create(text);
        }

        return json;
    }

    /// <summary>What is different here from <paramref name="before"/>, in the order of the form; numbers that are written differently are the same.</summary>
    public IReadOnlyList<RuleChange> ChangesFrom(RuleSheet before)
    {
        List<RuleChange> changes =
        [
            .. _texts.Keys.Union(before._texts.Keys).Where(path => !Same(before._texts.GetValueOrDefault(path), _texts.GetValueOrDefault(path)))
                .OrderBy(RuleFields.PlaceOf).ThenBy(path => path, StringComparer.Ordinal)
                .Select(path => new RuleChange(path, before._texts.GetValueOrDefault(path), _texts.GetValueOrDefault(path))),
        ];
        if (!Off.SetEquals(before.Off))
            changes.Add(new(OffField, string.Join(' ', before.Off), string.Join(' ', Off)));
        return changes;
    }

    private static bool Same(string? one, string? other) => one == other
        || (double.TryParse(one, NumberStyles.Float, CultureInfo.InvariantCulture, out var a) && double.TryParse(other, NumberStyles.Float, CultureInfo.InvariantCulture, out var b) && a == b);

    private void Add(string path, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject parent:
                foreach (var (name, child) in parent)
                    Add($"{path}.{name}", child);
                break;
            case JsonValue value:
                _texts[path] = value.ToString();
                break;
        }
    }
}
