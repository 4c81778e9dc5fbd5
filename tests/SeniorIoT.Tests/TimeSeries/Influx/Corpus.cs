using System.IO.Compression;
using System.Text.Json;
using SeniorIoT.Tests.Tidy;
using Xunit;

namespace SeniorIoT.Tests.TimeSeries.Influx;

/// <summary>InfluxData's own vectors and contract, where a folder called <c>shared</c> lies beside the repository; otherwise the test is skipped.</summary>
internal static class Corpus
{
    public static JsonDocument Read(string file)
    {
        var relative = Path.Combine("shared", "data", "influxdb", file);
        for (var folder = new DirectoryInfo(SourceTree.Root); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, relative);
            if (!File.Exists(path)) continue;
            using var packed = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
            return JsonDocument.Parse(packed);
        }

        Assert.Skip($"InfluxData's {file} is not beside the repository ({relative}).");
        throw new System.Diagnostics.UnreachableException();
    }
}
