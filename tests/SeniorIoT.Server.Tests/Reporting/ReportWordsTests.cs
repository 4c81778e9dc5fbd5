using SeniorIoT.Api;
using SeniorIoT.Console.Words;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Server.Reporting;
using Xunit;

namespace SeniorIoT.Server.Tests.Reporting;

public sealed class ReportWordsTests
{
    [Theory]
    [InlineData(Languages.Chinese)]
    [InlineData(Languages.English)]
    public void Reports_call_every_rule_outcome_cause_and_kind_of_exception_what_the_console_calls_it(string language)
    {
        var (report, console) = (new ReportWords(language), new Wording());
        console.Switch(language);
        Assert.All(Rule.All, rule => Assert.Equal(console.Name("rule", rule.Id), report.Rule(rule.Id)));
        Assert.All(Outcome.All, outcome => Assert.Equal(console.Name("outcome", outcome), report.Outcome(outcome)));
        Assert.All(NewExplanation.All, cause => Assert.Equal(console.Name("exceptionCause", cause), report.Cause(cause)));
        Assert.All(["answered_late", "door_late", "unanswered"], kind => Assert.Equal(console.Name("exceptionKind", kind), report.Kind(kind)));
        Assert.All(Rule.All, rule => Assert.NotEqual(rule.Id, report.Rule(rule.Id)));
        Assert.Equal("cat rescued", report.Outcome("cat rescued"));
    }
}
