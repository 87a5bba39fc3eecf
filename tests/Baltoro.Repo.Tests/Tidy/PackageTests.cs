using System.Xml.Linq;
using Baltoro.Repo.Tests.Tree;

namespace Baltoro.Repo.Tests.Tidy;

/// <summary>Package versions stand in one place, and every package has a decision record.</summary>
public sealed class PackageTests
{
    private static IEnumerable<string> Used => ProjectFile.All.SelectMany(project => project.Packages)
        .Concat(BuildProps.SelectMany(path => XDocument.Parse(RepoTree.Read(path)).Descendants("PackageReference"))
            .Select(item => item.Attribute("Include")!.Value))
        .Distinct()
        .Order(StringComparer.Ordinal);

    private static IEnumerable<string> BuildProps =>
        RepoTree.Files.Where(path => path.EndsWith("Directory.Build.props", StringComparison.Ordinal));

    private static IEnumerable<string> Pinned => XDocument.Parse(RepoTree.Read("Directory.Packages.props"))
        .Descendants("PackageVersion").Select(item => item.Attribute("Include")!.Value);

    [Fact]
    public void ProjectFiles_NameNoVersions() => Finding.None(
        from project in ProjectFile.All
        from package in project.OwnVersions
        select $"{project.Path}: the version of {package} belongs in Directory.Packages.props");

    [Fact]
    public void EveryUsedPackage_IsPinned() => Finding.None(Used.Except(Pinned));

    [Fact]
    public void EveryUsedPackage_HasADecisionRecord()
    {
        string records = string.Concat(RepoTree.Files
            .Where(path => path.StartsWith("docs/adr/", StringComparison.Ordinal))
            .Select(RepoTree.Read));
        Finding.None(Used.Where(package => !records.Contains(package, StringComparison.Ordinal))
            .Select(package => $"{package} is named in no record under docs/adr"));
    }
}
