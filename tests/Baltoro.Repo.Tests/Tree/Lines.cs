namespace Baltoro.Repo.Tests.Tree;

/// <summary>Counting lines as an editor shows them.</summary>
internal static class Lines
{
    public static int Count(string text) =>
        text.Length == 0 ? 0 : text.AsSpan().Count('\n') + (text[^1] == '\n' ? 0 : 1);
}
