namespace SeniorIoT.Tests.Tidy;

/// <summary>The repository as files, for the tests that hold its shape.</summary>
internal static class SourceTree
{
    public static string Root { get; } = FindRoot();

    /// <summary>Files that people wrote, by path from the root with forward slashes.</summary>
    public static IEnumerable<string> Files(string under, params string[] extensions) =>
        Directory.EnumerateFiles(Path.Combine(Root, under), "*", SearchOption.AllDirectories)
            .Where(path => extensions.Contains(Path.GetExtension(path)))
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Where(path => !path.Split('/').Any(part => part is "bin" or "obj" or "node_modules"))
            .Order(StringComparer.Ordinal);

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "SeniorIoT.sln"))) return folder.FullName;
        throw new DirectoryNotFoundException($"No SeniorIoT.sln above {AppContext.BaseDirectory}: run the tests inside the repository.");
    }
}
