using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using SeniorIoT.Api;
using SeniorIoT.Console.Households;
using SeniorIoT.Console.Words;
using SeniorIoT.Domain.Alerts;
using Xunit;

namespace SeniorIoT.Tests.Console;

public sealed partial class WordingTests
{
    private static readonly IReadOnlyDictionary<string, string> Chinese = Wording.Table(Wording.Chinese);
    private static readonly IReadOnlyDictionary<string, string> English = Wording.Table(Wording.English);

    [Fact]
    public void Both_languages_say_the_same_things()
    {
        Assert.Equal(Chinese.Keys.Order(StringComparer.Ordinal), English.Keys.Order(StringComparer.Ordinal));
        Assert.All(Chinese.Keys, key => Assert.Equal(Places(Chinese[key]), Places(English[key])));
        Assert.All(Chinese.Values.Concat(English.Values), text => Assert.NotEmpty(text));
    }

    [Fact]
    public void Every_text_that_the_console_asks_for_is_written()
    {
        var keys = Directory.EnumerateFiles(ConsoleSource(), "*.*", SearchOption.AllDirectories)
            .Where(file => file.EndsWith(".razor", StringComparison.Ordinal) || file.EndsWith(".cs", StringComparison.Ordinal))
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
            .SelectMany(file => Asked().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value))
            .Where(key => !key.EndsWith('.')).Distinct().ToList();
        Assert.True(keys.Count > 100, "The pattern no longer finds the console's texts.");
        Assert.Empty(keys.Except(Chinese.Keys));
    }

    [Fact]
    public void Every_id_the_server_sends_has_a_name()
    {
        string[] ids =
        [
            .. Rule.All.Select(rule => "rule." + rule.Id),
            .. Outcomes.All.Select(outcome => "outcome." + outcome),
            .. ContactRow.Roles.Select(role => "role." + role),
            .. new[] { "owed", "sending", "sent", "delivered", "undelivered", "failed", "not_sent", "held_back", "shown" }.Select(state => "notice." + state),
            .. new[] { "console", "sms", "webhook", "wecom" }.Select(channel => "channel." + channel),
            .. new[] { "twilio", "aliyun", "webhook", "wecom" }.Select(provider => "provider." + provider),
            .. new[] { "waiting", "sent", "failed", "not_sent" }.Select(state => "mailState." + state),
            .. new[] { "raised", "repeated", "cleared", "acknowledged", "dispatched", "arrived", "noted", "escalated", "closed", "called_again", "handed_over", "regraded", "reopened", "stopped", "help_asked", "declined" }.Select(kind => "timeline." + kind),
            .. new[] { "unanswered", "answered", "open", "technical", "closed" }.Select(lane => "lane." + lane),
            .. new[] { "over-before-known", "smoke-test", "absence-ended", "returned", "old" }.Select(kind => "history." + kind),
            .. new[] { "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday" }.Select(day => "weekday." + day),
            .. new[] { "ok", "retrying", "paused", "full" }.Select(state => "storeState." + state),
            .. new[] { "healthy", "degraded", "unhealthy" }.Select(status => "health." + status),
            .. Enum.GetValues<Domain.Notices.Answer>().Select(answer => "answer." + System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(answer.ToString())),
            .. Enum.GetValues<Domain.Notices.Answer>().Select(answer => "smsReply.SMS: " + Domain.Notices.AnswerRules.Word(answer)),
            .. Enum.GetValues<Domain.Notices.ReplyFate>().Select(fate => "textFate." + System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(fate.ToString())),
            .. new[] { "ingest", "outbox", "telemetry" }.Select(check => "check." + check),
            .. new[] { "connecting", "live", "lost" }.Select(condition => "link." + condition),
        ];
        Assert.Empty(ids.Except(Chinese.Keys));
    }

    private static string Places(string text) => string.Join(' ', Place().Matches(text).Select(match => match.Value).Distinct().Order(StringComparer.Ordinal));

    private static string ConsoleSource([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../src/SeniorIoT.Console"));

    [GeneratedRegex(@"\{\d\}")]
    private static partial Regex Place();

    [GeneratedRegex(@"[Ww]ords(?:\.Say\(|\[)""([^""]+)""")]
    private static partial Regex Asked();
}
