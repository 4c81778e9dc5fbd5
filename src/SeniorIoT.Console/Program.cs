using Microsoft.AspNetCore.Components.WebAssembly.Hosting;
using SeniorIoT.Console;
using SeniorIoT.Console.Alerts;
using SeniorIoT.Console.Households;
using SeniorIoT.Console.Server;
using SeniorIoT.Console.Shell;
using SeniorIoT.Console.Storms;
using SeniorIoT.Console.Words;

var builder = WebAssemblyHostBuilder.CreateDefault(args);
builder.RootComponents.Add<App>("#app");
var server = new Uri(builder.HostEnvironment.BaseAddress);
builder.Services
    .AddSingleton(TimeProvider.System)
    .AddSingleton(new HttpClient { BaseAddress = server, Timeout = TimeSpan.FromSeconds(20) })
    .AddSingleton<Wording>()
    .AddSingleton<Browser>()
    .AddSingleton<Session>()
    .AddSingleton<ServerApi>()
    .AddSingleton<LinkState>()
    .AddSingleton<Ticker>()
    .AddSingleton<AlertBoard>()
    .AddSingleton<AlertFeed>()
    .AddSingleton<AlertDesk>()
    .AddSingleton<IncidentBoard>()
    .AddSingleton<IncidentFeed>()
    .AddSingleton<IncidentDesk>()
    .AddSingleton<AlarmSound>()
    .AddSingleton<Drafts>()
    .AddSingleton<Responders>()
    .AddSingleton(services => ActivatorUtilities.CreateInstance<LiveLink>(services, server));
await builder.Build().RunAsync();
