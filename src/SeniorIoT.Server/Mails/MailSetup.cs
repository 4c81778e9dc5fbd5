using SeniorIoT.Api;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Mails;

/// <summary>Mails as services and as a list.</summary>
internal static class MailSetup
{
    /// <summary>Adds <c>mail.db</c> in <paramref name="dataFolder"/>, and what sends from it.</summary>
    public static IServiceCollection AddMail(this IServiceCollection services, MailOptions options, string dataFolder)
    {
        services.AddSingleton(options);
        services.AddSingleton(_ => new MailStore(new SqliteFile(Path.Combine(dataFolder, "mail.db"), MailStore.Migrations)));
        services.AddSingleton<Mailer>().AddHostedService(provider => provider.GetRequiredService<Mailer>());
        return services;
    }

    /// <summary>Maps the list of mails.</summary>
    public static void MapMail(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v1/mails", List).RequireAuthorization(AccessPolicies.WholeDistrict).WithTags("Mails").Produces<Page<Mail>>().ProducesValidationProblem();

    private static IResult List(MailStore mails, string? cursor, int? limit)
    {
        var faults = new Faults();
        var (before, count) = PageRequest.ReadFalling(cursor, limit, faults);
        return faults.Any ? faults.ToResult() : TypedResults.Ok(mails.List(before, count));
    }
}
