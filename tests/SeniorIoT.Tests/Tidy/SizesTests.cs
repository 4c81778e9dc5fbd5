using System.Text.RegularExpressions;
using Xunit;

namespace SeniorIoT.Tests.Tidy;

/// <summary>What fits a head.</summary>
public sealed partial class SizesTests
{
    /// <summary>Files that may be longer, each with the reason.</summary>
    private static readonly Dictionary<string, string> Excused = [];

    [Fact]
    public void No_source_file_is_longer_than_300_lines() =>
        Assert.DoesNotContain(SourceTree.Files("src", ".cs", ".razor"), path => Lines(path) > 300 && !Excused.ContainsKey(path));

    [Fact]
    public void No_excuse_outlives_its_reason() =>
        Assert.All(Excused, excuse => Assert.True(Lines(excuse.Key) > 300 && excuse.Value.Length > 10, excuse.Key));

    [Fact]
    public void A_grain_stays_thin() =>
        Assert.DoesNotContain(SourceTree.Files("src/SeniorIoT.Server", ".cs"), path => GrainClass().IsMatch(SourceTree.Read(path)) && Lines(path) > 120);

    private static int Lines(string path) => SourceTree.Read(path).AsSpan().TrimEnd().Count('\n') + 1;

    [GeneratedRegex(@"\bclass \w+Grain\b")]
    private static partial Regex GrainClass();
}
