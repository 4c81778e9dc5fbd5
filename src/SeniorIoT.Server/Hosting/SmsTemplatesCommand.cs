using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using SeniorIoT.Domain.Notices;

namespace SeniorIoT.Server.Hosting;

/// <summary>
/// The command <c>sms-templates</c>: what an administrator registers with a provider that wants every text registered (Aliyun), before texts can be
/// sent by it.
/// </summary>
internal static class SmsTemplatesCommand
{
    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("sms-templates", "Lists the templates of texts with their places, to be registered with Aliyun; the codes go into Aliyun:Templates:{id}.") { json };
        command.SetAction(parsed =>
        {
            Print(System.Console.Out, parsed.GetValue(json));
            return 0;
        });
        return command;
    }

    /// <summary>Prints the list.</summary>
    internal static void Print(TextWriter output, bool asJson)
    {
        var places = NoticeTemplate.Places.ToDictionary(place => place.Name);
        var all = NoticeTemplate.All.Select(template => new RegisteredTemplate(
            template.Id, $"Aliyun:Templates:{template.Id}", template.Purpose, template.Chinese,
            [.. template.Names.Select(name => new RegisteredPlace(name, places[name].Meaning, places[name].LengthMax))])).ToList();
        if (asJson)
        {
            output.WriteLine(JsonSerializer.Serialize(all, TemplatesJson.Default.ListRegisteredTemplate));
            return;
        }

        output.WriteLine("Kind: notification. Before each text the provider puts the registered signature in 【】.");
        foreach (var template in all)
        {
            output.WriteLine();
            output.WriteLine($"{template.Id}: {template.Purpose}");
            output.WriteLine($"  {template.Text}");
            foreach (var place in template.Places) output.WriteLine($"    {place.Name,-6} {place.Meaning}; at most {place.LengthMax} characters");
            output.WriteLine($"  setting: {template.Setting}");
        }
    }
}

/// <summary>A template as it is registered.</summary>
internal sealed record RegisteredTemplate(string Id, string Setting, string Purpose, string Text, IReadOnlyList<RegisteredPlace> Places);

/// <summary>A place in it.</summary>
internal sealed record RegisteredPlace(string Name, string Meaning, int LengthMax);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(List<RegisteredTemplate>))]
internal sealed partial class TemplatesJson : JsonSerializerContext;
