using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Storage;
using SeniorIoT.TimeSeries;

namespace SeniorIoT.Server.Jobs;

/// <summary>How long things are kept.</summary>
internal sealed class RetentionOptions
{
    /// <summary>Telemetry, in days: 400, so that a year can be compared with the one before. Whole months are deleted.</summary>
    public int TelemetryDays { get; set; } = 400;

    /// <summary>Water used by hour, in days: three years.</summary>
    public int HourlyDays { get; set; } = 1096;

    /// <summary>Water used by day, in days: ten years.</summary>
    public int DailyDays { get; set; } = 3653;

    /// <summary>Closed alerts, in days: three years, the time that processing records of personal data are kept.</summary>
    public int AlertDays { get; set; } = 1096;

    /// <summary>Causes, in days. A message that is sent again later than this could raise an alert again.</summary>
    public int CauseDays { get; set; } = 30;
}

/// <summary>Forgets what is past its time. Doing it twice is harmless; not doing it costs disk, never an alert.</summary>
internal sealed class NightlyCleanUp(AlertStore alerts, ITimeSeriesStore telemetry, RetentionOptions retention, TimeProvider clock, ILogger<NightlyCleanUp> log)
{
    public async Task RunAsync()
    {
        var now = clock.GetUtcNow();
        var months = await telemetry.RetainAsync(new Cutoffs(Oldest(retention.TelemetryDays), Oldest(retention.HourlyDays), Oldest(retention.DailyDays)), CancellationToken.None);
        var forgotten = await alerts.File.WriteAsync(connection =>
        {
            (string, object?)[] closedBefore = [("@before", now.AddDays(-retention.AlertDays))];
            foreach (var table in (string[])["timeline", "notices"])
                connection.Run($"DELETE FROM {table} WHERE alert_id IN (SELECT alert_id FROM alerts WHERE closed_at < @before)", closedBefore);
            connection.Run("DELETE FROM causes WHERE at < @before AND alert_id NOT IN (SELECT alert_id FROM alerts WHERE closed_at IS NULL)",
                ("@before", now.AddDays(-retention.CauseDays)));
            return connection.Run("DELETE FROM alerts WHERE closed_at < @before", closedBefore);
        });
        log.LogInformation("Nightly clean-up: {Months} months of telemetry and {Alerts} alerts were past their time", months, forgotten);

        DateOnly Oldest(int days) => DateOnly.FromDateTime(now.UtcDateTime.AddDays(-days));
    }
}
