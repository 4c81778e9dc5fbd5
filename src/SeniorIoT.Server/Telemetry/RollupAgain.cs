using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Telemetry;

/// <summary>Tells the worker of a data folder, which may run in another process, that days have to be rolled up again after a copy.</summary>
internal static class RollupAgain
{
    /// <summary>Marks the days on which register readings were written, from <paramref name="from"/> on.</summary>
    /// <exception cref="CannotStartException">The file is of a newer program.</exception>
    /// <exception cref="Microsoft.Data.Sqlite.SqliteException">The file refuses.</exception>
    public static async Task MarkAsync(
        string dataFolder, IReadOnlyDictionary<string, (DateOnly First, DateOnly Last)> written, DateOnly from, CancellationToken cancel)
    {
        // A day earlier and later: the days of the copy are UTC's, those of the marks local.
        var spans = written.Where(days => days.Value.Last >= from)
            .GroupBy(days => (First: Later(days.Value.First, from).AddDays(-1), Last: days.Value.Last.AddDays(1)), days => days.Key).ToList();
        if (spans.Count == 0) return;
        await using var marks = new RollupMarks(new SqliteFile(StoreSetup.RollupOf(dataFolder), RollupMarks.Migrations), TimeZoneInfo.Utc, TimeProvider.System);
        foreach (var span in spans) await marks.MarkHistoryAsync(span, span.Key.First, span.Key.Last, cancel);
    }

    private static DateOnly Later(DateOnly one, DateOnly other) => one > other ? one : other;
}
