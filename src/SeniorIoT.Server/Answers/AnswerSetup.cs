using SeniorIoT.Server.Hosting;
using SeniorIoT.Server.Notices;

namespace SeniorIoT.Server.Answers;

/// <summary>Answers of people as services and routes.</summary>
internal static class AnswerSetup
{
    /// <summary>Adds them. Needs the alerts, and for links the keys of <c>AddAccess</c>.</summary>
    public static IServiceCollection AddAnswers(this IServiceCollection services)
    {
        services.AddSingleton(provider => provider.GetRequiredService<ServerOptions>().Answers);
        services.AddSingleton<InboundStore>().AddSingleton<AnswerDesk>().AddSingleton<AnswerLinks>().AddSingleton<AnswerPages>();
        services.AddSingleton<InboundTexts>().AddHostedService(provider => provider.GetRequiredService<InboundTexts>());
        return services;
    }
}
