using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Server.Answers;
using SeniorIoT.Server.Notices;

namespace SeniorIoT.Server.Channels;

/// <summary>
/// The robot of a WeCom group: a text message to the address that holds the robot's key, with a link to the page on which the group answers where such links are given out. Each robot takes 20 messages a minute. It answers 200
/// also when it refuses; <c>errcode</c> tells.
/// </summary>
internal sealed class WecomProvider(HttpClient http, AreaChannels channels, AnswerLinks links) : IProvider
{
    private const int Ok = 0;
    private const int TooFast = 45009;

    /// <inheritdoc/>
    public string Name => "wecom";

    /// <inheritdoc/>
    public NoticeChannel Channel => NoticeChannel.Wecom;

    /// <inheritdoc/>
    public double TextsPerSecond => 20.0 / 60;

    /// <inheritdoc/>
    public bool IsPacedByAddress => true;

    /// <inheritdoc/>
    public bool GivesReceipts => false;

    /// <inheritdoc/>
    public bool Reaches(string to) => channels.Find(to) is { Kind: NoticeChannel.Wecom };

    /// <inheritdoc/>
    public async Task<SendResult> SendAsync(Outgoing text, CancellationToken cancel)
    {
        if (channels.Find(text.To) is not { } channel) return new SendResult.Refused(SendFault.Content, "the channel was taken away");
        var content = links.ForGroup(text.Values.GetValueOrDefault("code"), channel) is { } page ? $"{text.Text}\n{page}" : text.Text;
        using var request = new HttpRequestMessage(HttpMethod.Post, channel.Url)
        {
            Content = new StringContent(JsonSerializer.Serialize(new WecomMessage("text", new WecomText(content)), WecomJson.Default.WecomMessage), Encoding.UTF8, "application/json"),
        };
        return await ProviderHttp.TryAsync(http, request, async response =>
        {
            if (!response.IsSuccessStatusCode) return ProviderHttp.OfStatus(response, $"HTTP {(int)response.StatusCode}");
            var answer = JsonSerializer.Deserialize(await ProviderHttp.ReadAsync(response, cancel), WecomJson.Default.WecomAnswer);
            return answer?.Errcode switch
            {
                Ok => new SendResult.Taken(text.NoticeId),
                TooFast => new SendResult.Refused(SendFault.TooFast, "45009", TimeSpan.FromMinutes(1)),
                { } code => new SendResult.Refused(SendFault.Content, ProviderHttp.Short($"{code}: {answer.Errmsg}")),
                null => new SendResult.Unknown("the answer had no errcode"),
            };
        }, cancel);
    }
}

/// <summary>What a robot gets.</summary>
internal sealed record WecomMessage(string Msgtype, WecomText Text);

/// <inheritdoc cref="WecomMessage"/>
internal sealed record WecomText(string Content);

/// <summary>What it answers.</summary>
internal sealed record WecomAnswer(int? Errcode, string? Errmsg);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(WecomMessage))]
[JsonSerializable(typeof(WecomAnswer))]
internal sealed partial class WecomJson : JsonSerializerContext;
