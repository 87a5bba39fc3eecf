using Baltoro.Repo.Tests.Rules;
using Baltoro.Repo.Tests.Tree;

namespace Baltoro.Repo.Tests.Tidy;

/// <summary>Links lead somewhere, the API page lists what is served, every decision is in the index.</summary>
public sealed class DocumentTests
{
    private const string ApiPage = "docs/api.md";

    // Written together with the first route; links to them are checked from then on.
    private static readonly string[] ServerPages = [ApiPage, "docs/operations.md"];

    [Fact]
    public void Links_LeadToFilesAndHeadingsThatExist() => Finding.None(
        from page in RepoTree.Files
        where page.EndsWith(".md", StringComparison.Ordinal) && !page.StartsWith("tests/data/", StringComparison.Ordinal)
        from link in MarkdownLinks.Targets(RepoTree.Read(page))
        where !link.Target.Contains("://", StringComparison.Ordinal) && !link.Target.StartsWith("mailto:", StringComparison.Ordinal)
        let problem = Problem(page, link.Target)
        where problem is not null
        select $"{page}:{link.Line}: {problem}");

    [Fact]
    public void ApiPage_AndServer_NameTheSameRoutes()
    {
        HashSet<string> served = Served();
        Assert.SkipWhen(served.Count == 0, "the server has no route yet");
        Assert.True(File.Exists(RepoTree.Absolute(ApiPage)), $"{ApiPage} is missing; the server has {served.Count} routes");
        HashSet<string> written = [.. Routes.InText(RepoTree.Read(ApiPage))];
        Finding.None(
        [
            .. served.Except(written).Select(route => $"{route} is served but not in {ApiPage}"),
            .. written.Except(served).Select(route => $"{route} is in {ApiPage} but not served"),
        ]);
    }

    [Fact]
    public void Decisions_AreInTheirIndex()
    {
        string index = RepoTree.Read("docs/adr/README.md");
        Finding.None(RepoTree.Files
            .Where(path => path.StartsWith("docs/adr/0", StringComparison.Ordinal))
            .Select(path => Path.GetFileName(path))
            .Where(name => !index.Contains($"({name})", StringComparison.Ordinal))
            .Select(name => $"docs/adr/README.md does not list {name}"));
    }

    [Fact]
    public void Decisions_HaveNumbersOfTheirOwn() => Finding.None(RepoTree.Files
        .Where(path => path.StartsWith("docs/adr/0", StringComparison.Ordinal))
        .GroupBy(path => Path.GetFileName(path)[..4])
        .Where(group => group.Count() > 1)
        .Select(group => $"{group.Key}: {string.Join(", ", group)}"));

    [Fact]
    public void Targets_Text_SkipsCodeAndFindsLinks()
    {
        const string Text = "a [b](c.md#d) `[no](no.md)`\n```\n[no](no.md)\n```\n[r]: e.md\n![i](f.png \"title\")\n";
        Assert.Equal([("c.md#d", 1), ("e.md", 5), ("f.png", 6)], MarkdownLinks.Targets(Text));
    }

    [Fact]
    public void Anchors_Text_AreGitHubs() => Assert.Equal(
        ["life-of-a-request", "baltoro-serve---urls", "life-of-a-request-1"],
        MarkdownLinks.Anchors("# Life of a request\n## `./baltoro` serve [--urls]\n# Life of a request\n"));

    [Fact]
    public void Routes_SourceAndText_AreReadAlike()
    {
        SourceFile file = new("src/Baltoro.Server/E.cs", """
            class E
            {
                static string[] Methods = [HttpMethods.Get, HttpMethods.Head];
                void M()
                {
                    var v1 = app.MapGroup("/v1");
                    v1.MapGet("/models/{**id}", X);
                    app.MapPost("/a", X);
                    app.MapGroup("/b").MapDelete("/c/", X);
                    foreach (string prefix in (string[])["", "/v1"]) { app.MapMethods($"{prefix}/live", Methods, X); }
                    app.MapGet(Unknown(), X);
                }
            }
            """);
        Assert.Equal(
            ["GET /v1/models/{}", "POST /a", "DELETE /b/c", "GET /live", "GET /v1/live", "? src/Baltoro.Server/E.cs:11"],
            Routes.InSource(file));
        Assert.Equal(["GET /v1/models/{}", "POST /a"], Routes.InText("`GET /v1/models/{model}` and POST /a."));
    }

    private static HashSet<string> Served() => [.. RepoTree.Sources
        .Where(file => file.Path.StartsWith("src/Baltoro.Server/", StringComparison.Ordinal))
        .SelectMany(Routes.InSource)];

    private static string? Problem(string page, string target)
    {
        string[] parts = target.Split('#', 2);
        string path = page;
        if (parts[0].Length > 0)
        {
            string full = Path.GetFullPath(Path.Combine(RepoTree.Root, Path.GetDirectoryName(page) ?? "", Uri.UnescapeDataString(parts[0])));
            path = Path.GetRelativePath(RepoTree.Root, full).Replace('\\', '/');
            if (!File.Exists(full) && !Directory.Exists(full))
            {
                return ServerPages.Contains(path) && Served().Count == 0 ? null : $"{target} leads to no file";
            }
        }

        return parts.Length < 2 || !path.EndsWith(".md", StringComparison.Ordinal)
            || MarkdownLinks.Anchors(RepoTree.Read(path)).Contains(parts[1])
                ? null
                : $"{target} leads to no heading of {path}";
    }
}
