using System.Collections.Frozen;
using SeniorIoT.Domain.Households;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Channels;

/// <summary>A way to a group of people that an area set up.</summary>
/// <param name="Area">Committee, sub-district or <see cref="HouseholdDirectory.District"/>.</param>
/// <param name="Name">What people call it; unique in the area.</param>
/// <param name="Kind"><see cref="NoticeChannel.Webhook"/> or <see cref="NoticeChannel.Wecom"/>.</param>
/// <param name="Url">Where; for a robot it holds the key, so it is never shown.</param>
/// <param name="Secret">What a webhook is signed with.</param>
internal sealed record AreaChannel(Area Area, string Name, NoticeChannel Kind, string Url, string? Secret)
{
    /// <summary>Stands in a notice where a number would.</summary>
    public string Key => $"{Area.Key}/{Name}";
}

/// <summary>How an area is told of things.</summary>
/// <param name="Area">Which.</param>
/// <param name="Language">One of <see cref="Languages"/>; null: as the area above.</param>
/// <param name="Channels">Its channels.</param>
/// <param name="DigestTo">E-mail addresses that get its daily digest.</param>
internal sealed record AreaTelling(Area Area, string? Language, IReadOnlyList<AreaChannel> Channels, IReadOnlyList<string> DigestTo)
{
    /// <summary>Nothing was set.</summary>
    public static AreaTelling Empty(Area area) => new(area, null, [], []);
}

/// <summary>
/// Channels, language and digest addresses of areas, in <c>registry.db</c> and, read at every alert, in memory. Only this process writes them.
/// </summary>
internal sealed class AreaChannels(SqliteFile file)
{
    /// <summary>For the migrations of <c>registry.db</c>.</summary>
    public const string Schema = """
        CREATE TABLE area_tellings(area TEXT PRIMARY KEY, language TEXT, digest_to TEXT NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE area_channels(
            area TEXT NOT NULL REFERENCES area_tellings ON DELETE CASCADE, position INTEGER NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, url TEXT NOT NULL, secret TEXT,
            PRIMARY KEY(area, name)) STRICT, WITHOUT ROWID;
        """;

    private readonly Lock _lock = new();
    private FrozenDictionary<Area, AreaTelling> _known = Load(file);

    /// <summary>Every area that set something.</summary>
    public IEnumerable<AreaTelling> All => _known.Values;

    /// <summary>What an area set.</summary>
    public AreaTelling Of(Area area) => _known.GetValueOrDefault(area) ?? AreaTelling.Empty(area);

    /// <summary>The channel of a key; null when it was taken away.</summary>
    public AreaChannel? Find(string key) => _known.Values.SelectMany(telling => telling.Channels).FirstOrDefault(channel => channel.Key == key);

    /// <summary>Replaces what an area set, with whatever else belongs to that change. On disk, and in force, when the task completes.</summary>
    public async Task SetAsync(AreaTelling telling, Action<Microsoft.Data.Sqlite.SqliteConnection> also)
    {
        await file.WriteAsync(connection =>
        {
            connection.Run("DELETE FROM area_channels WHERE area = @area", ("@area", telling.Area.Key));
            connection.Run(
                "INSERT INTO area_tellings VALUES(@area, @language, @to) ON CONFLICT DO UPDATE SET language = excluded.language, digest_to = excluded.digest_to",
                ("@area", telling.Area.Key), ("@language", telling.Language), ("@to", string.Join('\n', telling.DigestTo)));
            foreach (var (position, channel) in telling.Channels.Index())
                connection.Run(
                    "INSERT INTO area_channels VALUES(@area, @position, @name, @kind, @url, @secret)",
                    ("@area", channel.Area.Key), ("@position", position), ("@name", channel.Name), ("@kind", channel.Kind.ToString()), ("@url", channel.Url), ("@secret", channel.Secret));
            also(connection);
        });
        // Read within the lock: whoever comes last has seen every change.
        lock (_lock) _known = Load(file);
    }

    /// <summary>The language of an area, or of the nearest around it that set one; Chinese where none did.</summary>
    public string LanguageOf(Area area) => area.Around.Select(one => Of(one).Language).FirstOrDefault(language => language is not null) ?? Languages.Chinese;

    /// <summary>The surroundings of alerts with these channels among the responders of a place, and everybody told in the language of the nearest area that set one.</summary>
    public AlertSurroundings Around(AlertSurroundings surroundings) => surroundings with
    {
        RespondersOf = (place, at) =>
        {
            var areas = place.Area.Around.Select(Of).ToList();
            var language = LanguageOf(place.Area);
            return
            [
                .. surroundings.RespondersOf(place, at).Select(person => person with { Language = language }),
                .. areas.SelectMany(area => area.Channels).Select(channel => new Responder(channel.Name, channel.Key, "channel") { Channel = channel.Kind, Language = language }),
            ];
        },
    };

    private static FrozenDictionary<Area, AreaTelling> Load(SqliteFile file) => file.Read(connection =>
    {
        var channels = connection.Rows(
            "SELECT area, name, kind, url, secret FROM area_channels ORDER BY area, position",
            row => new AreaChannel(Area.Parse(row.GetString(0))!.Value, row.GetString(1), Enum.Parse<NoticeChannel>(row.GetString(2)), row.GetString(3), row.TextOrNull(4))).ToLookup(channel => channel.Area);
        return connection.Rows(
            "SELECT area, language, digest_to FROM area_tellings",
            row => new AreaTelling(Area.Parse(row.GetString(0))!.Value, row.TextOrNull(1), [.. channels[Area.Parse(row.GetString(0))!.Value]], row.GetString(2).Split('\n', StringSplitOptions.RemoveEmptyEntries)))
            .ToFrozenDictionary(telling => telling.Area);
    });
}
