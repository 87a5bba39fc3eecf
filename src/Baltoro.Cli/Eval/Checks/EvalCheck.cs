using System.Globalization;
using System.Text.RegularExpressions;
using Baltoro.Cli.Client;

namespace Baltoro.Cli.Eval.Checks;

/// <summary>A rule that tells whether an answer is right. The rules are those of the training program, word for word.</summary>
internal abstract partial record EvalCheck
{
    private EvalCheck()
    {
    }

    /// <summary>Whether <paramref name="answer"/> meets the rule.</summary>
    public abstract bool Passes(ChatAnswer answer);

    private static bool IsStopped(ChatAnswer answer) => answer.FinishReason == "stop";

    /// <summary>The answer is this text, spaces around it aside.</summary>
    public sealed record Exact(string Value) : EvalCheck
    {
        public override bool Passes(ChatAnswer answer) => answer.Content.Trim() == Value;
    }

    /// <summary>Every text occurs, whatever its case.</summary>
    public sealed record ContainsAll(IReadOnlyList<string> Values) : EvalCheck
    {
        public override bool Passes(ChatAnswer answer) =>
            Values.All(value => answer.Content.Contains(value, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>One of the texts occurs, whatever its case.</summary>
    public sealed record ContainsAny(IReadOnlyList<string> Values) : EvalCheck
    {
        public override bool Passes(ChatAnswer answer) =>
            Values.Any(value => answer.Content.Contains(value, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The last number of the answer is this one.</summary>
    public sealed record Number(double Value) : EvalCheck
    {
        public override bool Passes(ChatAnswer answer)
        {
            MatchCollection numbers = NumberPattern().Matches(answer.Content.Replace(",", "", StringComparison.Ordinal));
            return numbers.Count > 0 && double.Parse(numbers[^1].Value, CultureInfo.InvariantCulture) == Value;
        }
    }

    /// <summary>Ended by itself, of sensible length, on the topic, a proper end, and no four words too often in a row.</summary>
    public sealed record Sensible(int MinWords, int MaxWords, IReadOnlyList<string> Any, int MaxRepeat) : EvalCheck
    {
        private const int GramWords = 4;

        public override bool Passes(ChatAnswer answer)
        {
            string text = answer.Content;
            string[] words = [.. WordPattern().Matches(text.ToLowerInvariant()).Select(match => match.Value)];
            return IsStopped(answer)
                && words.Length >= MinWords
                && words.Length <= MaxWords
                && Any.Any(word => IsWordOf(text, word))
                && text.TrimEnd() is [.., '.' or '!' or '?']
                && MostRepeated(words) <= MaxRepeat;
        }

        private static bool IsWordOf(string text, string word) => Regex.IsMatch(
            text, $@"\b{Regex.Escape(word)}\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

        private static int MostRepeated(string[] words)
        {
            Dictionary<string, int> counts = [];
            for (int i = 0; i + GramWords <= words.Length; i++)
            {
                string gram = string.Join(' ', words, i, GramWords);
                counts[gram] = counts.GetValueOrDefault(gram) + 1;
            }

            return counts.Count == 0 ? 0 : counts.Values.Max();
        }
    }

    /// <summary>Ended by itself, not empty, and no special token shows.</summary>
    public sealed record Format : EvalCheck
    {
        public override bool Passes(ChatAnswer answer) =>
            IsStopped(answer) && answer.Content.Trim().Length > 0 && !SpecialPattern().IsMatch(answer.Content);
    }

    [GeneratedRegex(@"-?[0-9]+(?:\.[0-9]+)?")]
    private static partial Regex NumberPattern();

    [GeneratedRegex("[a-z0-9']+")]
    private static partial Regex WordPattern();

    [GeneratedRegex(@"<\||\[(BOS|EOS|EOT|PAD|UNK)\]|</?think>")]
    private static partial Regex SpecialPattern();
}
