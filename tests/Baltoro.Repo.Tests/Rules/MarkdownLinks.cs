using System.Text;
using System.Text.RegularExpressions;

namespace Baltoro.Repo.Tests.Rules;

/// <summary>Links and headings of a Markdown text, code left out.</summary>
internal static partial class MarkdownLinks
{
    /// <summary>Targets of inline links, images and reference definitions, with their lines.</summary>
    public static IEnumerable<(string Target, int Line)> Targets(string text)
    {
        string[] lines = WithoutFences(text);
        for (int index = 0; index < lines.Length; index++)
        {
            string line = CodeSpan().Replace(lines[index], "code");
            foreach (Match match in InlineLink().Matches(line))
            {
                yield return (match.Groups[1].Value, index + 1);
            }

            Match definition = Definition().Match(line);
            if (definition.Success)
            {
                yield return (definition.Groups[1].Value, index + 1);
            }
        }
    }

    /// <summary>Anchors of the headings, as GitHub makes them; a repeated heading gets -1, -2, ….</summary>
    public static HashSet<string> Anchors(string text)
    {
        Dictionary<string, int> seen = [];
        HashSet<string> anchors = [];
        foreach (string line in WithoutFences(text))
        {
            Match heading = Heading().Match(line);
            if (heading.Success)
            {
                string slug = Slug(heading.Groups[1].Value);
                int count = seen.GetValueOrDefault(slug);
                seen[slug] = count + 1;
                anchors.Add(count == 0 ? slug : $"{slug}-{count}");
            }
        }

        return anchors;
    }

    private static string Slug(string heading)
    {
        StringBuilder slug = new();
        foreach (char letter in LinkText().Replace(heading, "$1").Trim().ToLowerInvariant())
        {
            if (char.IsLetterOrDigit(letter) || letter is '-' or '_')
            {
                slug.Append(letter);
            }
            else if (letter == ' ')
            {
                slug.Append('-');
            }
        }

        return slug.ToString();
    }

    private static string[] WithoutFences(string text)
    {
        string[] lines = text.Split('\n');
        bool inside = false;
        for (int index = 0; index < lines.Length; index++)
        {
            bool fence = lines[index].TrimStart().StartsWith("```", StringComparison.Ordinal);
            inside ^= fence;
            if (fence || inside)
            {
                lines[index] = "";
            }
        }

        return lines;
    }

    [GeneratedRegex(@"\]\(<?([^)\s>]+)>?(?:\s+""[^""]*"")?\)")]
    private static partial Regex InlineLink();

    [GeneratedRegex(@"^\s{0,3}\[[^\]]+\]:\s+(\S+)")]
    private static partial Regex Definition();

    [GeneratedRegex(@"^#{1,6}\s+(.*?)\s*#*\s*$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"\[([^\]]*)\]\([^)]*\)")]
    private static partial Regex LinkText();

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex CodeSpan();
}
