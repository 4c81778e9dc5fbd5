using SeniorIoT.Simulators.Demo;
using Xunit;

namespace SeniorIoT.Tests.Simulators;

public sealed class NotebookTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("notebook").FullName;

    [Fact]
    public void What_is_written_is_read_again_and_only_its_owner_may_read_it()
    {
        var written = District.NewStory(7, homes: 100, Scene.Start);
        written.Secrets["wm-0001"] = "secret";
        written.Write(_folder);
        written.Write(_folder);

        var read = Notebook.Read(_folder, 7)!;

        Assert.Equal((written.Seed, written.BeganAt, written.ToldUntil), (read.Seed, read.BeganAt, read.ToldUntil));
        Assert.Equal("secret", read.Secrets["wm-0001"]);
        Assert.Equal(written.Stops.SelectMany(pair => pair.Value), read.Stops.SelectMany(pair => pair.Value));
        Assert.Equal(["demo.json"], Directory.GetFiles(_folder).Select(Path.GetFileName));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_folder, "demo.json")));
        }
    }

    [Fact]
    public void Another_seed_or_a_damaged_file_is_refused_with_the_remedy()
    {
        Assert.Null(Notebook.Read(_folder, 1));
        District.NewStory(7, 10, Scene.Start).Write(_folder);
        Assert.Contains("--seed 7", Assert.Throws<InvalidDataException>(() => Notebook.Read(_folder, 8)).Message);
        File.WriteAllText(Path.Combine(_folder, "demo.json"), "{");
        Assert.Contains("remove it", Assert.Throws<InvalidDataException>(() => Notebook.Read(_folder, 7)).Message);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
