using CsCheck;
using SeniorIoT.Domain.Notices;
using Xunit;

namespace SeniorIoT.Tests.Notices;

public sealed class SegmentsTests
{
    [Theory]
    [InlineData("", false, 0, 1)]
    [InlineData("Hello", false, 5, 1)]
    [InlineData("price 5€", false, 9, 1)] // € takes two septets
    [InlineData("[a]{b}|~^\\", false, 18, 1)]
    [InlineData("ÄÖÜäöüß£¥§ΔΩ", false, 12, 1)]
    [InlineData("it’s", true, 4, 1)] // one curly quote
    [InlineData("火警", true, 2, 1)]
    [InlineData("ç", true, 1, 1)] // the alphabet has only the capital one
    public void Characters_count_as_the_networks_count_them(string text, bool isUcs2, int units, int count) =>
        Assert.Equal(new Segments(isUcs2, units, count), Segments.Of(text));

    [Theory]
    [InlineData('a', 160, 1)]
    [InlineData('a', 161, 2)]
    [InlineData('a', 306, 2)]
    [InlineData('a', 307, 3)]
    [InlineData('€', 80, 1)]
    [InlineData('€', 81, 2)]
    [InlineData('€', 152, 2)] // 76 in a segment: the 153rd septet stays free
    [InlineData('€', 153, 3)]
    [InlineData('火', 70, 1)]
    [InlineData('火', 71, 2)]
    [InlineData('火', 134, 2)]
    [InlineData('火', 135, 3)]
    public void Long_texts_are_parted_where_the_networks_part_them(char letter, int times, int count) =>
        Assert.Equal(count, Segments.Of(new string(letter, times)).Count);

    [Fact]
    public void Halves_of_a_rare_character_are_never_parted() =>
        // 33 pairs fill 66 of 67 units: the next pair goes to the next segment.
        Assert.Equal([1, 2, 2, 3], new[] { 35, 36, 66, 67 }.Select(pairs => Segments.Of(string.Concat(Enumerable.Repeat("𠮷", pairs))).Count));

    [Fact]
    public void A_longer_text_never_takes_fewer_segments_and_one_Chinese_character_never_makes_it_cheaper() =>
        Gen.Select(Gen.String[0, 400], Gen.Char).Sample((text, more) =>
        {
            Assert.True(Segments.Of(text + more).Count >= Segments.Of(text).Count || Segments.Of(text).IsUcs2 != Segments.Of(text + more).IsUcs2);
            Assert.True(Segments.Of(text + "火").Count >= Segments.Of(text).Count);
        });
}
