using CsCheck;
using SeniorIoT.TimeSeries;
using SeniorIoT.TimeSeries.Embedded;
using Xunit;

namespace SeniorIoT.Tests.TimeSeries.Embedded;

public sealed class ChunkCodecTests
{
    private static readonly Gen<long> AnyLong = Gen.OneOf(
        Gen.Long, Gen.Long[-200, 200], Gen.OneOf(long.MinValue, long.MinValue + 1, -1, 0, 1, long.MaxValue - 1, long.MaxValue),
        Gen.Select(Gen.Long[-1_000_000, 1_000_000], Gen.OneOf(10L, 1_000, 1_000_000), (n, unit) => n * unit));

    private static readonly Gen<Sample[]> AnyDay =
        from unit in Gen.OneOf(1, 1_000, 60_000)
        from steps in Gen.Select(Gen.OneOf(Gen.Const(15), Gen.Int[1, 100], Gen.Int[1, 1_000_000]), AnyLong).Array[1, 200]
        select steps.Select((step, i) => new Sample(1_700_000_000_123 + steps.Take(i).Sum(s => (long)s.Item1) * unit, step.Item2)).ToArray();

    [Fact]
    public void What_is_encoded_is_decoded() => AnyDay.Sample(day => RoundTrip(day).SequenceEqual(day));

    [Fact]
    public void A_single_sample_takes_no_bytes()
    {
        Sample[] day = [new(1_700_000_000_123, long.MinValue)];
        Assert.Equal(0, Length(day));
        Assert.Equal(day, RoundTrip(day));
    }

    [Fact]
    public void The_widest_steps_survive()
    {
        Sample[] day = [new(1, 0), new(2, long.MinValue), new(3, long.MaxValue), new(4, 0), new(5, long.MaxValue), new(86_400_000, long.MinValue)];
        Assert.Equal(day, RoundTrip(day));
    }

    [Fact]
    public void Ten_thousand_samples_survive()
    {
        var random = new Random(7);
        var day = Enumerable.Range(0, 10_000).Select(i => new Sample(i * 8_000L + random.Next(8_000), random.NextInt64())).ToArray();
        Assert.Equal(day, RoundTrip(day));
    }

    [Fact]
    public void Millilitres_cost_what_litres_cost()
    {
        var random = new Random(7);
        var litres = new List<Sample> { new(0, 123_456) };
        for (var i = 1; i < 96; i++) litres.Add(new Sample(i * 900_000, litres[^1].Value + random.Next(60)));
        Sample[] millilitres = [.. litres.Select(sample => sample with { Value = sample.Value * 1_000 + 789 })];
        Assert.Equal(Length([.. litres]), Length(millilitres));
        Assert.Equal(millilitres, RoundTrip(millilitres));
    }

    [Fact]
    public void A_regular_day_without_use_takes_five_bytes()
    {
        Sample[] day = [.. Enumerable.Range(0, 96).Select(i => new Sample(33_123 + i * 900_000, 7_654_321))];
        Assert.Equal(5, Length(day));
        Assert.Equal(day, RoundTrip(day));
    }

    [Fact]
    public void Damaged_bytes_are_refused_and_never_loop() =>
        Gen.Select(Gen.Byte.Array[0, 40], Gen.Int[1, 50], Gen.Byte).Sample((bytes, count, codec) =>
        {
            var into = new List<Sample>();
            try
            {
                ChunkCodec.Decode(codec, bytes, count, new Sample(0, 0), into);
                return into.Count == count;
            }
            catch (InvalidDataException)
            {
                return true;
            }
        });

    private static List<Sample> RoundTrip(Sample[] day)
    {
        var bytes = new byte[day.Length * ChunkCodec.BytesPerSampleMax];
        var codec = ChunkCodec.Encode(day, bytes, out var length);
        var decoded = new List<Sample>();
        ChunkCodec.Decode(codec, bytes.AsSpan(0, length), day.Length, day[0], decoded);
        return decoded;
    }

    private static int Length(Sample[] day)
    {
        ChunkCodec.Encode(day, new byte[day.Length * ChunkCodec.BytesPerSampleMax], out var length);
        return length;
    }
}
