using System.CommandLine;
using System.CommandLine.Parsing;
using SeniorIoT.Simulators.Wire;

namespace SeniorIoT.Simulators;

/// <summary>Bad usage found after parsing: exit code 2, and the message names the option and the remedy.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>The options that every command speaking to a server has.</summary>
internal sealed class CommonOptions
{
    private readonly Option<Uri> _api = AddressOption("--api", "Address of the HTTP API.", "http://127.0.0.1:8080");

    private readonly Option<MqttAddress> _mqtt = new("--mqtt")
    {
        Description = "Where MQTT is spoken, host:port.",
        DefaultValueFactory = _ => new MqttAddress("127.0.0.1", 1883),
        CustomParser = result => MqttAddress.TryParse(result.Tokens[0].Value) ?? Refuse<MqttAddress>(result, "is not host:port; write e.g. 127.0.0.1:1883."),
    };

    private readonly Option<string> _user = new("--user") { Description = "Who logs in to the API.", DefaultValueFactory = _ => "admin" };

    private readonly Option<string?> _password = new("--password") { Description = "Their password. Default: SENIORIOT_ADMIN_PASSWORD." };

    public CommonOptions(Command command)
    {
        command.Add(_api);
        command.Add(_mqtt);
        command.Add(_user);
        command.Add(_password);
    }

    /// <summary>An API client, not logged in yet.</summary>
    public ApiClient Api(ParseResult parsed) => new(
        parsed.GetRequiredValue(_api),
        parsed.GetRequiredValue(_user),
        parsed.GetValue(_password) ?? Environment.GetEnvironmentVariable("SENIORIOT_ADMIN_PASSWORD")
            ?? throw new UsageException("Give --password, or set SENIORIOT_ADMIN_PASSWORD."),
        TimeProvider.System);

    /// <summary>Where MQTT is spoken.</summary>
    public MqttAddress Mqtt(ParseResult parsed) => parsed.GetRequiredValue(_mqtt);

    /// <summary>An option that takes an http address; the value ends in a slash, so that paths can be joined to it.</summary>
    public static Option<Uri> AddressOption(string name, string description, string byDefault) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => new Uri(byDefault),
        CustomParser = result => Uri.TryCreate(result.Tokens[0].Value.TrimEnd('/') + "/", UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : Refuse<Uri>(result, $"is not an http address; write e.g. {byDefault}."),
    };

    /// <summary>An option that takes a number within bounds.</summary>
    public static Option<T> Within<T>(string name, string description, T byDefault, T least, T most)
        where T : IComparable<T>
    {
        Option<T> option = new(name) { Description = $"{description} {least} to {most}.", DefaultValueFactory = _ => byDefault };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<T>() is not { } value || value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
            {
                result.AddError($"{name} must be {least} to {most}.");
            }
        });
        return option;
    }

    private static T? Refuse<T>(ArgumentResult result, string problem)
    {
        result.AddError($"\"{result.Tokens[0].Value}\" {problem}");
        return default;
    }
}
