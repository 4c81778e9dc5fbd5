using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Rules;
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

    // A day is rolled up from readings up to a week before it, and again when one comes up to a week after it.
    private const int TelemetryDaysMin = 16;
    private const int DaysMax = 36_525;

    /// <summary>Everything wrong, each with the setting and the remedy.</summary>
    public IEnumerable<string> Errors()
    {
        if (TelemetryDays < TelemetryDaysMin) yield return $"telemetry-days: {TelemetryDays} is too short; use {TelemetryDaysMin} or more, so that readings are kept until their days are rolled up.";
        if (HourlyDays < TelemetryDays) yield return $"hourly-days: {HourlyDays} is shorter than telemetry-days ({TelemetryDays}); hours are made of readings and take less room, so keep them as long or longer.";
        if (DailyDays < HourlyDays) yield return $"daily-days: {DailyDays} is shorter than hourly-days ({HourlyDays}); days take less room, so keep them as long or longer.";
        if (Math.Max(TelemetryDays, Math.Max(HourlyDays, DailyDays)) > DaysMax) yield return $"telemetry-days, hourly-days, daily-days: use at most {DaysMax}, a hundred years.";
    }
}

/// <summary>Forgets what is past its time. Doing it twice is harmless; not doing it costs disk, never an alert.</summary>
internal sealed class NightlyCleanUp(
    AlertStore alerts, ITimeSeriesStore telemetry, ShadowDesk shadows, RetentionOptions retention, TimeProvider clock, ILogger<NightlyCleanUp> log)
{
    /// <summary>Notices about no alert, such as test texts and mails, in days: half a year, as records of a network must be kept.</summary>
    private const int LooseNoticeDays = 183;

    public async Task RunAsync()
    {
        var now = clock.GetUtcNow();
        var months = await telemetry.RetainAsync(new Cutoffs(Oldest(retention.TelemetryDays), Oldest(retention.HourlyDays), Oldest(retention.DailyDays)), CancellationToken.None);
        var storms = (Incidents: 0, Shelves: 0, Deaf: 0);
        var forgotten = await alerts.File.WriteAsync(connection =>
        {
            (string, object?)[] closedBefore = [("@before", now.AddDays(-retention.AlertDays))];
            foreach (var table in (string[])["timeline", "notices"])
                connection.Run($"DELETE FROM {table} WHERE alert_id IN (SELECT alert_id FROM alerts WHERE closed_at < @before)", closedBefore);
            connection.Run("DELETE FROM notices WHERE alert_id = '' AND owed_at < @before", ("@before", now.AddDays(-LooseNoticeDays)));
            connection.Run("DELETE FROM causes WHERE at < @before AND alert_id NOT IN (SELECT alert_id FROM alerts WHERE closed_at IS NULL)",
                ("@before", now.AddDays(-retention.CauseDays)));
            // What incidents and shelves say goes with the alerts they are about; an incident stays while an alert of it does.
            const string Incidents = "SELECT incident_id FROM incidents i WHERE ended_at < @before AND NOT EXISTS (SELECT 1 FROM alerts a WHERE a.incident_id = i.incident_id AND (a.closed_at IS NULL OR a.closed_at >= @before))";
            foreach (var table in (string[])["timeline", "notices"]) connection.Run($"DELETE FROM {table} WHERE alert_id IN ({Incidents})", closedBefore);
            storms = (
                connection.Run($"DELETE FROM incidents WHERE incident_id IN ({Incidents})", closedBefore),
                connection.Run("DELETE FROM shelves WHERE coalesce(ended_at, until_at) < @before AND n NOT IN (SELECT shelf_id FROM held WHERE shelf_id IS NOT NULL)", closedBefore),
                connection.Run("DELETE FROM deaf WHERE until_at < @before", closedBefore));
            connection.Run("DELETE FROM attempts WHERE notice_id NOT IN (SELECT notice_id FROM notices)");
            return connection.Run("DELETE FROM alerts WHERE closed_at < @before", closedBefore);
        });
        await shadows.ForgetAsync(now.AddDays(-retention.TelemetryDays)); // they rest on readings, and go with them
        log.LogInformation(
            "Nightly clean-up: {Months} months of telemetry, {Alerts} alerts, {Incidents} incidents, {Shelves} shelves and {Deaf} deaf times were past their time",
            months, forgotten, storms.Incidents, storms.Shelves, storms.Deaf);

        DateOnly Oldest(int days) => DateOnly.FromDateTime(now.UtcDateTime.AddDays(-days));
    }
}
