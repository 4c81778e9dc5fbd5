namespace SeniorIoT.EndToEnd.Parts;

/// <summary>Debian's MQTT clients: another implementation than the server's, so that both cannot be wrong together.</summary>
internal static class Mosquitto
{
    /// <summary>Publishes with QoS 1 and waits for the answer. <c>Output</c> holds the packets as <c>-d</c> tells them, with reason codes.</summary>
    /// <param name="port">Where the server listens.</param>
    /// <param name="id">Client id and user name.</param>
    /// <param name="password">Password.</param>
    /// <param name="topic">Topic.</param>
    /// <param name="payload">Message.</param>
    /// <param name="version"><c>311</c> or <c>5</c>.</param>
    public static Task<(int Code, string Output)> PublishAsync(int port, string id, string password, string topic, string payload, string version = "5") =>
        Command.RunAsync("mosquitto_pub", [.. Common(port, id, password, version), "-t", topic, "-q", "1", "-m", payload]);

    /// <inheritdoc cref="PublishAsync(int, string, string, string, string, string)"/>
    public static Task<(int Code, string Output)> PublishAsync(int port, Enrolled device, string channel, string payload, string version = "5") =>
        PublishAsync(port, device.Id, device.Password, device.Topic(channel), payload, version);

    /// <summary>Publishes a file's content.</summary>
    public static Task<(int Code, string Output)> PublishFileAsync(int port, Enrolled device, string channel, string path, string version = "5") =>
        Command.RunAsync("mosquitto_pub", [.. Common(port, device.Id, device.Password, version), "-t", device.Topic(channel), "-q", "1", "-f", path]);

    /// <summary>Subscribes, and leaves after the answer.</summary>
    public static Task<(int Code, string Output)> SubscribeAsync(int port, Enrolled device, string topic, string version = "5") =>
        Command.RunAsync("mosquitto_sub", [.. Common(port, device.Id, device.Password, version), "-t", topic, "-q", "1", "-E"]);

    /// <summary>Publishes as a version 5 request that names a response topic; nobody answers, so it leaves after a second.</summary>
    public static Task<(int Code, string Output)> RequestAsync(int port, Enrolled device, string channel, string payload) =>
        Command.RunAsync("mosquitto_rr", [.. Common(port, device.Id, device.Password, "5"), "-t", device.Topic(channel), "-e", device.Topic("command"), "-q", "1", "-m", payload, "-W", "1"]);

    private static string[] Common(int port, string id, string password, string version) =>
        ["-h", "127.0.0.1", "-p", $"{port}", "-V", version == "5" ? "mqttv5" : "mqttv311", "-i", id, "-u", id, "-P", password, "-d"];
}
