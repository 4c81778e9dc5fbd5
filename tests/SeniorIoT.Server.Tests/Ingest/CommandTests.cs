using CsCheck;
using SeniorIoT.DeviceProtocol;
using SeniorIoT.Server.Devices;
using SeniorIoT.Server.Ingest;
using SeniorIoT.Server.Storage;
using Xunit;
using static SeniorIoT.Server.Tests.Ingest.CommandWire;
using static SeniorIoT.Server.Tests.Ingest.Wire;

namespace SeniorIoT.Server.Tests.Ingest;

/// <summary>Commands on their way down, as a device sees them.</summary>
public sealed class CommandTests
{
    private static readonly DeviceCommand Report = new DeviceCommand.Report();

    [Fact]
    public async Task A_device_that_listens_gets_its_command_at_once_and_delivered_means_acknowledged()
    {
        await using var host = await IngestHost.StartAsync();
        using var meter = await host.ConnectAsync("m1");
        await meter.SubscribeAsync(TopicOf("m1"));
        var ordered = await host.OrderAsync("m1", new DeviceCommand.Interval(900), TimeSpan.FromMinutes(10));

        var heard = await HearAsync(meter);
        Assert.Equal(new CommandMessage(ordered.CommandId, IngestHost.Start, IngestHost.Start.AddMinutes(10), new DeviceCommand.Interval(900)), heard.Message);
        Assert.Equal((TopicOf("m1"), false, 600u), (heard.Topic, heard.IsDuplicate, heard.ExpirySeconds));
        Assert.Equal(("waiting", 1), (host.Command(ordered).State, host.Command(ordered).Attempts));
        host.Clock.Advance(TimeSpan.FromSeconds(5));
        await meter.AcknowledgeAsync(heard.PacketId);
        await UntilStateAsync(host, ordered, "delivered");
        Assert.Equal(IngestHost.Start.AddSeconds(5), host.Command(ordered).DeliveredAt);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_ordered_while_the_device_was_away_comes_in_order_after_it_subscribed(bool isVersion5)
    {
        await using var host = await IngestHost.StartAsync();
        var ordered = new List<CommandRow>();
        for (var i = 0; i < CommandQueue.WaitingMax; i++) ordered.Add(await host.OrderAsync("m1", new DeviceCommand.Interval(60 + i)));
        using var meter = await host.ConnectAsync("m1", isVersion5: isVersion5);
        Assert.Equal(1, await meter.SubscribeAsync(TopicOf("m1")));

        foreach (var command in ordered)
        {
            var heard = await HearAsync(meter);
            Assert.Equal(command.CommandId, heard.Message.Id);
            await meter.AcknowledgeAsync(heard.PacketId);
        }

        await UntilStateAsync(host, ordered[^1], "delivered");
        Assert.All(ordered, command => Assert.Equal(("delivered", 1), (host.Command(command).State, host.Command(command).Attempts)));
    }

    [Fact]
    public async Task What_was_not_acknowledged_comes_again_marked_as_a_repetition_and_what_was_does_not()
    {
        await using var host = await IngestHost.StartAsync();
        var (first, second) = (await host.OrderAsync("m1", Report), await host.OrderAsync("m1", Report));
        var meter = await host.ConnectAsync("m1");
        await meter.SubscribeAsync(TopicOf("m1"));
        var (one, two) = (await HearAsync(meter), await HearAsync(meter));
        await meter.AcknowledgeAsync(one.PacketId);
        await UntilStateAsync(host, first, "delivered");
        meter.Cut();

        using var again = await host.ConnectAsync("m1");
        await again.SubscribeAsync(TopicOf("m1"));
        var repeated = await HearAsync(again);
        Assert.Equal((second.CommandId, false, true), (repeated.Message.Id, two.IsDuplicate, repeated.IsDuplicate));
        await again.AcknowledgeAsync(repeated.PacketId);
        await again.AcknowledgeAsync(repeated.PacketId);
        await UntilStateAsync(host, second, "delivered");
        Assert.Equal(2, host.Command(second).Attempts);
        await AssertHearsNothingAsync(host, again);
    }

    [Fact]
    public async Task After_a_crash_between_sending_and_acknowledgement_the_command_comes_again()
    {
        string image;
        CommandRow ordered;
        await using (var host = await IngestHost.StartAsync())
        {
            using var meter = await host.ConnectAsync("m1");
            await meter.SubscribeAsync(TopicOf("m1"));
            ordered = await host.OrderAsync("m1", Report);
            await HearAsync(meter);
            image = host.CrashImage();
        }

        await using var next = await IngestHost.StartAsync(folder: image);
        using var returned = await next.ConnectAsync("m1");
        await returned.SubscribeAsync(TopicOf("m1"));
        var heard = await HearAsync(returned);
        Assert.Equal((ordered.CommandId, true), (heard.Message.Id, heard.IsDuplicate));
    }

    [Fact]
    public async Task No_more_are_in_flight_than_the_client_takes()
    {
        await using var host = await IngestHost.StartAsync();
        for (var i = 0; i < 3; i++) await host.OrderAsync("m1", Report);
        var secret = host.Enrol("m1");
        using var meter = await WireClient.OpenAsync(host.Port);
        await meter.ConnectAsync("m1", secret, properties: [0x21, 0, 1]);
        await meter.SubscribeAsync(TopicOf("m1"));
        for (var i = 0; i < 3; i++)
        {
            var heard = await HearAsync(meter);
            await AssertHearsNothingAsync(host, meter);
            await meter.AcknowledgeAsync(heard.PacketId);
        }
    }

    [Fact]
    public async Task A_gateway_takes_the_commands_of_its_children_unless_they_listen_themselves()
    {
        await using var host = await IngestHost.StartAsync();
        using var gateway = await host.ConnectAsync("g1", kind: null);
        var secret = host.Enrol("m1", gatewayId: "g1");
        host.Enrol("m2", gatewayId: "g1");
        foreach (var child in new[] { "m1", "m2" }) Assert.Equal(1, await gateway.SubscribeAsync(TopicOf(child)));
        using var meter = await WireClient.OpenAsync(host.Port);
        await meter.ConnectAsync("m1", secret);
        await meter.SubscribeAsync(TopicOf("m1"));

        var (own, relayed) = (await host.OrderAsync("m1", Report), await host.OrderAsync("m2", Report));
        Assert.Equal(own.CommandId, (await HearAsync(meter)).Message.Id);
        var heard = await HearAsync(gateway);
        Assert.Equal((relayed.CommandId, TopicOf("m2")), (heard.Message.Id, heard.Topic));
        await gateway.AcknowledgeAsync(heard.PacketId);
        await UntilStateAsync(host, relayed, "delivered");
    }

    [Fact]
    public async Task A_command_whose_time_ran_out_is_not_sent_and_ends_as_expired()
    {
        await using var host = await IngestHost.StartAsync();
        var (brief, lasting) = (await host.OrderAsync("m1", Report, TimeSpan.FromSeconds(90)), await host.OrderAsync("m1", Report));
        host.Clock.Advance(TimeSpan.FromSeconds(90));
        using var meter = await host.ConnectAsync("m1");
        await meter.SubscribeAsync(TopicOf("m1"));
        var heard = await HearAsync(meter);
        Assert.Equal((lasting.CommandId, 7 * 86_400u - 90), (heard.Message.Id, heard.ExpirySeconds));
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        await UntilStateAsync(host, brief, "expired");
        Assert.Equal(0, host.Command(brief).Attempts);
    }

    [Fact]
    public async Task A_withdrawn_command_is_not_sent_and_a_late_acknowledgement_is_still_recorded()
    {
        await using var host = await IngestHost.StartAsync();
        var (sent, unsent) = (await host.OrderAsync("m1", Report), await host.OrderAsync("m2", Report));
        using var meter = await host.ConnectAsync("m1");
        await meter.SubscribeAsync(TopicOf("m1"));
        var heard = await HearAsync(meter);
        Assert.True((await host.Commands.WithdrawAsync("m1", sent.CommandId, "op"))!.Value.IsEnded);
        Assert.True((await host.Commands.WithdrawAsync("m2", unsent.CommandId, "op"))!.Value.IsEnded);
        Assert.False((await host.Commands.WithdrawAsync("m2", unsent.CommandId, "op"))!.Value.IsEnded);
        await meter.AcknowledgeAsync(heard.PacketId);
        await Until(() => host.Command(sent).DeliveredAt is not null, "the acknowledgement");
        Assert.Equal("withdrawn", host.Command(sent).State);

        using var other = await host.ConnectAsync("m2");
        await other.SubscribeAsync(TopicOf("m2"));
        await AssertHearsNothingAsync(host, other);
    }

    [Fact]
    public async Task A_device_can_say_that_it_will_not_do_it()
    {
        await using var host = await IngestHost.StartAsync();
        using var meter = await host.ConnectAsync("m1");
        await meter.SubscribeAsync(TopicOf("m1"));
        var ordered = await host.OrderAsync("m1", Report);
        await meter.AcknowledgeAsync((await HearAsync(meter)).PacketId, 0x83);
        await UntilStateAsync(host, ordered, "refused");
    }

    [Fact]
    public async Task Without_acknowledgements_nothing_is_sent()
    {
        await using var host = await IngestHost.StartAsync();
        await host.OrderAsync("m1", Report);
        using var meter = await host.ConnectAsync("m1");
        Assert.Equal(0, await meter.SubscribeAsync(TopicOf("m1"), qos: 0));
        await AssertHearsNothingAsync(host, meter);
        await meter.SubscribeAsync(TopicOf("m1"));
        await HearAsync(meter);
    }

    [Fact]
    public async Task A_command_that_could_not_be_sent_for_a_failing_disk_is_sent_by_the_next_sweep()
    {
        await using var host = await IngestHost.StartAsync();
        var ordered = await host.OrderAsync("m1", Report);
        await host.Get<SqliteFile>().WriteAsync(connection => connection.Run("CREATE TRIGGER failing BEFORE UPDATE ON commands BEGIN SELECT RAISE(ABORT, 'disk'); END"), TestContext.Current.CancellationToken);
        using var meter = await host.ConnectAsync("m1");
        await meter.SubscribeAsync(TopicOf("m1"));
        await AssertHearsNothingAsync(host, meter);
        await host.Get<SqliteFile>().WriteAsync(connection => connection.Run("DROP TRIGGER failing"), TestContext.Current.CancellationToken);
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(ordered.CommandId, (await HearAsync(meter)).Message.Id);
    }

    [Fact]
    public async Task Whatever_the_line_does_every_command_comes_in_order_until_it_is_acknowledged_and_then_never_again()
    {
        await using var host = await IngestHost.StartAsync();
        var number = 0;
        // 0: one more is ordered; 1: the device hears the next; 2: it acknowledges what it heard; 3: the line breaks.
        await Gen.Int[0, 3].Array[5, 30].SampleAsync(
            async steps =>
            {
                var (id, ordered, firstHeard, settled, pending) = ($"m{++number}", new List<CommandRow>(), new List<string>(), new HashSet<string>(), new Queue<Heard>());
                WireClient? meter = null;
                // At the end the line holds and everything is acknowledged.
                foreach (var step in steps.Concat(Enumerable.Repeat(-1, 1)))
                {
                    if (step == 0 && ordered.Count < CommandWindow.SizeMax) ordered.Add(await host.OrderAsync(id, Report));
                    else if (step == 1 && ordered.Count > settled.Count + pending.Count) await HearNextAsync();
                    else if (step == 2 && pending.Count > 0) await AcknowledgeNextAsync();
                    else if (step == 3) Break();
                    while (step == -1 && settled.Count < ordered.Count)
                    {
                        if (pending.Count > 0) await AcknowledgeNextAsync();
                        else await HearNextAsync();
                    }
                }

                Break();
                Assert.Equal(ordered.Select(command => command.CommandId), firstHeard);
                Assert.All(ordered, command => Assert.Equal("delivered", host.Command(command).State));

                async Task HearNextAsync()
                {
                    if (meter is null)
                    {
                        meter = await host.ConnectAsync(id);
                        await meter.SubscribeAsync(TopicOf(id));
                    }

                    var heard = await HearAsync(meter);
                    Assert.DoesNotContain(heard.Message.Id, settled);
                    Assert.Equal(host.Command(ordered.Single(command => command.CommandId == heard.Message.Id)).Attempts > 1, heard.IsDuplicate);
                    if (!firstHeard.Contains(heard.Message.Id)) firstHeard.Add(heard.Message.Id);
                    pending.Enqueue(heard);
                }

                async Task AcknowledgeNextAsync()
                {
                    var heard = pending.Dequeue();
                    await meter!.AcknowledgeAsync(heard.PacketId);
                    await UntilStateAsync(host, ordered.Single(command => command.CommandId == heard.Message.Id), "delivered");
                    settled.Add(heard.Message.Id);
                }

                void Break()
                {
                    meter?.Cut();
                    meter = null;
                    pending.Clear();
                }
            },
            iter: 30, threads: 1);
    }

    private static Task UntilStateAsync(IngestHost host, CommandRow command, string state) =>
        Until(() => host.Command(command).State == state, $"state {state} of the command");

    /// <summary>Nothing came before the answer to a ping, asked after everything that writes to the registry's file is through.</summary>
    private static async Task AssertHearsNothingAsync(IngestHost host, WireClient client)
    {
        await host.Get<SqliteFile>().WriteAsync(_ => { });
        await client.PingAsync();
        Assert.Equal(WireClient.PingResp, (await client.ReadAsync())!.Type);
    }
}
