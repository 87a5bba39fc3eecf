using System.Text.RegularExpressions;

namespace Baltoro.Repo.Tests.Rules;

/// <summary>Words that have no place in the repository. They are put together here so that this file passes its own test.</summary>
internal static partial class Words
{
    private static readonly string[] RegistryHosts =
    [
        "registry." + "npmjs", "registry." + "yarnpkg", "api." + "nuget", "www." + "nuget", "pypi" + ".org",
        "pythonhosted" + ".org", "deb." + "debian", "archive." + "ubuntu", "proxy." + "golang", "static." + "crates",
    ];

    private static readonly string[] MachinePaths = ["/wo" + "rk/", "/ro" + "ot/", "/tmp/ba" + "sh_jobs", ".." + "/shared"];

    private static readonly string[] Workplace =
    [
        "sub" + "agent", "sub-" + "agent", "coding " + "agent", "this " + "session of", "work" + "tree", "helper " + "session",
    ];

    /// <summary>One sentence per banned word in a text, with its line.</summary>
    public static IEnumerable<string> Banned(string path, string text)
    {
        string[] lines = text.Split('\n');
        for (int index = 0; index < lines.Length; index++)
        {
            foreach (string found in InLine(lines[index]))
            {
                yield return $"{path}:{index + 1}: {found}";
            }
        }
    }

    /// <summary>Reminders that name no issue, such as an unfinished-work mark without "#12".</summary>
    public static IEnumerable<string> OpenReminders(string path, string text)
    {
        string[] lines = text.Split('\n');
        for (int index = 0; index < lines.Length; index++)
        {
            if (Reminder().IsMatch(lines[index]) && !IssueNumber().IsMatch(lines[index]))
            {
                yield return $"{path}:{index + 1}: a reminder needs the number of its issue, such as #12";
            }
        }
    }

    private static IEnumerable<string> InLine(string line)
    {
        IEnumerable<string> hosts = RegistryHosts
            .Where(word => line.Contains(word, StringComparison.OrdinalIgnoreCase))
            .Select(word => $"names a package registry's host ({word})");
        IEnumerable<string> paths = MachinePaths
            .Where(word => StartsPath(line, word))
            .Select(word => $"names a path of one machine ({word})");
        IEnumerable<string> workplace = Workplace
            .Where(word => line.Contains(word, StringComparison.OrdinalIgnoreCase))
            .Select(word => $"speaks of the workplace, not of the product ({word})");
        return hosts.Concat(paths).Concat(workplace);
    }

    // "/x/" counts where a path begins, not inside "a/x/b".
    private static bool StartsPath(string line, string word)
    {
        int at = line.IndexOf(word, StringComparison.Ordinal);
        while (at >= 0)
        {
            char before = at == 0 ? ' ' : line[at - 1];
            if (!char.IsLetterOrDigit(before) && before is not ('_' or '-' or '.' or '/' or '}'))
            {
                return true;
            }

            at = line.IndexOf(word, at + 1, StringComparison.Ordinal);
        }

        return false;
    }

    [GeneratedRegex(@"\b(TO" + @"DO|FIX" + @"ME|HA" + @"CK|XX" + @"X)\b")]
    private static partial Regex Reminder();

    [GeneratedRegex(@"#\d+")]
    private static partial Regex IssueNumber();
}
