using System.Collections.Concurrent;
using SeniorIoT.Simulators.Control;
using SeniorIoT.Simulators.Devices;
using SeniorIoT.Simulators.Homes;
using SeniorIoT.Simulators.Wire;

namespace SeniorIoT.Simulators.Demo;

/// <summary>What a demonstration is made of.</summary>
internal sealed record DemoOptions(MqttAddress Mqtt, int Homes, long Seed, string StateFolder, Uri Control, double IncidentsPerHour);

/// <summary>A district that lives until it is told to stop.</summary>
internal sealed class DemoRun(ApiClient api, DemoOptions options, TimeProvider clock)
{
    private const int ConnectsPerSecond = 200;
    private static readonly TimeSpan WriteEvery = TimeSpan.FromMinutes(5);

    // Told again after a restart, in case the last messages never left; the server knows them by their content.
    private static readonly TimeSpan ToldMargin = TimeSpan.FromHours(1);

    private readonly WireCounts _counts = new();
    private readonly ConcurrentDictionary<string, string> _secrets = [];

    /// <summary>Enrols, opens the scene, and plays until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        Directory.CreateDirectory(options.StateFolder);
        var notebook = Notebook.Read(options.StateFolder, options.Seed) ?? District.NewStory(options.Seed, options.Homes, clock.GetUtcNow());
        await EnrolAsync(notebook, cancellation);

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var agenda = new Agenda(clock);
        List<DeviceConnection> connections = [];
        var pace = new Pace(clock, ConnectsPerSecond);
        var homes = District.Build(notebook, options.Homes, agenda, deviceId =>
        {
            var chance = Dice.For(options.Seed, deviceId);
            var connection = new DeviceConnection(options.Mqtt, new(deviceId, _secrets[deviceId]), pace, _counts, clock, chance);
            connections.Add(connection);
            return new Line(connection.Send, connection.Power);
        });
        Open(agenda, homes, notebook);

        await using var control = await ControlPage.StartAsync(options.Control, homes, agenda, _counts, ending.Token);
        Tell($"{options.Homes} homes with {connections.Count} devices live; control page: {options.Control}");
        try
        {
            List<Task> lives = [agenda.RunAsync(ending.Token), TellAwaysAsync(homes, ending.Token), .. connections.Select(connection => connection.RunAsync(ending.Token))];
            await Task.WhenAll(lives.Select(life => EndsAllAsync(life, ending)));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            Tell("Stopping.");
        }
        finally
        {
            await ending.CancelAsync();
            Write(notebook, homes);
            Tell(_counts.ToString());
        }
    }

    // Whoever ends first ends all: an agenda or a connection that broke must not look like a quiet night.
    private static async Task EndsAllAsync(Task life, CancellationTokenSource ending)
    {
        try
        {
            await life;
        }
        finally
        {
            await ending.CancelAsync();
        }
    }

    private async Task EnrolAsync(Notebook notebook, CancellationToken cancellation)
    {
        foreach (var (deviceId, secret) in notebook.Secrets)
        {
            _secrets[deviceId] = secret;
        }

        var started = clock.GetTimestamp();
        var enrolment = new Enrolment(api, options.Seed);
        try
        {
            await enrolment.EnrolAsync([.. Enumerable.Range(0, options.Homes).Select(number => HomePlan.Of(options.Seed, number))], _secrets, cancellation);
        }
        finally
        {
            (notebook with { Secrets = new(_secrets) }).Write(options.StateFolder);
        }

        Tell($"Enrolled {enrolment.Created} new households and {enrolment.Secrets} devices in {clock.GetElapsedTime(started).TotalSeconds:0.0} s.");
    }

    private void Open(Agenda agenda, IReadOnlyList<Home> homes, Notebook notebook)
    {
        var now = clock.GetUtcNow();
        District.Open(homes, options.Seed, now);
        new Incidents(homes, agenda, options.Seed, now, options.IncidentsPerHour, Tell).Start();
        agenda.Every(now + WriteEvery, WriteEvery, _ => Write(notebook, homes));
        agenda.Every(now + TimeSpan.FromSeconds(15), WriteEvery, _ => Tell(_counts.ToString()));
    }

    private void Write(Notebook notebook, IReadOnlyList<Home> homes)
    {
        var told = clock.GetUtcNow() - ToldMargin;
        var written = notebook with
        {
            ToldUntil = told > notebook.ToldUntil ? told : notebook.ToldUntil,
            Secrets = new(_secrets),
            Stops = homes.Where(home => home.Meter.Register.Stops.Count > 0).ToDictionary(home => home.Plan.HouseholdId, home => home.Meter.Register.Stops.ToList()),
        };
        written.Write(options.StateFolder);
    }

    // Most people say that they will be away; a few forget, and that is an alert.
    private async Task TellAwaysAsync(IReadOnlyList<Home> homes, CancellationToken cancellation)
    {
        using var daily = new PeriodicTimer(TimeSpan.FromDays(1), clock);
        do
        {
            var now = clock.GetUtcNow();
            foreach (var home in homes)
            {
                if (AwayOf(home.Plan, now) is not { } away)
                {
                    continue;
                }

                try
                {
                    await api.PostAwayAsync(home.Plan.HouseholdId, away, cancellation);
                }
                catch (ApiException e)
                {
                    Tell(e.Message);
                }
            }
        }
        while (await daily.WaitForNextTickAsync(cancellation));
    }

    private AwayBody? AwayOf(HomePlan plan, DateTimeOffset now)
    {
        var person = Person.Of(options.Seed, plan.Number);
        var tomorrow = DateOnly.FromDateTime(now.ToOffset(Changning.Offset).Date).AddDays(1);
        var away = person.AwayAround(tomorrow) ?? person.AwayAround(tomorrow.AddDays(-1));
        return away is { } gone && gone.Until > now && Dice.For(options.Seed, "says", plan.Number).Chance(0.9)
            ? new AwayBody(gone.From.ToUniversalTime(), gone.Until.ToUniversalTime(), "visits family")
            : null;
    }

    private void Tell(string line) => Console.WriteLine($"{clock.GetUtcNow().ToOffset(Changning.Offset):HH:mm:ss} {line}");
}
