using System.Text.Json;
using CsCheck;
using SeniorIoT.Domain.Households;
using Xunit;

namespace SeniorIoT.Tests.Households;

public sealed class AreaTests
{
    // Few characters, so that names repeat and hold what keys are made of.
    private static readonly Gen<string> Names = Gen.OneOf(Gen.Const("新华"), Gen.Const("district"), Gen.Char["新华·%7B*"].Array[1, 3].Select(chars => new string(chars)));

    private static readonly Gen<Area> Areas = Gen.Select(Names, Names, Gen.Int[0, 9], (subDistrict, committee, kind) => kind switch
    {
        0 => Area.District,
        1 or 2 => new Area(subDistrict, ""),
        _ => new Area(subDistrict, committee),
    });

    [Fact]
    public void A_key_is_one_area_and_an_area_one_key_whatever_is_in_its_names() =>
        Gen.Select(Areas, Areas).Sample((one, other) =>
        {
            Assert.Equal(one, Area.Parse(one.Key));
            Assert.Equal(one, JsonSerializer.Deserialize<Area>(JsonSerializer.Serialize(one)));
            Assert.Equal(one == other, one.Key == other.Key);
        });

    [Fact]
    public void An_area_lies_in_exactly_those_around_it() =>
        Gen.Select(Areas, Areas).Sample((one, other) => Assert.Equal(one.Around.Contains(other), other.Contains(one)));

    [Fact]
    public void A_committee_does_not_lie_in_one_of_the_same_name_elsewhere()
    {
        var (here, there) = (new Area("天山路街道", "新华"), new Area("江苏路街道", "新华"));
        Assert.Equal(["天山路街道·新华", "天山路街道·", "district"], here.Around.Select(area => area.Key));
        Assert.False(here.Contains(there) || there.Contains(here) || there.SubDistrictOf.Contains(here));
        Assert.True(here.SubDistrictOf.Contains(here) && Area.District.Contains(there));
    }

    [Fact]
    public void A_name_that_nobody_placed_holds_nothing()
    {
        var lost = new Area("", "新华");
        Assert.True(lost.IsUnplaced);
        Assert.Equal([Area.District], lost.Around);
        Assert.False(lost.Contains(new("江苏路街道", "新华")) || lost.Contains(lost));
    }

    [Theory]
    [InlineData("新华")]
    [InlineData("")]
    [InlineData("·")]
    [InlineData("a·b·c")]
    public void What_is_no_key_is_no_area(string text) => Assert.Null(Area.Parse(text));
}
