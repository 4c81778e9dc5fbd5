using SeniorIoT.DeviceProtocol;
using SeniorIoT.Simulators.Homes;
using Channel = SeniorIoT.DeviceProtocol.Channel;

namespace SeniorIoT.Simulators.Devices;

/// <summary>
/// A water meter: samples a cumulative register at its own rhythm and uploads at its own cadence. What it could not upload it keeps,
/// up to <see cref="Memory"/>, and tells when it can.
/// </summary>
internal sealed class WaterMeter : Agent
{
    /// <summary>How far back the meter remembers its samples.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromDays(7);

    /// <summary>Samples older than this are uploaded as history.</summary>
    public static readonly TimeSpan Live = TimeSpan.FromHours(49);

    private const int BatchMax = 96;
    private readonly MeterPlan _plan;
    private readonly Register _register;
    private DateTimeOffset _toldUntil;

    /// <param name="plan">What the meter is like.</param>
    /// <param name="register">What runs through it.</param>
    /// <param name="toldUntil">Samples up to here were told in an earlier life.</param>
    /// <param name="line">The way out.</param>
    /// <param name="agenda">When to sample.</param>
    /// <param name="dice">For the battery.</param>
    public WaterMeter(MeterPlan plan, Register register, DateTimeOffset toldUntil, Line line, Agenda agenda, Dice dice)
        : base(plan.DeviceId, DeviceKind.Water, line, agenda, dice.Between(60, 100)) =>
        (_plan, _register, _toldUntil) = (plan, register, toldUntil);

    /// <summary>Time of the last sample that was told.</summary>
    public DateTimeOffset ToldUntil => _toldUntil;

    /// <summary>What runs through it.</summary>
    public Register Register => _register;

    /// <summary>Uploads what it remembers up to its last regular upload, then lives on.</summary>
    public override void Start()
    {
        var last = LastUpload(Agenda.Now);
        if (last > _toldUntil)
        {
            UploadUntil(last);
        }

        ScheduleNext(last);
    }

    /// <summary>Uploads everything sampled until <paramref name="until"/> that was not told yet: one reading, or batches, oldest first.</summary>
    public void UploadUntil(DateTimeOffset until)
    {
        if (IsSilent)
        {
            return;
        }

        var from = _toldUntil > until - Memory ? _toldUntil : until - Memory;
        var samples = new List<WaterSample>();
        for (var at = SampleAfter(from); at <= until; at += _plan.Sampling)
        {
            var total = _register.MillilitresAt(at);
            samples.Add(new WaterSample(at.ToUniversalTime(), total - (total % _plan.ResolutionMillilitres)));
        }

        var liveFrom = Agenda.Now - Live;
        foreach (var history in samples.Where(sample => sample.MeasuredAt < liveFrom).Chunk(BatchMax))
        {
            Tell(history, isHistory: true);
        }

        foreach (var live in samples.Where(sample => sample.MeasuredAt >= liveFrom).Chunk(BatchMax))
        {
            Tell(live, isHistory: false);
        }

        _toldUntil = samples.Count > 0 ? samples[^1].MeasuredAt!.Value : _toldUntil;
    }

    /// <summary>The meter's last words were at <paramref name="last"/>: it is silent when the story begins.</summary>
    public void FallSilentAfter(DateTimeOffset last)
    {
        UploadUntil(last);
        SilenceSoon();
    }

    protected override void OnSpeakAgain() => UploadUntil(LastUpload(Agenda.Now));

    private void Tell(WaterSample[] samples, bool isHistory)
    {
        var mid = $"w{samples[0].MeasuredAt!.Value.ToUnixTimeSeconds():x}-{samples.Length:x}";
        var common = Envelope(samples.Length == 1 ? samples[0].MeasuredAt : null, mid, isHistory);
        var body = samples.Length == 1 ? [samples[0] with { MeasuredAt = null }] : samples;
        Say(Channel.Telemetry, new DeviceMessage.Water(common, body, _plan.ResolutionMillilitres));
    }

    private void ScheduleNext(DateTimeOffset last)
    {
        var next = last + UntilNextUpload(last);
        Agenda.At(next, () =>
        {
            BatteryPercent = Math.Max(1, BatteryPercent - 0.002);
            UploadUntil(next);
            ScheduleNext(Agenda.Now - next > Memory ? LastUpload(Agenda.Now) : next);
        });
    }

    // Samples lie on a grid of the sampling interval, moved by the meter's own phase.
    private DateTimeOffset SampleAfter(DateTimeOffset at) => Grid(at, _plan.Sampling, SamplePhase) + _plan.Sampling;

    private TimeSpan SamplePhase => new(_plan.Phase.Ticks % _plan.Sampling.Ticks);

    private DateTimeOffset LastUpload(DateTimeOffset now) => _plan.Upload switch
    {
        Upload.EverySample => Grid(now, _plan.Sampling, SamplePhase),
        Upload.OnceADay => Grid(now, TimeSpan.FromDays(1), _plan.Phase),
        _ => Later(Grid(now, TimeSpan.FromDays(1), _plan.Phase), Grid(now, TimeSpan.FromDays(1), _plan.Phase + TimeSpan.FromHours(8))),
    };

    private TimeSpan UntilNextUpload(DateTimeOffset last) => _plan.Upload switch
    {
        Upload.EverySample => _plan.Sampling,
        Upload.OnceADay => TimeSpan.FromDays(1),
        _ => last == Grid(last, TimeSpan.FromDays(1), _plan.Phase) ? TimeSpan.FromHours(8) : TimeSpan.FromHours(16),
    };

    // The last point of a grid at or before a moment.
    private static DateTimeOffset Grid(DateTimeOffset at, TimeSpan step, TimeSpan phase)
    {
        var into = (at.UtcTicks - phase.Ticks) % step.Ticks;
        return at.ToUniversalTime().AddTicks(-(into < 0 ? into + step.Ticks : into));
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
