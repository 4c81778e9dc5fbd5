using System.Text.Json;
using System.Text.Json.Serialization;
using SeniorIoT.Simulators.Homes;

namespace SeniorIoT.Simulators.Demo;

/// <summary>
/// What a district must remember between two runs: when its story began (or registers would step back), what was told, who stopped
/// using water, and the devices' secrets. Kept in one file that only its owner may read.
/// </summary>
internal sealed record Notebook(
    long Seed,
    DateTimeOffset BeganAt,
    DateTimeOffset ToldUntil,
    Dictionary<string, string> Secrets,
    Dictionary<string, List<Stop>> Stops)
{
    private const string FileName = "demo.json";

    /// <summary>Reads the notebook of a folder; null when there is none yet.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or belongs to another seed.</exception>
    public static Notebook? Read(string folder, long seed)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            var notebook = JsonSerializer.Deserialize(File.ReadAllBytes(path), NotebookJson.Default.Notebook)!;
            return notebook.Seed == seed
                ? notebook
                : throw new InvalidDataException($"{path} belongs to seed {notebook.Seed}: use --seed {notebook.Seed}, or another --state folder.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} cannot be read ({e.Message}): remove it, and every device gets a new secret.");
        }
    }

    /// <summary>Writes it beside the old one, then in its place. Mode 600.</summary>
    public void Write(string folder)
    {
        var path = Path.Combine(folder, FileName);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        File.Delete(path + ".new");
        using (var file = new FileStream(path + ".new", options))
        {
            JsonSerializer.Serialize(file, this, NotebookJson.Default.Notebook);
        }

        File.Move(path + ".new", path, overwrite: true);
    }
}

[JsonSerializable(typeof(Notebook))]
internal sealed partial class NotebookJson : JsonSerializerContext;
