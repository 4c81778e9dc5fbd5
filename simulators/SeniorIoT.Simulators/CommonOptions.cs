using System.CommandLine;
using SeniorIoT.Simulators.Wire;

namespace SeniorIoT.Simulators;

/// <summary>Bad usage found after parsing: exit code 2, and the message names the option and the remedy.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>The options that every command speaking to a server has.</summary>
internal sealed class CommonOptions
{
    private readonly Option<Uri> _api = new("--api") { Description = "Address of the HTTP API.", DefaultValueFactory = _ => new Uri("http://127.0.0.1:8080") };

    private readonly Option<string> _mqtt = new("--mqtt") { Description = "Where MQTT is spoken, host:port.", DefaultValueFactory = _ => "127.0.0.1:1883" };

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
        Absolute(parsed.GetRequiredValue(_api), "--api"),
        parsed.GetRequiredValue(_user),
        parsed.GetValue(_password) ?? Environment.GetEnvironmentVariable("SENIORIOT_ADMIN_PASSWORD")
            ?? throw new UsageException("Give --password, or set SENIORIOT_ADMIN_PASSWORD."),
        TimeProvider.System);

    /// <summary>Where MQTT is spoken.</summary>
    public MqttAddress Mqtt(ParseResult parsed) =>
        MqttAddress.TryParse(parsed.GetRequiredValue(_mqtt)) ?? throw new UsageException($"--mqtt {parsed.GetRequiredValue(_mqtt)} is not host:port; write e.g. 127.0.0.1:1883.");

    /// <summary>An http address that ends in a slash, so that paths can be joined to it.</summary>
    public static Uri Absolute(Uri address, string option) => address is { IsAbsoluteUri: true, Scheme: "http" or "https" }
        ? new Uri(address.AbsoluteUri.TrimEnd('/') + "/")
        : throw new UsageException($"{option} {address} is not an address; write e.g. http://127.0.0.1:8080.");
}
