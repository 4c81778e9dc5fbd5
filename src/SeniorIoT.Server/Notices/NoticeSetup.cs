using Microsoft.Extensions.Http.Resilience;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Channels;
using SeniorIoT.Server.Households;

namespace SeniorIoT.Server.Notices;

/// <summary>Notices as services: stores, providers, and what sends and hears.</summary>
internal static class NoticeSetup
{
    /// <summary>Adds them. A provider without an account is not there at all.</summary>
    public static IServiceCollection AddNotices(this IServiceCollection services, TwilioOptions twilio, AliyunOptions aliyun, SmsOptions sms)
    {
        services.AddSingleton(twilio).AddSingleton(aliyun).AddSingleton(sms);
        services.AddSingleton(provider => new NoticeStore(provider.GetRequiredService<AlertStore>().File));
        services.AddSingleton(provider => new NoticeReceipts(provider.GetRequiredService<AlertStore>().File));
        services.AddSingleton(provider => new AttemptStore(provider.GetRequiredService<AlertStore>().File));
        services.AddSingleton(provider => new ProviderStore(provider.GetRequiredService<AlertStore>().File));
        services.AddSingleton(provider => new CallbackStore(provider.GetRequiredService<AlertStore>().File));
        services.AddSingleton(provider => new AreaChannels(provider.GetRequiredService<Registry>().File));
        if (twilio.AccountSid is not null) AddProvider<TwilioClient>(services);
        if (aliyun.AccessKeyId is not null) AddProvider<AliyunClient>(services);
        AddProvider<WebhookProvider>(services);
        AddProvider<WecomProvider>(services);
        services.AddSingleton<ProviderDesk>().AddSingleton<NoticeSender>().AddSingleton<InboundTexts>().AddSingleton<OutboxBell>();
        services.AddSingleton<Outbox>().AddHostedService(provider => provider.GetRequiredService<Outbox>());
        services.AddSingleton<ProviderWatcher>().AddHostedService(provider => provider.GetRequiredService<ProviderWatcher>());
        services.AddSingleton<CallbackWorker>().AddHostedService(provider => provider.GetRequiredService<CallbackWorker>());
        services.AddHealthChecks().AddCheck<OutboxHealth>("outbox", tags: ["ready"]);
        return services;
    }

    // A POST is never repeated beneath us: a repeated POST is a second text. Nor does it follow to another address: what it carries is for this one.
    private static void AddProvider<T>(IServiceCollection services)
        where T : class, IProvider
    {
        services.AddHttpClient<T>().ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(5) })
            .AddStandardResilienceHandler(resilience => resilience.Retry.DisableForUnsafeHttpMethods());
        services.AddSingleton<IProvider>(provider => provider.GetRequiredService<T>());
    }
}
