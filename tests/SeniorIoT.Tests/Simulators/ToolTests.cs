using System.Text;
using SeniorIoT.DeviceProtocol;
using SeniorIoT.Simulators.Conformance;
using SeniorIoT.Simulators.LoadTest;
using SeniorIoT.Simulators.Wire;
using Xunit;

namespace SeniorIoT.Tests.Simulators;

public sealed class ToolTests
{
    [Fact]
    public void Percentiles_are_values_that_were_measured()
    {
        double[] hundred = [.. Enumerable.Range(1, 100).Select(value => (double)value).Reverse()];

        Assert.Equal((50, 90, 99, 100), (At(0.5), At(0.9), At(0.99), At(1)));
        Assert.Equal(7, LoadCommand.Percentile([7], 0.5));

        double At(double share) => LoadCommand.Percentile(hundred, share);
    }

    [Fact]
    public void The_conformance_check_names_the_field()
    {
        Assert.Null(ConformanceCommand.Judge("senioriot/v1/sos/b1/event", """{"sos":{"type":"press"}}"""u8.ToArray(), out var message));
        Assert.IsType<DeviceMessage.ButtonEvent>(message);
        Assert.Equal("sos.type", ConformanceCommand.Judge("senioriot/v1/sos/b1/event", Encoding.UTF8.GetBytes("""{"sos":{"type":"pres"}}"""), out _)?.Field);
        Assert.Equal("topic", ConformanceCommand.Judge("senioriot/v1/sos", [], out _)?.Field);
    }

    [Theory]
    [InlineData("127.0.0.1:1883", "127.0.0.1:1883")]
    [InlineData("broker", "broker:1883")]
    [InlineData("broker:0", null)]
    [InlineData("broker:x", null)]
    [InlineData(":1883", null)]
    public void An_mqtt_address_is_a_host_and_a_port(string text, string? address) => Assert.Equal(address, MqttAddress.TryParse(text)?.ToString());

    [Fact]
    public void Waiting_before_the_next_try_doubles_up_to_a_minute_and_half_of_it_is_chance()
    {
        Assert.Equal([0.5, 1, 2, 4, 8, 16, 30, 30], Enumerable.Range(1, 8).Select(failures => Pace.BackOff(failures, 0).TotalSeconds));
        Assert.Equal(60, Pace.BackOff(1000, 1).TotalSeconds);
    }
}
