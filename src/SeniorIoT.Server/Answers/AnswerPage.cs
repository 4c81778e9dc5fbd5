using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using SeniorIoT.Api;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Notices;
using Alert = SeniorIoT.Domain.Alerts.Alert;

namespace SeniorIoT.Server.Answers;

/// <summary>Everything the page says.</summary>
/// <param name="Alert">The alert as it is now.</param>
/// <param name="Name">Whose page it is.</param>
/// <param name="People">Who may be called.</param>
/// <param name="Members">Who may be holding the phone, when it is a group's page; else nobody.</param>
/// <param name="Done">What people did so far.</param>
/// <param name="Zone">The district's clocks.</param>
/// <param name="Once">Names this showing, so that a form sent twice counts once.</param>
/// <param name="Nonce">Lets the one style sheet in.</param>
/// <param name="IsEnglish">Whether English was asked for.</param>
internal sealed record AnswerView(
    Alert Alert, string Name, IReadOnlyList<Responder> People, IReadOnlyList<Responder> Members, IReadOnlyList<TimelineEntry> Done, TimeZoneInfo Zone, string Once, string Nonce, bool IsEnglish);

/// <summary>
/// One alert on a phone, for somebody of 75: big letters, one column, four buttons, no script. Chinese unless English was asked for. Whatever
/// people wrote is encoded.
/// </summary>
internal static class AnswerPage
{
    /// <summary>The other language.</summary>
    public const string English = "en";

    /// <summary>Shown for a token that is none of ours.</summary>
    public static readonly (string Chinese, string English) WrongLink = ("这个链接不对。请重新点开收到的消息，或回复短信。", "This link is not right. Open the message again, or answer by text.");

    /// <summary>Shown for a link that has run out.</summary>
    public static readonly (string Chinese, string English) OldLink = ("这个链接已过期。如需答复，请回复短信或致电居委会。", "This link has run out. To answer, reply by text or call the committee.");

    /// <summary>Shown for a form without an answer.</summary>
    public static readonly (string Chinese, string English) NoAnswer = ("没有收到您的选择。请返回再点一次。", "No answer came with this. Go back and press again.");

    private const string Style = """
        :root{color-scheme:light dark;--ink:#14202b;--quiet:#51606d;--paper:#fff;--line:#c9d3dc;--red:#b3261e;--green:#0b6b3a;--blue:#0b57a4}
        @media(prefers-color-scheme:dark){:root{--ink:#eef3f7;--quiet:#a9b7c3;--paper:#11181e;--line:#3a4854;--red:#c9372c;--green:#17804a;--blue:#1f6fc4}}
        *{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:22px/1.45 system-ui,"Noto Sans CJK SC","Microsoft YaHei",sans-serif}
        main{max-width:32rem;margin:0 auto;padding:1rem}h1{font-size:1.5em;line-height:1.25;margin:.2em 0}p{margin:.45em 0}
        .where{font-size:1.2em;font-weight:700}.quiet{color:var(--quiet);font-size:.85em}.state{border-left:.3em solid var(--green);padding:.3em .6em;background:color-mix(in srgb,var(--green) 10%,transparent)}
        .state.todo{border-color:var(--red);background:color-mix(in srgb,var(--red) 10%,transparent)}form{display:grid;gap:.7rem;margin:1rem 0}
        button{font:inherit;font-weight:700;font-size:1.25em;min-height:3.4rem;border:0;border-radius:.7rem;color:#fff;padding:.5rem 1rem;text-align:center}
        button small{display:block;font-weight:400;font-size:.66em}.here{background:var(--blue)}.safe{background:var(--green)}.help{background:var(--red)}
        fieldset{border:.15rem solid var(--line);border-radius:.7rem;margin:0;padding:.2rem .8rem .4rem}legend{font-size:.85em;color:var(--quiet);padding:0 .3em}
        fieldset label{display:flex;gap:.6em;align-items:center;min-height:2.4rem}fieldset input{width:1.3em;height:1.3em;flex:none}
        .cannot{background:transparent;color:var(--ink);border:.15rem solid var(--line)}button:focus-visible,a:focus-visible{outline:.2rem solid currentColor;outline-offset:.15rem}
        ul,ol{list-style:none;margin:0;padding:0}li{padding:.4em 0;border-top:.06rem solid var(--line)}a{color:inherit;font-weight:700}
        .call a{display:flex;justify-content:space-between;gap:1rem;min-height:2.6rem;align-items:center;text-decoration:none}.call b{text-decoration:underline}h2{font-size:1em;margin:1.2em 0 .2em}
        """;

    /// <summary>The page of an alert.</summary>
    public static string Show(AnswerView view)
    {
        var (alert, say) = (view.Alert, new Func<string, string, string>((zh, en) => view.IsEnglish ? en : zh));
        var body = new StringBuilder();
        body.Append(CultureInfo.InvariantCulture, $"""
            <p class="quiet">{Text(alert.Id.Value)} · {Text(view.Name)} · <a href="?lang={(view.IsEnglish ? "zh" : English)}">{say("English", "中文")}</a></p>
            <h1>{Text(What(alert, view.IsEnglish))}</h1>
            <p>{say("时间", "At")} <b>{At(alert.LastOccurredAt, view)}</b></p>
            <p class="where">{Text(alert.Place.Address)}</p>
            <p>{Text(alert.Place.Resident)}{(Age(alert, view) is { } age ? say($"，{age} 岁", $", {age}") : "")}</p>
            <p class="state {(alert.IsClosed || alert.Response is Response.Given ? "" : "todo")}" role="status">{Text(Standing(alert, view))}</p>

            """);
        if (!alert.IsClosed)
        {
            body.Append(CultureInfo.InvariantCulture, $"""
                <form method="post"><input type="hidden" name="once" value="{view.Once}">{Who(view)}
                {Button("1", "here", "到场", "At the door", "我已在门口", "I am there", view.IsEnglish)}
                {Button("2", "safe", "平安", "All is well", "见到本人，没事", "Seen, and well", view.IsEnglish)}
                {Button("3", "help", "求助", "Help needed", "需要更多人来", "More people must come", view.IsEnglish)}
                {Button("0", "cannot", "不能去", "I cannot go", "马上另找别人", "Others are asked at once", view.IsEnglish)}
                </form>

                """);
        }

        body.Append(CultureInfo.InvariantCulture, $"<h2>{say("打电话", "Call")}</h2><ul class=\"call\">");
        if (alert.Rule == Rule.Smoke) body.Append(Call("119", say("火警", "Fire"), "119"));
        body.Append(Call("120", say("急救", "Ambulance"), "120"));
        foreach (var person in view.People) body.Append(Call(person.Phone, $"{RoleOf(person.Role, view.IsEnglish)} {person.Name}", person.Phone));
        body.Append("</ul>");
        if (view.Done.Count > 0)
        {
            body.Append(CultureInfo.InvariantCulture, $"<h2>{say("已经做了", "Done so far")}</h2><ol>");
            foreach (var line in view.Done) body.Append(CultureInfo.InvariantCulture, $"<li>{At(line.At, view)} {Text(line.By!)} <b>{Text(Deed(line, view.IsEnglish))}</b></li>");
            body.Append("</ol>");
        }

        return Whole(say("警情", "Alert") + " " + alert.Id, body.ToString(), view.Nonce, view.IsEnglish);
    }

    /// <summary>A page that only says why there is nothing to see, in both languages.</summary>
    public static string Refuse((string Chinese, string English) why, string nonce) =>
        Whole("SeniorIoT", $"<h1>{Text(why.Chinese)}</h1><p lang=\"en\">{Text(why.English)}</p><p class=\"quiet\">120 / 119</p>", nonce, isEnglish: false);

    private static string Whole(string title, string body, string nonce, bool isEnglish) => $"""
        <!doctype html><html lang="{(isEnglish ? "en" : "zh-CN")}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
        <title>{Text(title)}</title><style nonce="{nonce}">{Style}</style></head><body><main>
        {body}
        </main></body></html>
        """;

    // The group itself is chosen at first: whoever is in a hurry need not look for a name.
    private static string Who(AnswerView view)
    {
        if (view.Members.Count == 0) return "";
        var choices = new StringBuilder(Choice("", view.Name, isChosen: true));
        foreach (var person in view.Members) choices.Append(Choice(PhoneNumber.ToE164(person.Phone)!, $"{person.Name} {RoleOf(person.Role, view.IsEnglish)}", isChosen: false));
        return $"<fieldset><legend>{(view.IsEnglish ? "Who are you?" : "您是谁")}</legend>{choices}</fieldset>";
    }

    private static string Choice(string number, string who, bool isChosen) =>
        $"<label><input type=\"radio\" name=\"who\" value=\"{Text(number)}\"{(isChosen ? " checked" : "")}>{Text(who)}</label>";

    private static string Button(string digit, string style, string chinese, string english, string hint, string englishHint, bool isEnglish) =>
        $"<button name=\"answer\" value=\"{digit}\" class=\"{style}\">{(isEnglish ? english : chinese)}<small>{(isEnglish ? englishHint : hint)}</small></button>";

    private static string Call(string number, string who, string shown) =>
        $"<li><a href=\"tel:{Text(string.Concat(number.Where(c => char.IsAsciiDigit(c) || c == '+')))}\"><span>{Text(who)}</span><b>{Text(shown)}</b></a></li>";

    private static string What(Alert alert, bool isEnglish)
    {
        var id = alert.Rule.Id;
        if (alert.Help is not null) return isEnglish ? $"Help is needed at the door ({id})" : "现场求助，请马上去";
        return (id, isEnglish) switch
        {
            ("sos", false) => "按了求助键，请马上上门", ("sos", true) => "Pressed for help: go at once",
            ("fall", false) => "可能跌倒，请马上上门", ("fall", true) => "May have fallen: go at once",
            ("smoke", false) => "烟感报警，请马上到场并拨 119", ("smoke", true) => "Smoke alarm: go at once and call 119",
            ("no-water", false) => $"{Hours(alert)} 小时几乎没用水，请上门看看", ("no-water", true) => $"Hardly any water for {Hours(alert)} h: please look in",
            ("burst", false) => "水流异常大，请上门看看", ("burst", true) => "Very much water is running: please look in",
            (_, false) => "设备报告异常，请查看", _ => $"A device reports: {id}",
        };
    }

    private static string Hours(Alert alert) => Math.Floor(alert.Evidence.CoveredHours ?? 0).ToString(CultureInfo.InvariantCulture);

    private static string Standing(Alert alert, AnswerView view) => (alert, view.IsEnglish) switch
    {
        ({ Closing: not null }, false) => "已经结束，谢谢您。", ({ Closing: not null }, true) => "It is over. Thank you.",
        ({ Help: { } help }, false) => $"{help.By} 在现场求助，正在叫人", ({ Help: { } help }, true) => $"{help.By} asked for help; others are being told",
        ({ Response: Response.Awaited }, false) => "还没有人应答", ({ Response: Response.Awaited }, true) => "Nobody has answered yet",
        ({ Dispatch: { ArrivedAt: not null } sent }, false) => $"{sent.To} 已到场", ({ Dispatch: { ArrivedAt: not null } sent }, true) => $"{sent.To} is there",
        ({ Dispatch: { } sent }, false) => $"{sent.To} 正在去", ({ Dispatch: { } sent }, true) => $"{sent.To} is on the way",
        (_, false) => $"{alert.HandledBy} 在处理", _ => $"{alert.HandledBy} sees to it",
    };

    private static string Deed(TimelineEntry line, bool isEnglish) => (line.Kind, isEnglish) switch
    {
        ("acknowledged", false) => "已应答", ("acknowledged", true) => "answered",
        ("dispatched", false) => "派人前往", ("dispatched", true) => "sent somebody",
        ("arrived", false) => line.Text.EndsWith("平安", StringComparison.Ordinal) ? "平安" : "到场",
        ("arrived", true) => line.Text.EndsWith("平安", StringComparison.Ordinal) ? "all is well" : "at the door",
        ("help_asked", false) => "求助", ("help_asked", true) => "asked for help",
        ("declined", false) => "不能去", ("declined", true) => "cannot go",
        ("noted", false) when line.Text.EndsWith("平安", StringComparison.Ordinal) => "平安", ("noted", true) when line.Text.EndsWith("平安", StringComparison.Ordinal) => "all is well",
        ("noted", false) => "备注", ("noted", true) => "wrote a note",
        ("closed", false) => "已结束", ("closed", true) => "closed",
        ("reopened", false) => "重新打开", ("reopened", true) => "opened it again",
        (_, false) => "有新情况", _ => line.Kind.Replace('_', ' '),
    };

    private static string RoleOf(string role, bool isEnglish) => (role, isEnglish) switch
    {
        (Role.Volunteer or Role.SecondVolunteer, false) => "志愿者", (Role.Volunteer or Role.SecondVolunteer, true) => "Volunteer",
        (Role.CommitteeDuty or Role.CommitteeHead, false) => "居委会", (Role.CommitteeDuty or Role.CommitteeHead, true) => "Committee",
        (Role.Supervisor, false) => "监控中心", (Role.Supervisor, true) => "Centre",
        (_, false) => "亲友", _ => "Family",
    };

    private static int? Age(Alert alert, AnswerView view) => TimeZoneInfo.ConvertTime(alert.LastOccurredAt, view.Zone).Year - alert.Place.BirthYear;

    private static string At(DateTimeOffset at, AnswerView view) => TimeZoneInfo.ConvertTime(at, view.Zone).ToString("MM-dd HH:mm", CultureInfo.InvariantCulture);

    private static string Text(string text) => HtmlEncoder.Default.Encode(text);
}
