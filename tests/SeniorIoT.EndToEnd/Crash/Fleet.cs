using System.Globalization;
using SeniorIoT.EndToEnd.Parts;

namespace SeniorIoT.EndToEnd.Crash;

/// <summary>
/// What devices send, from before the first kill until after the last, each at its own pace and without regard to whether there is a
/// server: people press, smoke comes and goes, meters upload, a gateway speaks for its children.
/// </summary>
internal sealed class Fleet(int port, Homes homes, Ledger ledger, int seed)
{
    private const int Hands = 5;
    private const double GivesUp = 0.1, PressedAgain = 0.3, PubAckOverlooked = 0.1, HasSmoke = 0.35;
    private const int MeterWindow = 4, GatewayWindow = 6, MessagesMax = 7, ReadingsMax = 15;
    private static readonly TimeSpan PauseMax = TimeSpan.FromMilliseconds(300);

    private readonly List<Task> _all = [];
    private volatile bool _isEnough;

    /// <summary>Begins.</summary>
    public void Start()
    {
        for (var hand = 0; hand < Hands; hand++) _all.Add(PressAsync(Chance(hand), isVersion5: hand % 2 == 0));
        foreach (var (i, meter) in homes.MetersOnTheirOwn.Index()) _all.Add(MeasureAsync(meter, Chance(100 + i)));
        _all.Add(ForwardAsync(Chance(200)));
    }

    /// <summary>Throws when a device met something that may never happen.</summary>
    public void ThrowIfFailed() => _all.FirstOrDefault(one => one.IsFaulted)?.GetAwaiter().GetResult();

    /// <summary>Nothing new is made; what is open is sent until it is acknowledged. Needs a server that stays.</summary>
    public async Task FinishAsync()
    {
        _isEnough = true;
        await Task.WhenAll(_all).WaitAsync(TimeSpan.FromMinutes(2));
    }

    private Random Chance(int who) => new((seed * 1000) + who);

    /// <summary>One home after the other: its button or detector connects, says what it has to say, and leaves.</summary>
    private async Task PressAsync(Random chance, bool isVersion5)
    {
        while (!_isEnough)
        {
            if (!homes.OnTheirOwn.TryDequeue(out var home)) throw new InvalidOperationException("There are fewer homes than hands.");
            var (device, messages) = Happening(home, chance);
            using (var client = new Client(port, device, ledger, chance, window: chance.Next(1, 4), isVersion5))
            {
                if (await client.SayAsync(messages, GivesUp) && chance.NextDouble() < PubAckOverlooked) await client.SayAsync([messages[^1]]);
            }

            homes.OnTheirOwn.Enqueue(home);
            await Wait.PauseAsync(PauseMax * chance.NextDouble());
        }
    }

    /// <summary>A gateway keeps its connection and sends for several homes at once.</summary>
    private async Task ForwardAsync(Random chance)
    {
        using var client = new Client(port, homes.Gateway, ledger, chance, GatewayWindow, isVersion5: true);
        while (!_isEnough)
        {
            List<Message> messages = [];
            for (var some = chance.Next(1, 4); some > 0 && homes.Children.TryDequeue(out var home); some--)
            {
                messages.AddRange(Happening(home, chance).Messages);
                homes.Children.Enqueue(home);
            }

            await client.SayAsync(messages);
            await Wait.PauseAsync(PauseMax * chance.NextDouble());
        }
    }

    /// <summary>A meter uploads one reading, or several at once, or several batches.</summary>
    private async Task MeasureAsync(Enrolled meter, Random chance)
    {
        var register = new Register(Payload.Now);
        using var client = new Client(port, meter, ledger, chance, MeterWindow, isVersion5: false);
        for (var number = 0; !_isEnough;)
        {
            List<Message> messages = [];
            for (var some = chance.Next(1, MessagesMax); some > 0; some--)
            {
                var readings = register.Read(chance.NextDouble() < 0.5 ? 1 : chance.Next(2, ReadingsMax));
                var mid = "r" + (++number).ToString(CultureInfo.InvariantCulture);
                var payload = readings is [var one] ? Payload.Reading(mid, one.At, one.Litres) : Payload.Batch(mid, readings);
                messages.Add(ledger.Add(meter.Topic("telemetry"), payload, new Says.Readings(meter.Id, readings)));
            }

            await client.SayAsync(messages);
            await Wait.PauseAsync(PauseMax * chance.NextDouble());
        }
    }

    private (Enrolled Device, List<Message> Messages) Happening(Home home, Random chance) =>
        chance.NextDouble() < HasSmoke ? (home.Detector, Smoke(home, chance)) : (home.Button, Presses(home, chance));

    private List<Message> Presses(Home home, Random chance)
    {
        List<Message> presses = [];
        do
        {
            var payload = Payload.Event(Identity(home, chance), Payload.Now, "\"sos\":{\"type\":\"press\",\"button\":\"emergency\"}");
            presses.Add(ledger.Add(home.Topic(home.Button, "event"), payload, new Says.Call(home.Id, "sos")));
        }
        while (chance.NextDouble() < PressedAgain);
        return presses;
    }

    private List<Message> Smoke(Home home, Random chance)
    {
        var topic = home.Topic(home.Detector, "event");
        List<Message> messages = [ledger.Add(topic, Payload.Event(Identity(home, chance), Payload.Now, "\"smoke\":{\"type\":\"alarm\"}"), new Says.Call(home.Id, "smoke"))];
        if (chance.Next(2) == 0)
            messages.Add(ledger.Add(topic, Payload.Event(Identity(home, chance), Payload.Now, "\"smoke\":{\"type\":\"clear\"}"), new Says.Clear(home.Id)));
        return messages;
    }

    /// <summary>Some firmware counts boots and messages, some makes up a name.</summary>
    private static string Identity(Home home, Random chance) =>
        chance.Next(2) == 0 ? $"\"boot\":1,\"seq\":{home.NextNumber()}" : $"\"mid\":\"m{home.NextNumber()}\"";

    /// <summary>A register in a home that gives no reason for an alert: water every minute but the last hour of a day, less than 2 m³.</summary>
    private sealed class Register(DateTimeOffset now)
    {
        private const int MinutesADay = 24 * 60;
        private const long FirstLitres = 1000;

        private DateTimeOffset _at = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero).AddDays(-300);
        private long _litres = FirstLitres;

        /// <summary>The next readings, a minute apart: no two of a meter have the same time.</summary>
        public List<(DateTimeOffset At, long Litres)> Read(int count)
        {
            List<(DateTimeOffset At, long Litres)> readings = [];
            for (; count > 0; count--)
            {
                _at = _at.AddMinutes(1);
                if (_at.TimeOfDay.TotalMinutes < MinutesADay - 60) _litres++;
                readings.Add((_at, _litres));
            }

            return readings;
        }
    }
}
