using System.Runtime.CompilerServices;
using System.Text.Json;
using SeniorIoT.Server.Notices;
using Xunit;

namespace SeniorIoT.Server.Tests.Notices;

/// <summary>What we send against the provider's published OpenAPI document, where a copy lies beside the repository.</summary>
public sealed class ContractTests
{
    private const string Document = "shared/data/twilio-messages/twilio_api_v2010.messages.json";

    [Fact]
    public async Task Every_field_we_send_is_in_the_provider_s_own_contract()
    {
        var path = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "../../../..", Document));
        Assert.SkipUnless(File.Exists(path), $"The provider's contract is not beside the repository ({Document}).");
        using var contract = JsonDocument.Parse(await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
        await using var provider = await Provider.StartAsync();
        var options = provider.Options;
        options.PublicUrl = new Uri("https://care.example");
        foreach (var from in (string[])["+14155550100", "MG0123456789abcdef0123456789abcdef"])
        {
            options.From = from;
            using var http = new HttpClient();
            Assert.IsType<SendResult.Taken>(await new TwilioClient(http, options).SendAsync(OutboxTests.AText(), TestContext.Current.CancellationToken));
        }

        var operation = contract.RootElement.GetProperty("paths").GetProperty("/2010-04-01/Accounts/{AccountSid}/Messages.json").GetProperty("post");
        var schema = operation.GetProperty("requestBody").GetProperty("content").GetProperty("application/x-www-form-urlencoded").GetProperty("schema");
        var known = schema.GetProperty("properties").EnumerateObject().Select(field => field.Name).ToHashSet();
        Assert.All(provider.Asked.SelectMany(asked => asked.Form.Keys), field => Assert.Contains(field, known));
        Assert.All(schema.GetProperty("required").EnumerateArray(), field => Assert.All(provider.Asked, asked => Assert.Contains(field.GetString()!, asked.Form.Keys)));
        Assert.True(operation.GetProperty("responses").TryGetProperty("201", out _));
        Assert.Equal("https://care.example/api/v1/sms/twilio/receipt?notice=A0001-0-1", provider.Asked[0].Form["StatusCallback"]);
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
