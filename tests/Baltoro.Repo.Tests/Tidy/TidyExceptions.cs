using System.Text.Json;
using Baltoro.Repo.Tests.Tree;

namespace Baltoro.Repo.Tests.Tidy;

/// <summary>
/// tidy-exceptions.json: files and functions that are over a limit, each with the size it has now. An entry may shrink or
/// go, never grow: a measured size above it fails, and so does one below it until the entry is lowered or removed.
/// </summary>
internal sealed record TidyExceptions(
    Dictionary<string, int> FileLines,
    Dictionary<string, int> FunctionLines,
    Dictionary<string, int> PublicTypes)
{
    private const string FilePath = "tests/Baltoro.Repo.Tests/tidy-exceptions.json";

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    public static TidyExceptions Current { get; } =
        JsonSerializer.Deserialize<TidyExceptions>(RepoTree.Read(FilePath), Options)
        ?? throw new InvalidOperationException($"{FilePath} is empty");

    /// <summary>Compares measured sizes with a limit and its exceptions.</summary>
    /// <param name="sizes">Name and size of everything measured.</param>
    /// <param name="limit">Sizes below it are fine.</param>
    /// <param name="exceptions">Name and allowed size of what is not.</param>
    /// <returns>One sentence per violation.</returns>
    public static List<string> Violations(
        IEnumerable<(string Name, int Size)> sizes, int limit, IReadOnlyDictionary<string, int> exceptions)
    {
        Dictionary<string, int> over = sizes
            .Where(item => item.Size >= limit)
            .GroupBy(item => item.Name)
            .ToDictionary(group => group.Key, group => group.Max(item => item.Size));
        List<string> found = [];
        foreach ((string name, int size) in over)
        {
            if (!exceptions.TryGetValue(name, out int allowed))
            {
                found.Add($"{name}: {size}, allowed below {limit}");
            }
            else if (size != allowed)
            {
                found.Add(size > allowed
                    ? $"{name}: {size}, its exception allows {allowed}"
                    : $"{name}: {size}, lower its exception from {allowed}");
            }
        }

        found.AddRange(exceptions.Keys.Where(name => !over.ContainsKey(name))
            .Select(name => $"{name}: no longer over the limit, remove its exception"));
        return found;
    }
}
