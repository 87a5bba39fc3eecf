using System.Xml.Linq;

namespace Baltoro.Repo.Tests.Tree;

/// <summary>What a .csproj file refers to.</summary>
internal sealed class ProjectFile(string path, string xml)
{
    private readonly XDocument _document = XDocument.Parse(xml);

    public static IReadOnlyList<ProjectFile> All { get; } = [.. RepoTree.Files
        .Where(file => file.EndsWith(".csproj", StringComparison.Ordinal))
        .Select(file => new ProjectFile(file, RepoTree.Read(file)))];

    public string Path { get; } = path;

    public string Name { get; } = System.IO.Path.GetFileNameWithoutExtension(path);

    public bool IsProduct => Path.StartsWith("src/", StringComparison.Ordinal);

    /// <summary>Names of the projects it points at.</summary>
    public IEnumerable<string> Projects =>
        Includes("ProjectReference").Select(include => System.IO.Path.GetFileNameWithoutExtension(include.Replace('\\', '/')));

    public IEnumerable<string> Packages => Includes("PackageReference");

    public IEnumerable<string> Frameworks => Includes("FrameworkReference");

    /// <summary>Packages whose version stands in the project file itself.</summary>
    public IEnumerable<string> OwnVersions => _document.Descendants("PackageReference")
        .Where(item => item.Attribute("Version") is not null || item.Attribute("VersionOverride") is not null
            || item.Element("Version") is not null)
        .Select(item => item.Attribute("Include")?.Value ?? "?");

    public bool AllowsUnsafe => _document.Descendants("AllowUnsafeBlocks").Any(item => item.Value == "true");

    private IEnumerable<string> Includes(string element) =>
        _document.Descendants(element).Select(item => item.Attribute("Include")?.Value).OfType<string>();
}
