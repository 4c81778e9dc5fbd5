using SeniorIoT.Domain.Alerts;
using Xunit;

namespace SeniorIoT.Tests.Alerts;

public sealed class OutcomeTests
{
    [Theory]
    [InlineData("safe", "safe")]
    [InlineData("False-alarm", "false_alarm")]
    [InlineData(" DEVICE FAULT ", "device_fault")]
    [InlineData("Visited, all is well", "Visited, all is well")]
    public void An_outcome_is_known_however_it_is_spelt_and_other_words_stay_as_written(string written, string outcome) =>
        Assert.Equal(outcome, Outcome.Read(written));
}
