using System.Text.Json;
using System.Text.Json.Serialization;
using SeniorIoT.Domain.Detection;

namespace SeniorIoT.Server.Backtest;

/// <summary>The rules named on the command line: presets, or files with settings of one's own.</summary>
internal static class BacktestRules
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNameCaseInsensitive = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>The settings of a preset or a file; null with every error named.</summary>
    public static RuleSettings? Find(string name, out IReadOnlyList<string> errors)
    {
        errors = [];
        if (RuleSettings.ByName(name) is { } preset) return preset;
        if (!File.Exists(name))
        {
            errors = [$"--rule: '{name}' is neither a preset ({string.Join(", ", RuleSettings.Presets.Keys)}) nor a file."];
            return null;
        }

        try
        {
            var settings = JsonSerializer.Deserialize<RuleSettings>(File.ReadAllText(name), Json);
            errors = settings is null ? [$"{name} holds null; give the settings of a rule."] : [.. settings.Validate().Select(error => $"{name}: {error}")];
            return errors.Count == 0 ? settings : null;
        }
        catch (JsonException error)
        {
            errors = [$"{name}: {error.Message} Times are written \"12:00:00\"."];
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            errors = [$"{name} cannot be read: {error.Message}"];
            return null;
        }
    }
}
