using System.Xml.Linq;
using Xunit;

namespace SeniorIoT.Tests.Tidy;

/// <summary>Who may know whom.</summary>
public sealed class ArrowsTests
{
    private static readonly string[] Leaves = ["SeniorIoT.Api", "SeniorIoT.DeviceProtocol", "SeniorIoT.Domain", "SeniorIoT.TimeSeries"];

    [Theory]
    [InlineData("SeniorIoT.Api")]
    [InlineData("SeniorIoT.DeviceProtocol")]
    [InlineData("SeniorIoT.Domain")]
    public void A_pure_project_has_no_packages(string project) =>
        Assert.Empty(Referenced($"src/{project}/{project}.csproj", "PackageReference").Concat(Referenced($"src/{project}/{project}.csproj", "FrameworkReference")));

    [Fact]
    public void Every_project_gets_only_analyzers_from_the_shared_properties() =>
        Assert.Equal(["Microsoft.CodeAnalysis.BannedApiAnalyzers"], Referenced("Directory.Build.props", "PackageReference"));

    [Fact]
    public void No_leaf_references_a_project() =>
        Assert.All(Leaves, leaf => Assert.Empty(Referenced($"src/{leaf}/{leaf}.csproj", "ProjectReference")));

    [Fact]
    public void The_console_knows_only_the_public_surface() =>
        Assert.Equal(["SeniorIoT.Api"], Projects("src/SeniorIoT.Console/SeniorIoT.Console.csproj"));

    [Fact]
    public void Simulators_see_only_the_wire() =>
        Assert.Equal(["SeniorIoT.DeviceProtocol"], Projects("simulators/SeniorIoT.Simulators/SeniorIoT.Simulators.csproj"));

    [Theory]
    [InlineData("System.IO")]
    [InlineData("System.Net.")]
    [InlineData("HttpClient")]
    [InlineData("Guid.NewGuid")]
    [InlineData("new Random")]
    public void The_domain_does_nothing_but_decide(string banned) =>
        Assert.DoesNotContain(SourceTree.Files("src/SeniorIoT.Domain", ".cs"), path => SourceTree.Read(path).Contains(banned, StringComparison.Ordinal));

    private static IEnumerable<string> Projects(string path) => Referenced(path, "ProjectReference").Select(include => Path.GetFileNameWithoutExtension(include));

    private static IEnumerable<string> Referenced(string path, string kind) =>
        XDocument.Parse(SourceTree.Read(path)).Descendants(kind).Select(reference => reference.Attribute("Include")!.Value);
}
