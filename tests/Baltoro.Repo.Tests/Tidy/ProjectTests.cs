using System.Xml.Linq;
using Baltoro.Repo.Tests.Tree;

namespace Baltoro.Repo.Tests.Tidy;

/// <summary>Projects point only where ARCHITECTURE.md says. A new arrow is a decision record and a line here.</summary>
public sealed class ProjectTests
{
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["Baltoro.Protocol"] = [],
        ["Baltoro.Kimi"] = [],
        ["Baltoro.Engine"] = [],
        ["Baltoro.Platform"] = [],
        ["Baltoro.Storage"] = ["Baltoro.Platform"],
        ["Baltoro.Backends"] = ["Baltoro.Protocol", "Baltoro.Kimi", "Baltoro.Engine"],
        ["Baltoro.Server"] = ["Baltoro.Protocol", "Baltoro.Backends", "Baltoro.Kimi", "Baltoro.Storage", "Baltoro.Platform"],
        ["Baltoro.Cli"] =
            ["Baltoro.Server", "Baltoro.Backends", "Baltoro.Kimi", "Baltoro.Engine", "Baltoro.Storage", "Baltoro.Platform"],
    };

    [Fact]
    public void SourceProjects_AreTheEightOfTheDesign() => Assert.Equal(
        Arrows.Keys.Order(StringComparer.Ordinal),
        ProjectFile.All.Where(project => project.IsProduct).Select(project => project.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void SourceProjects_PointOnlyAlongTheArrows() => Finding.None(
        from project in ProjectFile.All
        where project.IsProduct
        from target in project.Projects
        where !Arrows.GetValueOrDefault(project.Name, []).Contains(target)
        select $"{project.Path}: {project.Name} must not point at {target}");

    [Fact]
    public void Namespaces_OfEachProject_UseOnlyWhatItsArrowsAllow() => Finding.None(
        from file in RepoTree.Sources
        where file.IsProduct
        let own = file.Path.Split('/')[1]
        from other in Arrows.Keys
        where other != own && !Arrows[own].Contains(other)
        where file.Text.Contains($"using {other}.", StringComparison.Ordinal) || file.Text.Contains($"using {other};", StringComparison.Ordinal)
        select $"{file.Path}: {own} must not see {other}");

    [Fact]
    public void TransitiveReferences_AreOff_SoThatAnArrowIsNeverImplied() => Assert.Contains(
        "<DisableTransitiveProjectReferences>true</DisableTransitiveProjectReferences>",
        RepoTree.Read("Directory.Build.props"),
        StringComparison.Ordinal);

    [Fact]
    public void WebFramework_IsKnownToServerAndCliOnly() => Finding.None(
        from project in ProjectFile.All
        where project.IsProduct && project.Frameworks.Any() && project.Name is not ("Baltoro.Server" or "Baltoro.Cli")
        select $"{project.Path}: {string.Join(", ", project.Frameworks)}");

    [Fact]
    public void UnsafeBlocks_AreSwitchedOnInTheEngineOnly() => Finding.None(
        from project in ProjectFile.All
        where project.IsProduct && project.AllowsUnsafe && project.Name != "Baltoro.Engine"
        select project.Path);

    [Fact]
    public void Solution_ListsEveryProject() => Assert.Equal(
        ProjectFile.All.Select(project => project.Path).Order(StringComparer.Ordinal),
        XDocument.Parse(RepoTree.Read("Baltoro.slnx")).Descendants("Project")
            .Select(item => item.Attribute("Path")!.Value).Order(StringComparer.Ordinal));

    [Fact]
    public void EverySourceProject_HasATestProject() => Finding.None(
        from name in Arrows.Keys
        where ProjectFile.All.All(project => project.Name != name + ".Tests")
        select $"{name} has no tests/{name}.Tests");
}
