using System.Text.Json;
using Baltoro.Repo.Tests.Tree;

namespace Baltoro.Repo.Tests.Tidy;

/// <summary>Data files say where they come from, and the model fits its budget.</summary>
public sealed class DataTests
{
    private const string Note = "PROVENANCE.md";
    private const long ModelByteLimit = 40L << 20;

    [Fact]
    public void TestData_HasANoteOfItsOrigin() => Finding.None(
        from path in RepoTree.Files
        where path.StartsWith("tests/data/", StringComparison.Ordinal) && Path.GetFileName(path) != Note
        where !NoteFolders(path).Any(folder => RepoTree.Files.Contains($"{folder}/{Note}")) && !HasItsOwnNote(path)
        select $"{path}: neither {Note} in its folder or above it nor its own field \"provenance\" says source, command and licence");

    [Fact]
    public void Notes_NameALicence() => Finding.None(
        from path in RepoTree.Files
        where Path.GetFileName(path) == Note
        let text = RepoTree.Read(path)
        where !text.Contains("licence", StringComparison.OrdinalIgnoreCase) && !text.Contains("license", StringComparison.OrdinalIgnoreCase)
        select $"{path} names no licence");

    [Fact]
    public void EmbeddedModel_FitsInFortyMebibytes()
    {
        long total = RepoTree.Files
            .Where(path => path.StartsWith("models/kimi-nano/", StringComparison.Ordinal))
            .Sum(path => new FileInfo(RepoTree.Absolute(path)).Length);
        Assert.True(total <= ModelByteLimit, $"models/kimi-nano has {total:N0} bytes, allowed {ModelByteLimit:N0}");
    }

    private static bool HasItsOwnNote(string path)
    {
        if (!path.EndsWith(".json", StringComparison.Ordinal))
        {
            return false;
        }

        using JsonDocument document = JsonDocument.Parse(RepoTree.Read(path));
        return document.RootElement.ValueKind == JsonValueKind.Object
            && document.RootElement.TryGetProperty("provenance", out JsonElement note)
            && note.ValueKind is JsonValueKind.String or JsonValueKind.Object;
    }

    private static IEnumerable<string> NoteFolders(string path)
    {
        string? folder = Path.GetDirectoryName(path)?.Replace('\\', '/');
        while (folder is not null && folder.StartsWith("tests/data", StringComparison.Ordinal))
        {
            yield return folder;
            folder = Path.GetDirectoryName(folder)?.Replace('\\', '/');
        }
    }
}
