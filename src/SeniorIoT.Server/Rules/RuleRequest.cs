using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using SeniorIoT.Api;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Server.Access;

namespace SeniorIoT.Server.Rules;

/// <summary>
/// <see cref="NewRuleSet"/> as it arrives: a number that is left out is as in the preset, which is something else than a null. Everything that is wrong with it is
/// named at once.
/// </summary>
internal sealed record RuleRequest(string? Preset, JsonElement? Numbers, JsonElement? Shadow, int? Version, string? Note)
{
    private const int NoteLengthMax = 200;

    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        NumberHandling = JsonNumberHandling.Strict,
    };

    /// <summary>For minimal APIs: reads the body. That it is read here leaves the API's description to <see cref="NewRuleSet"/>.</summary>
    public static async ValueTask<RuleRequest?> BindAsync(HttpContext context)
    {
        if (!context.Request.HasJsonContentType())
            throw new BadHttpRequestException("This route takes JSON: set Content-Type to application/json.", StatusCodes.Status415UnsupportedMediaType);
        try
        {
            return await context.Request.ReadFromJsonAsync<RuleRequest>(JsonSerializerOptions.Web, context.RequestAborted)
                ?? throw new BadHttpRequestException("The body is null; this route takes an object with note and what differs from the preset.");
        }
        catch (JsonException error)
        {
            throw new BadHttpRequestException("The body is no JSON.", error);
        }
    }

    /// <summary>Members that the route does not know.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; init; }

    /// <summary>The sets that are asked for, still without names; only good when <paramref name="faults"/> stays empty.</summary>
    /// <param name="presetOtherwise">Name of the preset to begin with when none is named.</param>
    /// <param name="faults">Where errors go.</param>
    public (string BasedOn, RuleNumbers Numbers, RuleNumbers? Shadow) Read(string presetOtherwise, Faults faults)
    {
        foreach (var name in Unknown?.Keys ?? Enumerable.Empty<string>())
            faults.Add(name, "Is not a member; there are preset, numbers, shadow, version and note.");
        faults.CheckText("note", Note, NoteLengthMax);
        var basedOn = Preset ?? presetOtherwise;
        if (RuleSettings.ByName(basedOn) is not { } preset)
        {
            faults.Add("preset", $"There is no preset '{basedOn}'; use {string.Join(", ", RuleSettings.Presets.Keys)}.");
            preset = RuleSettings.ByName(presetOtherwise)!;
        }

        basedOn = basedOn.ToLowerInvariant();
        var numbers = Merge("numbers", RuleView.Numbers(preset), Numbers, faults);
        var isRight = RuleView.Check("numbers", RuleView.Settings(numbers, preset.Version), faults);
        if (Shadow is null or { ValueKind: JsonValueKind.Null }) return (basedOn, numbers, null);
        var shadow = Merge("shadow", isRight ? numbers : RuleView.Numbers(preset), Shadow, faults); // an error of the first is not said twice
        RuleView.Check("shadow", RuleView.Settings(shadow, preset.Version), faults);
        foreach (var rule in (Rule[])[Rule.Silent, Rule.HomeSilent])
            if (shadow.Off.Contains(rule.Id) != numbers.Off.Contains(rule.Id))
                faults.Add("shadow.off", $"A shadow cannot try out '{rule.Id}': it hangs on no number, so both would find the same. Leave it as in numbers.off.");
        return (basedOn, numbers, shadow);
    }

    /// <summary>Numbers with the given ones in their place. Each is tried on its own, so that one error hides no other.</summary>
    private static RuleNumbers Merge(string field, RuleNumbers numbers, JsonElement? given, Faults faults)
    {
        if (given is not { ValueKind: not JsonValueKind.Null } members) return numbers;
        if (members.ValueKind != JsonValueKind.Object)
        {
            faults.Add(field, "Must be an object with numbers such as {\"noWaterHours\":12}; leave it out for none.");
            return numbers;
        }

        var whole = JsonSerializer.SerializeToNode(numbers, Strict)!.AsObject();
        Put(field, whole, members);
        return whole.Deserialize<RuleNumbers>(Strict)!;

        void Put(string path, JsonObject target, JsonElement source)
        {
            foreach (var member in source.EnumerateObject())
            {
                var at = $"{path}.{member.Name}";
                if (!target.ContainsKey(member.Name))
                {
                    faults.Add(at, $"Is no number of the rules; there are {string.Join(", ", target.Select(known => known.Key))}.");
                    continue;
                }

                if (member.Value.ValueKind == JsonValueKind.Object && Inner(target, member.Name) is { } inner)
                {
                    Put(at, inner, member.Value);
                    continue;
                }

                var before = target[member.Name]?.DeepClone();
                target[member.Name] = JsonNode.Parse(member.Value.GetRawText());
                try
                {
                    whole.Deserialize<RuleNumbers>(Strict);
                }
                catch (JsonException)
                {
                    target[member.Name] = before;
                    faults.Add(at, $"Is {member.Value.GetRawText()}, which this member cannot be; send a value such as {before?.ToJsonString() ?? "null"}.");
                }
            }
        }

        // Habit that was off begins with its usual numbers.
        static JsonObject? Inner(JsonObject target, string name)
        {
            if (target[name] is null && name == "adaptive") target[name] = JsonSerializer.SerializeToNode(RuleView.Numbers(AdaptiveRule.Default), Strict);
            return target[name] as JsonObject;
        }
    }
}
