using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.DataProtection;
using SeniorIoT.Domain;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Domain.Storms;
using SeniorIoT.Server.Channels;

namespace SeniorIoT.Server.Answers;

/// <summary>What a link says: whose answer it takes, to which alert, until when.</summary>
internal sealed record AnswerTicket(string AlertId, string Name, string Number, DateTimeOffset ExpiresAt)
{
    /// <summary>Whether it is a group's: a channel has a key where people have a number.</summary>
    [JsonIgnore]
    public bool IsGroup => !Number.StartsWith('+');
}

[JsonSerializable(typeof(AnswerTicket))]
internal sealed partial class AnswerJson : JsonSerializerContext;

/// <summary>
/// Links to the page on which one person answers one alert. A link is signed and sealed with the keys in the data folder: nobody can make one up
/// or read a number from it. They are for channels that allow links; texts to mainland numbers never carry one, their networks drop them.
/// </summary>
internal sealed class AnswerLinks(IDataProtectionProvider protection, AnswerOptions options, TimeProvider clock)
{
    private readonly IDataProtector _protector = protection.CreateProtector("SeniorIoT.Answers.v1");

    /// <summary>The address for a person; null when no links are given out (see <see cref="AnswerOptions"/>).</summary>
    public Uri? For(AlertId alert, Responder person) => options.PublicUrl is { } self ? new Uri(self.TrimEnd('/') + "/a/" + TokenFor(alert, person)) : null;

    /// <summary>The address at which a group answers a case; null when no links are given out, or the case is no alert: an incident has no page.</summary>
    public Uri? ForGroup(string? code, AreaChannel group) =>
        code is not null && !Incident.IsCode(code) ? For(new AlertId(code), new Responder(group.Name, group.Key, "channel")) : null;

    /// <summary>What stands behind <c>/a/</c>.</summary>
    internal string TokenFor(AlertId alert, Responder person) => _protector.Protect(JsonSerializer.Serialize(
        new AnswerTicket(alert.Value, person.Name, PhoneNumber.ToE164(person.Phone) ?? person.Phone, clock.GetUtcNow() + TimeSpan.FromHours(options.LinkHours)), AnswerJson.Default.AnswerTicket));

    /// <summary>Reads a token; null when it is none of ours. It may have expired: see <see cref="AnswerTicket.ExpiresAt"/>.</summary>
    public AnswerTicket? Read(string token)
    {
        try
        {
            return JsonSerializer.Deserialize(_protector.Unprotect(token), AnswerJson.Default.AnswerTicket);
        }
        catch (CryptographicException)
        {
            // Cut off by a messenger, made up, or sealed with keys that are gone: the page says so.
            return null;
        }
    }
}
