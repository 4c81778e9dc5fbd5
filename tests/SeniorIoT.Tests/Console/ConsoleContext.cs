using System.Net;
using System.Text;
using Bunit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using SeniorIoT.Api;
using SeniorIoT.Console.Alerts;
using SeniorIoT.Console.Households;
using SeniorIoT.Console.Server;
using SeniorIoT.Console.Shell;
using SeniorIoT.Console.Storms;
using SeniorIoT.Console.Words;

namespace SeniorIoT.Tests.Console;

/// <summary>The console's services around a clock that only the test moves and a server that is a function.</summary>
public abstract class ConsoleContext : BunitContext
{
    protected static readonly DateTimeOffset Noon = new(2026, 3, 9, 4, 0, 0, TimeSpan.Zero);

    protected ConsoleContext()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Module = JSInterop.SetupModule("./js/console.js");
        Module.Mode = JSRuntimeMode.Loose;
        Module.Setup<bool>("play", _ => true).SetResult(true);
        var http = new HttpClient(Server) { BaseAddress = new("http://server.test/") };
        Services.AddSingleton<TimeProvider>(Time).AddSingleton(http).AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
            .AddSingleton<Wording>().AddSingleton<Browser>().AddSingleton<Session>().AddSingleton<ServerApi>().AddSingleton<Ticker>()
            .AddSingleton<LinkState>().AddSingleton<AlertBoard>().AddSingleton<AlertFeed>().AddSingleton<AlertDesk>().AddSingleton<IncidentBoard>().AddSingleton<IncidentFeed>().AddSingleton<IncidentDesk>().AddSingleton<AlarmSound>()
            .AddSingleton<Drafts>().AddSingleton<Responders>().AddSingleton(services => ActivatorUtilities.CreateInstance<LiveLink>(services, http.BaseAddress));
    }

    protected FakeTimeProvider Time { get; } = new(Noon);

    protected BunitJSModuleInterop Module { get; }

    protected FakeServer Server { get; } = new();

    protected AlertBoard Board => Services.GetRequiredService<AlertBoard>();

    protected Task LogInAsync(string role = Roles.Administrator) =>
        Services.GetRequiredService<Session>().BeginAsync(new("token", 3600, "li.min", role, null));

    /// <summary>Lets seconds pass one by one, as they do: a clock moved at once is the same moment to every timer.</summary>
    protected void Pass(int seconds)
    {
        for (var second = 0; second < seconds; second++)
            Time.Advance(TimeSpan.FromSeconds(1));
    }

    internal static Alert An(string id, string rule = "sos", string priority = "P1", int version = 1, double minutesAgo = 1) => new()
    {
        AlertId = id,
        HouseholdId = "H-" + id,
        DeviceId = "D-" + id,
        Rule = rule,
        Priority = priority,
        State = "open",
        RaisedAt = Noon.AddMinutes(-minutesAgo),
        OccurredAt = Noon.AddMinutes(-minutesAgo),
        Address = "愚园路 1 弄 2 号",
        Resident = "张秀英",
        BirthYear = 1944,
        LivesAlone = true,
        Committee = "岐山",
        SubDistrict = "江苏路街道",
        Evidence = new(null, null, null, null, null, null, null, null, null, [], null),
        Version = version,
    };
}

/// <summary>Answers what the test says for a request, and remembers what was asked.</summary>
public sealed class FakeServer : HttpMessageHandler
{
    private readonly Dictionary<string, Func<Task<HttpResponseMessage>>> _answers = [];

    public List<string> Asked { get; } = [];

    /// <summary>Sets the answer of a method and path, e.g. <c>POST alerts/A1/acknowledge</c>; the query does not matter.</summary>
    public void On(string request, string json, HttpStatusCode status = HttpStatusCode.OK) => _answers[request] = () => Task.FromResult(Json(json, status));

    /// <summary>Sets an answer that comes when the test says so.</summary>
    public TaskCompletionSource<HttpResponseMessage> OnLater(string request)
    {
        var later = new TaskCompletionSource<HttpResponseMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        _answers[request] = () => later.Task;
        return later;
    }

    public static HttpResponseMessage Json(string json, HttpStatusCode status = HttpStatusCode.OK) =>
        new(status) { Content = new StringContent(json, Encoding.UTF8, (int)status < 400 ? "application/json" : "application/problem+json") };

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath.Replace("/api/v1/", "", StringComparison.Ordinal);
        var asked = $"{request.Method} {path}";
        lock (Asked)
            Asked.Add(asked);
        return _answers.TryGetValue(asked, out var answer) ? answer() : throw new HttpRequestException("nobody answers " + asked);
    }
}
