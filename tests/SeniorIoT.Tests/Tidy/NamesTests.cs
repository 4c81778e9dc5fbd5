using System.Reflection;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using SeniorIoT.Api;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using Xunit;

namespace SeniorIoT.Tests.Tidy;

/// <summary>Names that are a contract: never two for one thing, never one missing.</summary>
public sealed partial class NamesTests
{
    [Fact]
    public void Every_rule_has_an_id_of_its_own()
    {
        Assert.Equal(Rule.All.Count, Rule.All.Select(rule => rule.Id).Distinct().Count());
        Assert.All(Rule.All, rule => Assert.Matches(RuleId(), rule.Id));
        Assert.All(Rule.All, rule => Assert.Same(rule, Rule.Parse(rule.Id)));
    }

    [Fact]
    public void Every_rule_that_is_declared_is_listed() =>
        Assert.Equivalent(typeof(Rule).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => field.GetValue(null)), Rule.All, strict: true);

    [Fact]
    public void Every_member_of_a_closed_family_has_a_name()
    {
        var families = new[] { typeof(Finding).Assembly, typeof(NewDevice).Assembly }
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => type.GetCustomAttributes<JsonDerivedTypeAttribute>(inherit: false).Any())
            .ToArray();
        Assert.Contains(typeof(Finding), families);
        Assert.All(families, family =>
        {
            var declared = family.GetCustomAttributes<JsonDerivedTypeAttribute>(inherit: false).ToArray();
            var members = family.Assembly.GetTypes().Where(type => type.IsSubclassOf(family) && !type.IsAbstract);
            Assert.Equal(members.Select(type => type.Name).Order(), declared.Select(member => member.DerivedType.Name).Order());
            Assert.All(declared, member => Assert.IsType<string>(member.TypeDiscriminator));
            Assert.Equal(declared.Length, declared.Select(member => member.TypeDiscriminator).Distinct().Count());
        });
    }

    [GeneratedRegex("^[a-z]+(-[a-z]+)*$")]
    private static partial Regex RuleId();
}
