using Microsoft.Extensions.Time.Testing;
using SeniorIoT.DeviceProtocol;
using SeniorIoT.Simulators.Demo;
using SeniorIoT.Simulators.Devices;
using SeniorIoT.Simulators.Homes;

namespace SeniorIoT.Tests.Simulators;

/// <summary>A district on a fake clock whose devices speak into a list.</summary>
internal sealed class Scene
{
    public static readonly DateTimeOffset Start = new(2026, 3, 4, 10, 20, 30, Changning.Offset);

    private readonly HashSet<string> _off = [];

    public Scene(int homes = 60, long seed = 1, Notebook? notebook = null)
    {
        Agenda = new Agenda(Clock);
        Notebook = notebook ?? District.NewStory(seed, homes, Start);
        Homes = District.Build(Notebook, homes, Agenda, LineOf);
    }

    public FakeTimeProvider Clock { get; } = new(Start);

    public Agenda Agenda { get; }

    public Notebook Notebook { get; }

    public IReadOnlyList<Home> Homes { get; }

    public List<(DateTimeOffset At, Topic Topic, DeviceMessage Message)> Said { get; } = [];

    public IReadOnlyCollection<string> SwitchedOff => _off;

    public Home First(Func<Home, bool> fits) => Homes.First(fits);

    /// <summary>Lets time pass, one act after another.</summary>
    public void Pass(TimeSpan time)
    {
        for (var until = Clock.GetUtcNow() + time; Agenda.RunDue() is { } next && next <= until;)
        {
            Clock.SetUtcNow(next);
        }

        Agenda.RunDue();
    }

    /// <summary>What a device said since the message with this index.</summary>
    public IReadOnlyList<DeviceMessage> SaidBy(string deviceId, int since = 0) =>
        [.. Said.Skip(since).Where(said => said.Topic.DeviceId == deviceId).Select(said => said.Message)];

    public static IEnumerable<(DateTimeOffset At, long Total)> Samples(IEnumerable<DeviceMessage> messages) => messages.OfType<DeviceMessage.Water>()
        .SelectMany(water => water.Samples.Select(sample => (sample.MeasuredAt ?? water.Common.MeasuredAt!.Value, sample.TotalMillilitres)));

    private Line LineOf(string deviceId) => new(
        (topic, message) => Said.Add((Clock.GetUtcNow(), topic, message)),
        on => _ = on ? _off.Remove(deviceId) : _off.Add(deviceId));
}
