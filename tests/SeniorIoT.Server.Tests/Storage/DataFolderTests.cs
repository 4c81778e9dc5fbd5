using SeniorIoT.Server.Storage;
using Xunit;

namespace SeniorIoT.Server.Tests.Storage;

public sealed class DataFolderTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), "senioriot-" + Guid.NewGuid().ToString("N"));

    public void Dispose() => Directory.Delete(_path, true);

    [Fact]
    public void One_server_at_a_time_holds_a_folder()
    {
        using (DataFolder.Hold(_path))
        {
            var refused = Assert.Throws<CannotStartException>(() => DataFolder.Hold(_path));
            Assert.Contains(_path, refused.Message);
        }

        DataFolder.Hold(_path).Dispose(); // and the next one may, once it is let go
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_named()
    {
        Directory.CreateDirectory(_path);
        var file = Path.Combine(_path, "file");
        File.WriteAllText(file, "");
        Assert.Contains("file", Assert.Throws<CannotStartException>(() => DataFolder.Hold(Path.Combine(file, "data"))).Message);
    }
}
