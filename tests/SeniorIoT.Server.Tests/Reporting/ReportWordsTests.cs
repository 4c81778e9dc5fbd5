using SeniorIoT.Api;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Server.Reporting;
using Xunit;

namespace SeniorIoT.Server.Tests.Reporting;

public sealed class ReportWordsTests
{
    [Fact]
    public void Every_rule_outcome_and_cause_has_a_name_in_reports()
    {
        Assert.All(Rule.All, rule => Assert.NotEqual(rule.Id, ReportWords.Rule(rule.Id)));
        Assert.All(Outcome.All, outcome => Assert.NotEqual(outcome, ReportWords.Outcome(outcome)));
        Assert.All(NewExplanation.All, cause => Assert.NotEqual(cause, ReportWords.Cause(cause)));
        Assert.Equal("cat rescued", ReportWords.Outcome("cat rescued"));
    }
}
