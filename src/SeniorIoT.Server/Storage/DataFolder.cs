namespace SeniorIoT.Server.Storage;

/// <summary>
/// The folder of everything that is kept, held by one server at a time: a second one would not know what the first has in
/// memory. The operating system lets go of the lock when the process ends, however it ends.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    private readonly FileStream _lock;

    private DataFolder(FileStream held) => _lock = held;

    /// <summary>Creates the folder if need be, and holds it.</summary>
    /// <exception cref="CannotStartException">Another server holds it, or it cannot be written.</exception>
    public static DataFolder Hold(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CannotStartException($"data: {error.Message} Name another folder, or let this user write there.");
        }

        try
        {
            return new DataFolder(new FileStream(Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (UnauthorizedAccessException error)
        {
            throw new CannotStartException($"data: {error.Message} Let this user write there.");
        }
        catch (IOException)
        {
            throw new CannotStartException($"data: another server runs on {Path.GetFullPath(path)}. Stop it, or name another folder.");
        }
    }

    /// <summary>Lets go.</summary>
    public void Dispose() => _lock.Dispose();
}
