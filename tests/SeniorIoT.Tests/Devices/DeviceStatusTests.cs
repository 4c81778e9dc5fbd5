using System.Text.Json;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Devices;
using Xunit;
using static SeniorIoT.Tests.Detection.Meter;

namespace SeniorIoT.Tests.Devices;

public sealed class DeviceStatusTests
{
    [Fact]
    public void The_last_keys_are_known_and_older_ones_go()
    {
        var ring = Enumerable.Range(0, KeyRing.KeysMax + 1).Aggregate(KeyRing.Empty, (ring, i) => ring.With($"3/{i}"));
        Assert.False(ring.Contains("3/0"));
        Assert.All(Enumerable.Range(1, KeyRing.KeysMax), i => Assert.True(ring.Contains($"3/{i}")));
        Assert.False(ring.Contains("4/1"));
    }

    [Fact]
    public void A_full_status_survives_storage_and_is_small()
    {
        var ring = Enumerable.Range(0, 99).Aggregate(KeyRing.Empty, (ring, i) => ring.With($"3/{i}"));
        var status = new DeviceStatus { LastReceivedAt = At(1), LastMeasuredAt = At(0), BatteryPercent = 12, RssiDbm = -97, RecentKeys = ring }
            .On(Rule.LowBattery, At(0)).On(Rule.Silent, At(1)).On(Rule.LowBattery, At(2));
        var stored = JsonSerializer.Serialize(new ButtonState { Status = status });
        Assert.InRange(stored.Length, 300, 800);
        var restored = JsonSerializer.Deserialize<ButtonState>(stored)!.Status;
        Assert.Equal(stored, JsonSerializer.Serialize(new ButtonState { Status = restored }));
        Assert.Equal([new(Rule.Silent.Id, At(1)), new(Rule.LowBattery.Id, At(2))], restored.Latches);
        Assert.True(restored.RecentKeys.Contains("3/98"));
    }

    [Fact]
    public void A_state_from_another_version_is_read_as_far_as_it_goes()
    {
        var state = JsonSerializer.Deserialize<WaterState>("""{"Status":{"BatteryPercent":80,"Colour":"red"},"Mood":1}""")!;
        Assert.Equal((80, false, 0), (state.Status.BatteryPercent, state.Status.Has(Rule.Silent), state.Window.Count));
        Assert.False(state.Status.RecentKeys.Contains("x"));
        Assert.Empty(JsonSerializer.Deserialize<SmokeState>("{}")!.Status.Latches);
    }
}
