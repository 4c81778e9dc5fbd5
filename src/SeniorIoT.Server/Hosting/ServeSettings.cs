using System.CommandLine;

namespace SeniorIoT.Server.Hosting;

/// <summary>
/// Settings of <c>serve</c> that another command has as options too. It reads them as <c>serve</c> does (option, variable,
/// <c>appsettings.json</c>), and so finds the data and the store of the server beside which it runs.
/// </summary>
internal sealed class ServeSettings
{
    private readonly IReadOnlyDictionary<string, Option<string?>> _options;

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">Gets them.</param>
    /// <param name="names">Names of <see cref="ServerOptions.Named"/>; those of InfluxDB are added.</param>
    public ServeSettings(Command command, params string[] names)
    {
        _options = ServerOptions.Named.Where(named => names.Contains(named.Option)).Concat(ServerOptions.NamedInflux)
            .ToDictionary(named => named.Key, named => new Option<string?>("--" + named.Option) { Description = named.Help });
        foreach (var option in _options.Values) command.Options.Add(option);
    }

    /// <summary>Reads the settings; false when something is wrong with them, which is printed then.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="options">What was read.</param>
    /// <param name="store">The store to read the settings of; null for the one that the settings name.</param>
    public bool TryRead(ParseResult parsed, out ServerOptions options, string? store = null)
    {
        var settings = new ConfigurationManager();
        settings.AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true);
        var asked = _options.Select(pair => KeyValuePair.Create(pair.Key, parsed.GetValue(pair.Value)));
        if (store is not null) asked = asked.Append(new(nameof(ServerOptions.TelemetryStore), store));
        return ServeCommand.TryReadOptions(settings, asked, out options);
    }
}
