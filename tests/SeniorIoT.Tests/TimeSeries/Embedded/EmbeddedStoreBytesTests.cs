using CsCheck;
using Microsoft.Data.Sqlite;
using SeniorIoT.TimeSeries;
using SeniorIoT.TimeSeries.Embedded;
using Xunit;

namespace SeniorIoT.Tests.TimeSeries.Embedded;

/// <summary>The embedded store's own promise: stored bytes depend on what was written only.</summary>
public sealed class EmbeddedStoreBytesTests
{
    [Fact]
    public Task However_the_same_uploads_arrive_the_stored_bytes_are_the_same() =>
        Gen.Select(StoreModelTests.AnyPoint.Array[1, 120], StoreModelTests.AnyEvent.Array[0, 10], Gen.Int).SampleAsync(async (points, events, seed) =>
        {
            using var folder = new TempFolder();
            var (once, anyhow) = (Path.Combine(folder.Path, "once"), Path.Combine(folder.Path, "anyhow"));
            await using (var store = new EmbeddedStore(once)) await store.AppendAsync(points, events, CancellationToken.None);

            var random = new Random(seed);
            // Every point at least once, some twice, in any order, in uploads of any size.
            Point[] resent = [.. points, .. points.Where(_ => random.Next(4) == 0)];
            EventPoint[] alarms = [.. events, .. events.Where(_ => random.Next(4) == 0)];
            random.Shuffle(resent);
            random.Shuffle(alarms);
            await using (var store = new EmbeddedStore(anyhow))
            {
                for (int at = 0, size; at < resent.Length; at += size)
                {
                    size = random.Next(1, 1 + resent.Length / 2 + 1);
                    await store.AppendAsync([.. resent.Skip(at).Take(size)], [], CancellationToken.None);
                }

                foreach (var alarm in alarms) await store.AppendAsync([], [alarm], CancellationToken.None);
            }

            Assert.Equal(Dump(once), Dump(anyhow));
        }, iter: 25);

    /// <summary>Every row of every file, as text.</summary>
    internal static List<string> Dump(string folder)
    {
        var rows = new List<string>();
        foreach (var path in Directory.GetFiles(folder, "*.db").Order())
        {
            using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
            connection.Open();
            foreach (var table in (string[])["chunk", "event"])
            {
                using var command = connection.CreateCommand();
                command.CommandText = $"SELECT * FROM {table}";
                using var reader = command.ExecuteReader();
                while (reader.Read())
                    rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetValue(i) is byte[] bytes ? Convert.ToHexString(bytes) : $"{reader.GetValue(i)}")
                        .Prepend(Path.GetFileName(path))));
            }
        }

        return rows;
    }
}
