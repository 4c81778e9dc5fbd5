using System.Text;
using CsCheck;
using SeniorIoT.TimeSeries.Influx;
using Xunit;

namespace SeniorIoT.Tests.TimeSeries.Influx;

public sealed class LinesTests
{
    [Theory]
    [InlineData("m v=1i 5\n", 1, 5L)]
    [InlineData("m,t=a v=1i,w=2,x=t -7\n", 3, -7L)]
    [InlineData("m,t=a v=\"one, two\\\" three\",w=1 9\n", 2, 9L)]
    [InlineData("m,t=a\\ b,u=c\\,d v=1 10\n", 1, 10L)]
    [InlineData("m,t=a\"b v=1 11\n", 1, 11L)]
    [InlineData("m v=\"two\nlines\" 12\n", 1, 12L)]
    [InlineData("m v=\"ends in a backslash\\\\\" 13\n", 1, 13L)]
    [InlineData("m v=1i\n", 1, null)]
    [InlineData("garbage\n", 1, null)]
    [InlineData("m v=1i 5", 1, 5L)]
    [InlineData("m v=1i 5x\n", 1, null)]
    [InlineData("\n", 1, null)]
    public void A_line_says_how_many_values_and_when(string line, int values, long? time)
    {
        var bytes = Encoding.UTF8.GetBytes(line);
        Assert.Equal(line, Encoding.UTF8.GetString(Assert.Single(Lines.Split(bytes)).Span));
        Assert.Equal(values, Lines.ValuesIn(bytes));
        Assert.Equal(time, Lines.TimeOf(bytes));
    }

    [Fact]
    public void Whatever_is_split_joins_to_the_same_bytes() => Gen.OneOf("m", ",", "=", " ", "\"", "\\", "\n", "1i", "水").List[0, 60].Sample(pieces =>
    {
        var text = Encoding.UTF8.GetBytes(string.Concat(pieces));
        var lines = Lines.Split(text);
        Assert.Equal(text, lines.SelectMany(line => line.ToArray()));
        Assert.All(lines, line => Assert.False(line.IsEmpty));
        foreach (var line in lines)
        {
            Assert.InRange(Lines.ValuesIn(line.Span), 1, line.Length);
            _ = Lines.TimeOf(line.Span);
        }
    });

    [Fact]
    public void Members_of_gzip_join_to_all_their_lines()
    {
        ReadOnlyMemory<byte> Line(string text) => Encoding.UTF8.GetBytes(text);
        byte[] joined = [.. Lines.Compress([Line("a v=1 1\n"), Line("b v=1 2\n")]), .. Lines.Compress([Line("c v=1 3\n")])];
        Assert.Equal("a v=1 1\nb v=1 2\nc v=1 3\n", Encoding.UTF8.GetString(Lines.Expand(joined)));
        Assert.True(Lines.IsSound(joined));
        joined[^3] ^= 1;
        Assert.False(Lines.IsSound(joined));
    }
}
