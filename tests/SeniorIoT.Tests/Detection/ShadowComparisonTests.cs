using System.Globalization;
using System.Text;
using CsCheck;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using Xunit;

namespace SeniorIoT.Tests.Detection;

public sealed class ShadowComparisonTests
{
    [Fact]
    public void What_two_sets_found_side_by_side()
    {
        ComparableFinding[] findings =
        [
            Of("H1", 10), Of("H1", 7, isShadow: true), // the shadow was three hours earlier
            Of("H1", 60), Of("H1", 71.9, isShadow: true), // and now 11.9 h later: still the same occasion
            Of("H2", 10), Of("H2", 22.1, isShadow: true), // 12.1 h apart: two occasions
            Of("H3", 5, isShadow: true), Of("H3", 9, isShadow: true), Of("H3", 10), // one answers for one
            Of("H3", 30, rule: Rule.Leak), Of("H3", 30, isShadow: true, rule: Rule.Burst), // another rule is another matter
            Of("H4", 40, isKnownLate: true), Of("H4", 41, isShadow: true, isKnownLate: true), Of("H4", 80, isShadow: true, isKnownLate: true),
        ];
        var pairs = ShadowComparison.Pair(findings);
        var text = new StringBuilder();
        foreach (var pair in pairs) text.AppendLine(CultureInfo.InvariantCulture, $"{pair.First.Household} {pair.First.Rule}: live {Hour(pair.Live)}, shadow {Hour(pair.Shadow)}");
        text.AppendLine();
        foreach (var tally in ShadowComparison.Tally(pairs, [.. findings.Where(finding => finding.IsKnownLate)])) text.AppendLine(tally.ToString());
        Snapshot.Match(text.ToString());

        static string Hour(ComparableFinding? finding) => finding is null ? "-" : (finding.At - Meter.Start).TotalHours.ToString("0.0", CultureInfo.InvariantCulture);
    }

    [Fact]
    public void Every_finding_is_in_one_pair_and_as_few_as_can_be_are_alone() =>
        Gen.Select(Gen.Int[0, 80], Gen.Bool).Array[0, 9].Sample(drawn =>
        {
            var findings = drawn.Select(one => Of("H1", one.Item1, one.Item2)).ToArray();
            var pairs = ShadowComparison.Pair(findings);
            Assert.Equal(findings.Length, pairs.Sum(pair => (pair.Live is null ? 0 : 1) + (pair.Shadow is null ? 0 : 1)));
            Assert.All(pairs.Where(pair => pair is { Live: not null, Shadow: not null }), pair =>
                Assert.True((pair.Live!.At - pair.Shadow!.At).Duration() <= ShadowComparison.AgreeWithin));
            Assert.Equal(Most([.. findings.Where(one => !one.IsShadow)], [.. findings.Where(one => one.IsShadow)]), pairs.Count(pair => pair is { Live: not null, Shadow: not null }));
            Assert.Equal(pairs.Select(pair => pair.First.At).OrderDescending(), pairs.Select(pair => pair.First.At));
        });

    // Every way to put them together, tried out.
    private static int Most(ComparableFinding[] live, ComparableFinding[] shadow) => live.Length == 0
        ? 0
        : shadow.Index().Where(one => (one.Item.At - live[0].At).Duration() <= ShadowComparison.AgreeWithin)
            .Select(one => 1 + Most(live[1..], [.. shadow[..one.Index], .. shadow[(one.Index + 1)..]])).Append(Most(live[1..], shadow)).Max();

    private static ComparableFinding Of(string household, double hour, bool isShadow = false, bool isKnownLate = false, Rule? rule = null) => new(
        new(household), new("w-" + household), rule ?? Rule.NoWater, isShadow, Meter.At(hour), null, isKnownLate, new Evidence());
}
