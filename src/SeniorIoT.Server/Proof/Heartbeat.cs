using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using SeniorIoT.Api;
using SeniorIoT.Domain.Proof;
using SeniorIoT.Server.Hosting;
using SeniorIoT.Server.Ingest;
using SeniorIoT.Server.Notices;

namespace SeniorIoT.Server.Proof;

/// <summary>
/// A sign of life for somebody outside, who calls for help when it stays away: whatever ends this process cannot tell of it itself. It is
/// sent only while <see cref="HeartbeatRules"/> find nothing wrong. One that does not get through is counted and logged, and stops nothing.
/// </summary>
internal sealed partial class Heartbeat(
    ProofOptions options, IHttpClientFactory http, Sweeper sweeper, Outbox outbox, Checkpoint checkpoint, Journal journal, ProofStore store, IMeterFactory meters,
    TimeProvider clock, ILogger<Heartbeat> log) : BackgroundService
{
    /// <summary>Name of its HTTP client.</summary>
    public const string Client = "heartbeat";

    private readonly Counter<long> _beats = meters.Create("SeniorIoT").CreateCounter<long>(
        "senioriot.heartbeat", "{beat}", "Signs of life to somebody outside, by result: sent, failed, or withheld because something is wrong.");
    private volatile HeartbeatState _state = new(options.HeartbeatUrl is not null, options.HeartbeatSeconds, null, null, null, 0);

    /// <summary>How it goes.</summary>
    public HeartbeatState State => _state;

    /// <summary>Why none may be sent now, in an English sentence; null when all is well.</summary>
    public string? WhyNot(DateTimeOffset now)
    {
        var newest = store.ReadNewest();
        var probe = store.ReadProbes(now - TimeSpan.FromDays(1)) is [var last, ..] && options.ProbeMinutes > 0 ? last : null;
        return HeartbeatRules.WhyNot(
            new(
                sweeper.LastRoundAt, outbox.LastRoundAt, checkpoint.LastTurnAt, journal.Failure?.Message,
                newest.Count == 0 ? null : newest.Max(closed => closed.At), newest.SelectMany(closed => closed.Breaks).Count(one => !one.IsMended),
                probe is null ? null : ProbeRules.WhatIsWrong(Domain.Alerts.Rule.Probe, probe)),
            now);
    }

    /// <summary>One turn: sends a sign of life, or says why not.</summary>
    internal async Task BeatAsync(CancellationToken cancel)
    {
        if (WhyNot(clock.GetUtcNow()) is { } why)
        {
            if (_state.Withheld != why) LogWithheld(why);
            _state = _state with { Withheld = why };
            Count("withheld");
            return;
        }

        var failure = await TrySendAsync(cancel);
        if (failure is not null && _state.FailuresInRow == 0) LogFailed(failure);
        _state = _state with
        {
            Withheld = null, Failure = failure, FailuresInRow = failure is null ? 0 : _state.FailuresInRow + 1, SentAt = failure is null ? clock.GetUtcNow() : _state.SentAt,
        };
        Count(failure is null ? "sent" : "failed");
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.HeartbeatUrl is null) return;
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.HeartbeatSeconds), clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await BeatAsync(stoppingToken);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                // What is not known to be well is not said to be: silence is the alarm.
                _state = _state with { Withheld = $"What is well could not be read: {error.Message}" };
                Count("withheld");
                LogStumbled(error);
            }
        }
    }

    private async Task<string?> TrySendAsync(CancellationToken cancel)
    {
        try
        {
            using var client = http.CreateClient(Client);
            using var answer = await client.GetAsync(options.HeartbeatUrl, HttpCompletionOption.ResponseHeadersRead, cancel);
            return answer.IsSuccessStatusCode ? null : $"Whoever waits for the sign of life answers {(int)answer.StatusCode}.";
        }
        catch (Exception error) when (error is HttpRequestException or IOException or OperationCanceledException && !cancel.IsCancellationRequested)
        {
            return $"Whoever waits for the sign of life is out of reach ({error.Message}).";
        }
    }

    private void Count(string result) => _beats.Add(1, new KeyValuePair<string, object?>("result", result));

    [LoggerMessage(Level = LogLevel.Error, Message = "No sign of life is sent: {Why}")]
    private partial void LogWithheld(string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Failure} It is tried again")]
    private partial void LogFailed(string failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "The sign of life stumbled")]
    private partial void LogStumbled(Exception error);
}

/// <summary>Degraded while no sign of life gets out, or may: only for a server that is to send one.</summary>
internal sealed class HeartbeatHealth(Heartbeat heartbeat) : IHealthCheck
{
    private const int FailuresMax = 3;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(heartbeat.State switch
    {
        { IsOn: false } => HealthCheckResult.Healthy(),
        { Withheld: { } why } => HealthCheckResult.Degraded($"No sign of life is sent. {why}"),
        { FailuresInRow: >= FailuresMax, Failure: { } failure } => HealthCheckResult.Degraded(failure),
        _ => HealthCheckResult.Healthy(),
    });
}
