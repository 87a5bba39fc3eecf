using System.CommandLine;

namespace Baltoro.Cli;

/// <summary>What is wrong with a command line, in one sentence.</summary>
internal static class CommandMistakes
{
    private const int MostEdits = 2;

    /// <summary>Names the unknown command and the nearest known one, or what is missing.</summary>
    public static string Of(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        string called = command is RootCommand ? "baltoro" : $"baltoro {PathOf(parsed)}";
        if (command.Subcommands.Count == 0)
        {
            return $"{parsed.Errors[0].Message} (see {called} --help)";
        }

        string known = string.Join(", ", command.Subcommands.Select(verb => verb.Name));
        if (parsed.UnmatchedTokens is not [string word, ..])
        {
            return $"{called} needs a command: {known}";
        }

        if (word.StartsWith('-'))
        {
            return $"unknown option '{word}' (see {called} --help)";
        }

        string? near = command.Subcommands.Select(verb => verb.Name).OrderBy(name => Edits(word, name)).FirstOrDefault();
        return near is not null && Edits(word, near) <= MostEdits
            ? $"unknown command '{word}'; did you mean '{called} {near}'? (see {called} --help)"
            : $"unknown command '{word}'; there are {known} (see {called} --help)";
    }

    private static string PathOf(ParseResult parsed)
    {
        List<string> names = [];
        for (System.CommandLine.Parsing.SymbolResult? at = parsed.CommandResult; at is System.CommandLine.Parsing.CommandResult { Command: not RootCommand } result; at = result.Parent)
        {
            names.Insert(0, result.Command.Name);
        }

        return string.Join(' ', names);
    }

    /// <summary>Letters to put in, take out or exchange to make one word of the other (Levenshtein's distance).</summary>
    private static int Edits(string from, string to)
    {
        int[] row = [.. Enumerable.Range(0, to.Length + 1)];
        for (int i = 0; i < from.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i + 1;
            for (int j = 0; j < to.Length; j++)
            {
                int above = row[j + 1];
                row[j + 1] = Math.Min(Math.Min(above, row[j]) + 1, diagonal + (from[i] == to[j] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[^1];
    }
}
