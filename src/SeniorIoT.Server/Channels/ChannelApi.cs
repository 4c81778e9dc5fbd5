using System.Globalization;
using System.Text.RegularExpressions;
using SeniorIoT.Api;
using SeniorIoT.Domain.Households;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Households;

namespace SeniorIoT.Server.Channels;

/// <summary>How an area is told of things: channels, language, digest. Addresses and secrets go in and never come out.</summary>
internal static partial class ChannelApi
{
    private const int ChannelsMax = 10;
    private const int AddressesMax = 20;
    private const int UrlLengthMax = 500;
    private const int SecretLengthMin = 16;

    /// <summary>Body of the PUT.</summary>
    internal sealed record NewTelling(string? Language, IReadOnlyList<Channel>? Channels, IReadOnlyList<string>? DigestTo);

    /// <summary>Maps the routes.</summary>
    public static void MapChannels(this IEndpointRouteBuilder routes)
    {
        var channels = routes.MapGroup("/api/v1/areas/{area}/channels").WithTags("Channels").RequireAuthorization(AccessPolicies.Administrator);
        channels.MapGet("", Get).Produces<Api.AreaTelling>().ProducesProblem(404);
        channels.MapPut("", PutAsync).Produces<Api.AreaTelling>().ProducesValidationProblem();
    }

    private static IResult Get(string area, AreaChannels known, HouseholdDirectory households)
    {
        var faults = new Faults();
        return households.Names.Read("area", area, AreaScope.Whole, faults) is { } place ? TypedResults.Ok(Show(area, known.Of(place))) : faults.ToNotFound();
    }

    private static async Task<IResult> PutAsync(string area, NewTelling request, HttpContext http, AreaChannels known, HouseholdDirectory households, TimeProvider clock)
    {
        var faults = new Faults();
        var place = households.Names.Read("area", area, AreaScope.Whole, faults) ?? default;
        if (request.Language is { } language && !Languages.All.Contains(language)) faults.Add("language", "Must be zh or en; leave it out for that of the area above.");
        var (channels, addresses) = (request.Channels ?? [], request.DigestTo ?? []);
        if (channels.Count > ChannelsMax) faults.Add("channels", $"Has more than {ChannelsMax} entries.");
        if (addresses.Count > AddressesMax) faults.Add("digestTo", $"Has more than {AddressesMax} entries.");
        foreach (var (i, address) in addresses.Index())
            if (address.Length > 254 || !Address().IsMatch(address)) faults.Add($"digestTo[{i}]", "Must be an e-mail address, e.g. duty@example.org.");
        var before = known.Of(place).Channels.ToDictionary(channel => channel.Name);
        List<AreaChannel> after = [.. channels.Index().Select(channel => Read(place, channel.Item, $"channels[{channel.Index}]", before.GetValueOrDefault(channel.Item.Name ?? ""), faults)).OfType<AreaChannel>()];
        foreach (var twice in after.GroupBy(channel => channel.Name).Where(group => group.Count() > 1)) faults.Add("channels", $"Two are named '{twice.Key}'; give each a name of its own.");
        if (faults.Any) return faults.ToResult();

        var telling = new AreaTelling(place, request.Language, after, [.. addresses.Distinct()]);
        await known.SetAsync(telling, connection => AuditLog.Write(
            connection, clock.GetUtcNow(), http.UserName, "channels.change", area, string.Create(CultureInfo.InvariantCulture, $"channels: {after.Count}, addresses: {telling.DigestTo.Count}, language: {request.Language ?? "-"}")));
        return TypedResults.Ok(Show(area, telling));
    }

    private static AreaChannel? Read(Area area, Channel channel, string field, AreaChannel? before, Faults faults)
    {
        faults.CheckText($"{field}.name", channel.Name, 40);
        if (channel.Name?.Contains('/') == true) faults.Add($"{field}.name", "Must not hold a slash.");
        NoticeChannel? kind = channel.Kind switch { "webhook" => NoticeChannel.Webhook, "wecom" => NoticeChannel.Wecom, _ => null };
        if (kind is null) faults.Add($"{field}.kind", "Must be webhook or wecom.");
        var url = string.IsNullOrEmpty(channel.Url) ? before?.Url : channel.Url;
        if (url is null || url.Length > UrlLengthMax || !Uri.TryCreate(url, UriKind.Absolute, out var parsed) || parsed.Scheme is not ("https" or "http"))
            faults.Add($"{field}.url", "Must be an address such as https://example.org/hook.");
        var secret = channel.Secret is null ? before?.Secret : channel.Secret.Length == 0 ? null : channel.Secret;
        if (secret is { Length: < SecretLengthMin }) faults.Add($"{field}.secret", $"Must have at least {SecretLengthMin} characters.");
        return kind is { } known && url is not null ? new AreaChannel(area, channel.Name!, known, url, secret) : null;
    }

    private static Api.AreaTelling Show(string area, AreaTelling telling) => new(
        area, telling.Language,
        [
            .. telling.Channels.Select(channel => new Channel(channel.Name, channel.Kind.ToString().ToLowerInvariant())
            {
                Host = new Uri(channel.Url).GetLeftPart(UriPartial.Authority),
                IsSigned = channel.Secret is not null,
            }),
        ],
        telling.DigestTo);

    [GeneratedRegex(@"^[^@\s<>""]+@[^@\s<>""]+$")]
    private static partial Regex Address();
}
