using System.Diagnostics;

namespace Baltoro.Repo.Tests.Tree;

/// <summary>The repository as git sees it: tracked files and new ones that are not ignored. Read once per test run.</summary>
internal static class RepoTree
{
    private const int BinaryProbeBytes = 8192;

    private static readonly Lazy<string> LazyRoot = new(FindRoot);
    private static readonly Lazy<IReadOnlyList<string>> LazyFiles = new(ListFiles);
    private static readonly Lazy<IReadOnlyList<SourceFile>> LazySources = new(ReadSources);

    /// <summary>Absolute path of the folder that holds Baltoro.slnx.</summary>
    public static string Root => LazyRoot.Value;

    /// <summary>Paths relative to the root, with forward slashes, sorted.</summary>
    public static IReadOnlyList<string> Files => LazyFiles.Value;

    /// <summary>Every C# file under src, tests and bench.</summary>
    public static IReadOnlyList<SourceFile> Sources => LazySources.Value;

    public static string Absolute(string path) => Path.Combine(Root, path);

    public static string Read(string path) => File.ReadAllText(Absolute(path));

    public static bool IsText(string path)
    {
        using FileStream stream = File.OpenRead(Absolute(path));
        Span<byte> head = stackalloc byte[BinaryProbeBytes];
        int count = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        return !head[..count].Contains((byte)0);
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Baltoro.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName
            ?? throw new InvalidOperationException($"no folder above {AppContext.BaseDirectory} holds Baltoro.slnx");
    }

    private static List<string> ListFiles()
    {
        ProcessStartInfo start = new("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
        };
        using Process git = Process.Start(start) ?? throw new InvalidOperationException("git did not start");
        string output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        Assert.True(git.ExitCode == 0, $"git ls-files in {Root} ended with {git.ExitCode}");
        return [.. output.Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Where(path => File.Exists(Path.Combine(Root, path)))
            .Distinct()
            .Order(StringComparer.Ordinal)];
    }

    private static List<SourceFile> ReadSources() =>
        [.. Files
            .Where(path => path.EndsWith(".cs", StringComparison.Ordinal))
            .Where(path => path.StartsWith("src/", StringComparison.Ordinal)
                || path.StartsWith("tests/", StringComparison.Ordinal)
                || path.StartsWith("bench/", StringComparison.Ordinal))
            .Select(path => new SourceFile(path, Read(path)))];
}
