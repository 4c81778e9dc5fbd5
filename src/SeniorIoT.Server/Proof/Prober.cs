using System.Diagnostics.Metrics;
using MQTTnet.Exceptions;
using SeniorIoT.Api;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Proof;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Hosting;
using SeniorIoT.Server.Notices;
using Alert = SeniorIoT.Api.Alert;

namespace SeniorIoT.Server.Proof;

/// <summary>
/// Presses the server's own button every few minutes and follows the call from the socket to the console, and to a phone where a number
/// is set. Its alert is closed and forgotten once it was measured; one that a crash left behind is, at the next press.
/// </summary>
internal sealed partial class Prober(
    ProbeHome home, ProbeButton button, ServerOptions server, ProofOptions options, AlertStore alerts, NoticeStore notices, TwilioOptions twilio, ProofStore store,
    SystemAlerts system, IGrainFactory grains, IMeterFactory meters, TimeProvider clock, ILogger<Prober> log) : BackgroundService
{
    private const string Person = "self-probe";
    private static readonly TimeSpan FirstAfter = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan GivesUpAfter = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly Histogram<double> _alerted = meters.Create("SeniorIoT").CreateHistogram(
        "senioriot.probe.time_to_console", "s", "From a press of the server's own button until its alert was sent to consoles.", null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] });
    private readonly Histogram<double> _delivered = meters.Create("SeniorIoT").CreateHistogram(
        "senioriot.probe.time_to_phone", "s", "From a press of the server's own button until the receipt of its text.", null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 2.5, 5, 10, 20, 30, 60, 120, 300] });
    private readonly Counter<long> _failed = meters.Create("SeniorIoT").CreateCounter<long>(
        "senioriot.probe.failed", "{press}", "Presses of the server's own button that were too slow or came to nothing.");

    /// <summary>Whether presses are made.</summary>
    public bool IsOn => options.ProbeMinutes > 0 && server.MqttPort > 0;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!IsOn) return;
        for (var rest = FirstAfter; ; rest = TimeSpan.FromMinutes(options.ProbeMinutes))
        {
            await Task.Delay(rest, clock, stoppingToken);
            try
            {
                await ProbeAsync(stoppingToken);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                // What was wrong could not be told either; the next press says it again, and the heartbeat is silent by then.
                LogStumbled(error);
            }
        }
    }

    /// <summary>One press, from the socket to the console and the phone; kept, counted, and told when something is wrong. One at a time.</summary>
    public async Task<ProbeResult> ProbeAsync(CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            return await ProbeOnceAsync(cancel);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _one.Dispose();
        base.Dispose();
    }

    private async Task<ProbeResult> ProbeOnceAsync(CancellationToken cancel)
    {
        await ForgetAsync();
        var probe = await PressAsync(cancel);
        await ForgetAsync();
        await store.AddAsync(probe);
        if (probe.AlertAfter is { } alerted) _alerted.Record(alerted);
        if (probe.ReceiptAfter is { } delivered) _delivered.Record(delivered);
        foreach (var rule in ProbeRules.Rules)
        {
            if (ProbeRules.WhatIsWrong(rule, probe) is { } wrong)
            {
                _failed.Add(1, new KeyValuePair<string, object?>("rule", rule.Id));
                LogWrong(wrong);
            }

            if (ProbeRules.Decide(rule, system.ReadTroubledSince(rule) is not null, probe, clock.GetUtcNow()) is { } told) await system.TellAsync(told);
        }

        return probe;
    }

    private async Task<ProbeResult> PressAsync(CancellationToken cancel)
    {
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var isTextExpected = home.Number is not null && twilio.AccountSid is not null;
        var probe = new ProbeResult(clock.GetUtcNow(), null, null, null, null, isTextExpected, isTextExpected && twilio.PublicUrl is not null, null);
        var started = clock.GetTimestamp();
        home.Heard += Hear;
        try
        {
            await button.PressAsync(probe.At, cancel);
            probe = probe with { AcknowledgedAfter = clock.GetElapsedTime(started).TotalSeconds };
            await heard.Task.WaitAsync(GivesUpAfter, clock, cancel);
            probe = probe with { AlertAfter = clock.GetElapsedTime(started).TotalSeconds };
        }
        catch (Exception error) when (error is MqttCommunicationException or IOException or InvalidOperationException or TimeoutException
            or System.Net.Sockets.SocketException || (error is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return probe with { Problem = error is TimeoutException && probe.AcknowledgedAfter is not null ? WhyUnheard() : error.Message.TrimEnd('.') };
        }
        finally
        {
            home.Heard -= Hear;
        }

        return isTextExpected ? await FollowTextAsync(probe, started, cancel) : probe;

        void Hear(Alert alert) => heard.TrySetResult();
    }

    private string WhyUnheard() => alerts.ReadNewest(ProbeHome.AlertKey) is { IsClosed: false }
        ? "its alert is stored, and consoles were not told"
        : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"it was acknowledged, and nothing came of it within {GivesUpAfter.TotalSeconds} s");

    private async Task<ProbeResult> FollowTextAsync(ProbeResult probe, long started, CancellationToken cancel)
    {
        while (clock.GetElapsedTime(started) < ProbeRules.TextWithin)
        {
            var text = alerts.ReadNewest(ProbeHome.AlertKey) is { } alert ? notices.ReadOf(alert.Id.Value).FirstOrDefault(notice => notice.Channel != "console") : null;
            if (text is not null)
            {
                probe = probe with { TextAfter = (text.SentAt - probe.At)?.TotalSeconds, ReceiptAfter = text.State == "delivered" ? (text.ReceiptAt - probe.At)?.TotalSeconds : null };
                if (probe.ReceiptAfter is not null || (probe.TextAfter is not null && !probe.IsReceiptExpected) || text.State is "failed" or "undelivered" or "not_sent") return probe;
            }

            await Task.Delay(LookEvery, clock, cancel);
        }

        return probe;
    }

    private async Task ForgetAsync()
    {
        if (alerts.ReadNewest(ProbeHome.AlertKey) is not { } alert) return;
        if (!alert.IsClosed) await grains.GetGrain<IAlertGrain>(ProbeHome.AlertKey).Act(alert.Id, new AlertCommand.Close(Person, "test", null), new Actor(Person, null));
        await store.ForgetProbeAlertsAsync();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Wrong}")]
    private partial void LogWrong(string wrong);

    [LoggerMessage(Level = LogLevel.Error, Message = "The probe stumbled")]
    private partial void LogStumbled(Exception error);
}

/// <summary>Probes as the API shows them.</summary>
internal static class ProbeView
{
    private const int LatestMax = 8;

    public static ProbeState Of(bool isOn, ProofOptions options, IReadOnlyList<ProbeResult> probes)
    {
        var alerted = probes.Where(probe => probe.AlertAfter is not null).Select(probe => probe.AlertAfter!.Value).Order().ToList();
        return new(
            isOn ? options.ProbeMinutes : 0, options.ProbeNumber is not null, [.. probes.Take(LatestMax).Select(Of)], probes.Count, probes.Count(probe => Problem(probe) is not null),
            alerted.Count == 0 ? null : Math.Round(alerted[alerted.Count / 2], 3));
    }

    public static ProbeTimes Of(ProbeResult probe) => new(
        probe.At, Rounded(probe.AcknowledgedAfter), Rounded(probe.AlertAfter), Rounded(probe.TextAfter), Rounded(probe.ReceiptAfter), Problem(probe));

    private static string? Problem(ProbeResult probe) => ProbeRules.Rules.Select(rule => ProbeRules.WhatIsWrong(rule, probe)).FirstOrDefault(wrong => wrong is not null);

    private static double? Rounded(double? seconds) => seconds is { } value ? Math.Round(value, 3) : null;
}
