using SeniorIoT.Domain;
using SeniorIoT.Domain.Duty;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Notices;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Duty;

/// <summary>
/// Owes everybody who may be told a test text a month, each at a time of his or her own, between nine and six. What a month owes has one id, so it is owed once
/// whatever is repeated; what was missed while the server was down is owed at the next run, a few at a time.
/// </summary>
internal sealed class TestTexts(
    DutyReport report, NoticeStore notices, OutboxBell bell, Registry registry, DutyOptions options, bool hasProvider, TimeZoneInfo zone, TimeProvider clock)
{
    /// <summary>Most texts of one run: an alert must not wait behind them.</summary>
    public const int RunMax = 100;

    /// <summary>Owes what is due. Returns how many.</summary>
    public async Task<int> RunAsync()
    {
        var now = clock.GetUtcNow();
        var local = TimeZoneInfo.ConvertTime(now, zone);
        if (!options.TestTexts || !hasProvider || local.Hour is < TestText.FirstHour or >= TestText.LastHour) return 0;
        var tested = registry.File.Read(connection => connection.Rows(
            "SELECT number, owed_at FROM test_texts", row => KeyValuePair.Create(row.GetString(0), TimeZoneInfo.ConvertTime(row.Instant(1), zone))).ToDictionary());
        var due = report.People(AreaScope.Whole)
            .Where(pair => PhoneNumber.ToE164(pair.Value.Phone) == pair.Key && !PhoneNumber.IsLandline(pair.Key)
                && !(tested.TryGetValue(pair.Key, out var last) && (last.Year, last.Month) == (local.Year, local.Month))
                && TestText.DueAt(pair.Key, local.Year, local.Month, zone) <= now)
            .OrderBy(pair => pair.Key, StringComparer.Ordinal).Take(RunMax).ToList();
        if (due.Count == 0) return 0;
        await notices.OweAsync([.. due.Select(pair => new Notice(
            $"T{local:yyyyMM}-{pair.Key[1..]}", new AlertId(""), 0, NoticeChannel.Sms, new Responder(pair.Value.Name, pair.Value.Phone, pair.Value.Roles[0]),
            TestText.Of(local.Year, local.Month, pair.Value.SubDistrict), now) { IsInformation = true })]);
        // After the notices: a crash in between owes the same ones again, which changes nothing.
        await registry.File.WriteAsync(connection =>
        {
            foreach (var (number, _) in due) connection.Run("INSERT OR REPLACE INTO test_texts VALUES(@number, @now)", ("@number", number), ("@now", now));
        });
        bell.Ring();
        return due.Count;
    }
}
