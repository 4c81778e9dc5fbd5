using System.Globalization;
using SeniorIoT.Domain.Households;
using SeniorIoT.Server.Channels;
using SeniorIoT.Server.Mails;

namespace SeniorIoT.Server.Jobs;

/// <summary>
/// Mails the digest of the day that ended last to the addresses that areas set: each gets what its own area may see. Run twice it mails once.
/// </summary>
internal sealed class DigestMail(AreaChannels channels, Mailer mailer, DailyDigest digest, TimeZoneInfo zone, TimeProvider clock)
{
    /// <summary>Writes the mails; they are sent soon after.</summary>
    public async Task SendAsync()
    {
        var now = clock.GetUtcNow();
        var day = LocalTime.DayOf(now, zone).AddDays(-1);
        var name = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        foreach (var telling in channels.All.Where(telling => telling.DigestTo.Count > 0))
        {
            var text = digest.TextOf(telling.Area, day, now);
            // Its first line says what it is.
            await mailer.SendAsync(telling.DigestTo, $"SeniorIoT {text[..text.IndexOf('\n', StringComparison.Ordinal)]}", text, cause: $"digest {name} {telling.Area}");
        }
    }
}
