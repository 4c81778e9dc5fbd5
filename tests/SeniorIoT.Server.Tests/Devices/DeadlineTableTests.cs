using SeniorIoT.Server.Storage;
using Xunit;

namespace SeniorIoT.Server.Tests.Devices;

public sealed class DeadlineTableTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public async Task Deadlines_come_longest_overdue_first_and_a_removed_one_cannot_be_moved_back_in()
    {
        var folder = Directory.CreateTempSubdirectory("senioriot-").FullName;
        await using (var file = new SqliteFile(Path.Combine(folder, "some.db"), [DeadlineTable.Schema]))
        {
            var table = new DeadlineTable(file);
            await table.SetAsync([At("b", 2), At("a", 1), At("c", 3), At("d", 9)]);
            Assert.Equal(["a", "b"], Subjects(table.Due(Start.AddHours(3), 2)));
            await table.SetAsync([At("a", 4)]);
            await table.RemoveAsync("b", "silent");
            await table.RemoveAsync("c", "of another kind");
            await table.MoveAsync([At("b", 0), At("c", 5)]);
            Assert.Equal([At("a", 4), At("c", 5)], table.Due(Start.AddHours(5), 10));
        }

        Directory.Delete(folder, recursive: true);
    }

    private static Deadline At(string subject, int hours) => new(subject, "silent", Start.AddHours(hours));

    private static IEnumerable<string> Subjects(IEnumerable<Deadline> deadlines) => deadlines.Select(deadline => deadline.Subject);
}
