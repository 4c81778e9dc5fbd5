namespace SeniorIoT.Console.Words;

/// <summary>The texts of how people answer, and of what an operator may do with an alert beside answering it; the tables take them in.</summary>
internal static class AnswerTexts
{
    private static readonly (string Key, string English, string Chinese)[] Both =
    [
        ("act.handOver", "Hand over", "移交"),
        ("act.handOverConfirm", "Hand it over", "确认移交"),
        ("act.handOverTo", "To whom (user name)", "移交给（用户名）"),
        ("act.lostRace", "{0} was faster at {1}: {2}. Look again, then decide.", "{0} 已于 {1} 先行处理：{2}。请看清现状再操作。"),
        ("act.noteKept", " Your note is kept.", " 您写的备注还在。"),
        ("act.regrade", "Priority", "改级别"),
        ("act.regradeConfirm", "Change priority", "确认改级别"),
        ("act.regradeTo", "New priority", "改为"),
        ("act.regradeWhy", "Why", "原因"),
        ("act.reopen", "Open again", "重新打开"),
        ("act.takeOver", "Take over", "接手"),
        ("answer.cannot_come", "cannot go", "不能去"),
        ("answer.here", "at the door", "到场"),
        ("answer.needs_help", "asks for help", "求助"),
        ("answer.on_the_way", "on the way", "在路上"),
        ("answer.safe", "all is well", "平安"),
        ("detail.handledBy", "in the hands of {0}", "{0} 负责"),
        ("from.console", "(console, {0})", "（控制台 {0}）"),
        ("from.page", "(phone page, {0})", "（手机页 {0}）"),
        ("from.sms", "(text, {0})", "（短信 {0}）"),
        ("notice.answered", "answered: {0}", "已回复：{0}"),
        ("smsReply.SMS: 不能去", "by SMS: cannot go", "短信回复：不能去"),
        ("smsReply.SMS: 在路上", "by SMS: on the way", "短信回复：在路上"),
        ("smsReply.SMS: 求助", "by SMS: asks for help", "短信回复：求助"),
        ("smsReply.page: 不能去", "on the page: cannot go", "手机页：不能去"),
        ("smsReply.page: 到场", "on the page: at the door", "手机页：到场"),
        ("smsReply.page: 平安", "on the page: seen, all is well", "手机页：平安"),
        ("smsReply.page: 求助", "on the page: asks for help", "手机页：求助"),
        ("state.handled", "in the hands of {0}", "{0} 在处理"),
        ("state.helpAsked", "{0} asks for help", "{0} 现场求助"),
        ("textFate.acted", "done", "已处理"),
        ("textFate.closed", "the case was over", "案件已结束"),
        ("textFate.echo", "our own text came back", "退回的本系统短信"),
        ("textFate.failed", "could not be worked off", "处理失败"),
        ("textFate.no_answer", "a code without an answer", "只有案件号"),
        ("textFate.no_case", "nothing waits for the sender", "没有待回复的案件"),
        ("textFate.not_yours", "not a case of the sender", "案件号不对"),
        ("textFate.several", "several cases, none named", "多件未写案件号"),
        ("textFate.unclear", "not understood", "看不懂"),
        ("textFate.waiting", "being worked off", "处理中"),
        ("texts.alerts", "Alerts", "警情"),
        ("texts.fate", "What became of it", "处理结果"),
        ("texts.from", "From", "发送者"),
        ("texts.hint", "everything that people answered by text", "收到的全部短信回复"),
        ("texts.noReply", "not answered", "未回复"),
        ("texts.reply", "Our answer", "系统答复"),
        ("texts.text", "Text", "内容"),
        ("texts.title", "Texts received", "收到的短信"),
        ("texts.unknown", "unknown number", "陌生号码"),
        ("timeline.called_again", "Called again", "再次呼叫"),
        ("timeline.declined", "Cannot go", "不能去"),
        ("timeline.grades", "{0} → {1}: {2}", "{0} → {1}：{2}"),
        ("timeline.handed_over", "Handed over", "移交"),
        ("timeline.help_asked", "Asks for help", "现场求助"),
        ("timeline.regraded", "Priority changed", "改级别"),
        ("timeline.reopened", "Opened again", "重新打开"),
        ("timeline.stopped", "Nobody is told any more", "停止通知"),
        ("timeline.to", "to {0}", "给 {0}"),
    ];

    /// <summary>What the server says of answers, as <see cref="ServerTexts"/> has the rest of its sentences.</summary>
    public static IReadOnlyDictionary<string, string> FromServer { get; } = new Dictionary<string, string>
    {
        ["everybody who was told cannot come"] = "收到通知的人都不能去",
        ["Alert {0} was closed, and another has begun since."] = "警情 {0} 已关闭，之后又有新的警情。",
        ["{0} has already answered."] = "{0} 已应答。",
        ["Nobody has answered it yet: acknowledge it instead."] = "还没有人应答，请直接确认。",
        ["There is no user '{0}'."] = "没有用户“{0}”。",
        ["It was closed more than {0} hours ago; write a note, or wait for the next finding."] = "关闭已超过 {0} 小时，不能重新打开；请写备注，或等待新的警情。",
        ["the condition is over"] = "情况已解除",
        ["the ladder ends here"] = "通知阶梯到此为止",
    };

    public static IEnumerable<KeyValuePair<string, string>> English => Both.Select(text => KeyValuePair.Create(text.Key, text.English));

    public static IEnumerable<KeyValuePair<string, string>> Chinese => Both.Select(text => KeyValuePair.Create(text.Key, text.Chinese));
}
