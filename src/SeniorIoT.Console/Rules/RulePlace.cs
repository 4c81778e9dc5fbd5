using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using SeniorIoT.Api;
using SeniorIoT.Console.Server;
using SeniorIoT.Console.Words;

namespace SeniorIoT.Console.Rules;

/// <summary>A place that may have rules, and where it is in API and console.</summary>
/// <param name="Scope">One of <see cref="RuleScopes"/>.</param>
/// <param name="Area">Its name, or the id of the household.</param>
public sealed record RulePlace(string Scope, string Area)
{
    /// <summary>The whole district.</summary>
    public static RulePlace District { get; } = new(RuleScopes.District, RuleScopes.District);

    /// <summary>Its path, the same under the API and in the console.</summary>
    public string Path => $"rules/{Scope}/{Uri.EscapeDataString(Area)}";

    /// <summary>The place in words.</summary>
    public string Say(Wording words) => Scope == RuleScopes.District ? words.Name("ruleScope", Scope) : words.Say("rules.place", words.Name("ruleScope", Scope), Area);

    /// <summary>Saves rules of the place. The body is written by hand, for a number that is typed wrongly must reach the server, which says what is wrong with it.</summary>
    /// <param name="api">The server.</param>
    /// <param name="basedOn">Preset they were made from.</param>
    /// <param name="numbers">The numbers in force.</param>
    /// <param name="shadow">Those tried out beside them; null for none.</param>
    /// <param name="version">The version that was read; null when there was none.</param>
    /// <param name="note">Why.</param>
    public Task<Answer<RuleSet>> PutAsync(ServerApi api, string basedOn, JsonObject numbers, JsonObject? shadow, int? version, string note)
    {
        var body = new JsonObject { ["preset"] = basedOn, ["numbers"] = numbers, ["shadow"] = shadow, ["version"] = version, ["note"] = note };
        return api.SendAsync(HttpMethod.Put, Path, JsonContent.Create(body, ConsoleJson.Default.JsonObject), ConsoleJson.Default.RuleSet);
    }

    /// <summary>Place and version behind a name that alerts carry, e.g. <c>committee:江苏路一居-3</c>; null for the name of a preset.</summary>
    public static (RulePlace Place, int Version)? Parse(string? name)
    {
        if (name is null || name.IndexOf(':', StringComparison.Ordinal) is not (> 0 and var colon) || name.LastIndexOf('-') is var hyphen && hyphen <= colon + 1)
            return null;
        return RuleScopes.All.Contains(name[..colon]) && int.TryParse(name[(hyphen + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? (new(name[..colon], name[(colon + 1)..hyphen]), version)
            : null;
    }
}
