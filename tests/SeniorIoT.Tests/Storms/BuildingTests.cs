using CsCheck;
using SeniorIoT.Domain.Storms;
using SeniorIoT.Tests.Alerts;
using Xunit;

namespace SeniorIoT.Tests.Storms;

public sealed class BuildingTests
{
    [Theory]
    [InlineData("江苏路100弄38号1070室", "江苏路100弄38号")]
    [InlineData("江苏路 １００ 弄 ３８ 号 1070室", "江苏路100弄38号")]
    [InlineData("江苏路100弄3号楼502室", "江苏路100弄3号楼")]
    [InlineData("长宁路1277号3幢2单元501", "长宁路1277号3幢")]
    [InlineData("万航渡路888号兆丰大厦B座1203", "万航渡路888号兆丰大厦B座")]
    [InlineData("虹桥路1000号12楼1205", "虹桥路1000号")]
    [InlineData("平武路8号201号室", "平武路8号")]
    [InlineData("平武路12楼5室", "平武路12楼")]
    [InlineData("愚园路弄堂底", null)]
    [InlineData("", null)]
    public void The_building_of_an_address(string address, string? building) => Assert.Equal(building, Building.Of(address));

    [Fact]
    public void Whatever_the_room_the_building_is_the_same_and_its_own() =>
        Gen.Select(Episode.AnyOf("江苏路", "长宁路1277弄", "华山路"), Gen.Int[1, 2000], Episode.AnyOf("号", "号楼", "幢", "栋"), Episode.AnyOf("", "501室", " 12楼3室", "2单元401", "甲室"))
            .Sample((road, number, mark, room) =>
            {
                var building = $"{road}{number}{mark}";
                Assert.Equal(building, Building.Of(building + room));
                Assert.Equal(building, Building.Of(building));
            });

    [Fact]
    public void A_building_holds_exactly_the_homes_whose_building_it_is()
    {
        var addresses = Gen.Select(Episode.AnyOf("江苏路", "江苏路 1弄"), Gen.Int[1, 3], Episode.AnyOf("号", "号楼", "号 3幢", "弄"), Episode.AnyOf("", "1室", "2 号"), (road, number, mark, room) => $"{road}{number}{mark}{room}");
        Gen.Select(addresses, addresses).Sample((one, other) =>
        {
            if (Building.Of(one) is { } building) Assert.Equal(Building.Of(other) == building, Building.Holds(building, other));
        });
    }
}
