using System.Net;
using System.Text.Json;
using Bunit;
using SeniorIoT.Api;
using SeniorIoT.Console.Rules;
using Xunit;

namespace SeniorIoT.Tests.Console;

public sealed class RuleEditorTests : ConsoleContext
{
    private const string Path = "rules/committee/x";
    private static readonly RulePreset Preset = new("changning", "changning-1", RuleSheetTests.Changning);
    private static readonly RuleSet First = new("committee", "x", 1, "committee:x-1", "changning", Preset.Numbers, null, null, Noon, "li.min", "first");

    [Fact]
    public void Saving_shows_what_will_change_and_asks_once()
    {
        RuleSet? saved = null;
        Server.On("PUT " + Path, Json(First with { Version = 2 }));
        var editor = Editor(set => saved = set);
        editor.Find("#rule-numbers-noWaterHours").Change("15");
        editor.Find("form").Submit();
        Assert.Equal("未用水·时长 12 小时 → 15 小时", editor.Find("[data-testid=rule-ask] li").TextContent);
        Assert.Empty(Server.Asked);
        editor.Find("[data-testid=rule-confirm]").Click();
        editor.WaitForAssertion(() => Assert.Equal(2, saved?.Version));
        Assert.Single(Server.Asked);
    }

    [Fact]
    public void Every_error_stands_at_its_field_and_the_first_has_the_focus()
    {
        Server.On("PUT " + Path, """{"title":"Bad","errors":{"numbers.noWaterHours":["noWaterHours is 500 h; give 1 h to 168 h."],"numbers.excessLitres":["excessLitres is 0; give 1 or more."],"note":["Is required."]}}""", HttpStatusCode.BadRequest);
        var editor = Editor();
        editor.Find("form").Submit();
        editor.Find("[data-testid=rule-confirm]").Click();
        editor.WaitForAssertion(() => Assert.Equal("现为 500 h，请填 1 h 至 168 h。", ErrorAt(editor, "#rule-numbers-noWaterHours")));
        Assert.Equal("现为 0，请填 1 或更大。", ErrorAt(editor, "#rule-numbers-excessLitres"));
        Assert.Equal("必填。", ErrorAt(editor, "#rule-note"));
        Assert.Equal("rule-numbers-noWaterHours", Module.Invocations["focusOn"][^1].Arguments[0]);
    }

    [Fact]
    public void Somebody_elses_change_is_named_and_theirs_or_mine_can_be_taken()
    {
        RuleSet? taken = null;
        Server.On("PUT " + Path, """{"title":"Conflict","detail":"You read version 1, but version 2 was made."}""", HttpStatusCode.Conflict);
        Server.On("GET " + Path, Json(First with { Version = 2, ChangedBy = "wang.fang", Note = "summer", Numbers = Preset.Numbers with { NoWaterHours = 14 } }));
        var editor = Editor(set => taken = set);
        editor.Find("#rule-numbers-noWaterHours").Change("15");
        editor.Find("form").Submit();
        editor.Find("[data-testid=rule-confirm]").Click();
        editor.WaitForAssertion(() => Assert.Contains("版本 2，wang.fang 于 12:00 修改：“summer”", editor.Find("[data-testid=theirs]").TextContent, StringComparison.Ordinal));
        editor.Find("[data-testid=theirs] button:last-child").Click();
        Assert.Equal("未用水·时长 14 小时 → 15 小时", editor.Find("[data-testid=rule-ask] li").TextContent);
        editor.Find("[data-testid=rule-confirm]").Click();
        editor.WaitForElement("[data-testid=load-theirs]").Click();
        Assert.Equal(2, taken?.Version);
    }

    [Fact]
    public void Escape_takes_the_question_back_and_a_preset_fills_the_form()
    {
        var editor = Editor();
        editor.Find("#rule-preset").Change("jingan");
        Assert.Equal("24", editor.Find("#rule-numbers-noWaterHours").GetAttribute("value"));
        editor.Find("form").Submit();
        editor.Find("form").KeyDown("Escape");
        Assert.Empty(editor.FindAll("[data-testid=rule-ask]"));
        Assert.Empty(Server.Asked);
    }

    [Fact]
    public void Whoever_may_not_change_rules_reads_them()
    {
        var editor = Render<RuleEditor>(parameters => Fill(parameters).Add(one => one.ReadOnly, true));
        Assert.Empty(editor.FindAll("button"));
        Assert.All(editor.FindAll("fieldset"), group => Assert.True(group.HasAttribute("disabled")));
    }

    private IRenderedComponent<RuleEditor> Editor(Action<RuleSet>? saved = null) => Render<RuleEditor>(parameters => Fill(parameters).Add(one => one.OnSaved, saved ?? (_ => { })));

    private static ComponentParameterCollectionBuilder<RuleEditor> Fill(ComponentParameterCollectionBuilder<RuleEditor> parameters) => parameters
        .Add(one => one.Place, new RulePlace("committee", "x")).Add(one => one.Set, First).Add(one => one.Default, Preset)
        .Add(one => one.Presets, [Preset, new("jingan", "jingan-1", Preset.Numbers with { NoWaterHours = 24 })]);

    private static string? ErrorAt(IRenderedComponent<RuleEditor> editor, string input) => editor.Find(input).Closest("label")!.QuerySelector(".field-problem")?.TextContent;

    private static string Json(RuleSet set) => JsonSerializer.Serialize(set, JsonSerializerOptions.Web);
}
