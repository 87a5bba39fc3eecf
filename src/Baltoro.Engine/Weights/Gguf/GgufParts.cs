using System.Globalization;
using Baltoro.Engine.Diagnostics;

namespace Baltoro.Engine.Weights.Gguf;

/// <summary>Names of the files of a split model: <c>NAME-00001-of-00003.gguf</c>.</summary>
internal static class GgufParts
{
    private const string Extension = ".gguf";
    private const string Between = "-of-";
    private const int Digits = 5;
    private const int MaxParts = 4096;

    /// <summary>
    /// The files of the model that <paramref name="path"/> belongs to, in order; just <paramref name="path"/> when its name is
    /// not that of a part. Throws <see cref="ModelFormatException"/> for a part that is not there.
    /// </summary>
    public static IReadOnlyList<string> Resolve(string path)
    {
        if (!TrySplit(path, out string prefix, out int count))
        {
            return File.Exists(path) ? [path] : throw new ModelFormatException(path, "file", "a GGUF file", "nothing");
        }

        List<string> parts = [];
        for (int number = 1; number <= count; number++)
        {
            string part = NameOf(prefix, number, count);
            parts.Add(File.Exists(part) ? part : throw new ModelFormatException(part, "file", $"part {number} of {count}", "nothing"));
        }

        return parts;
    }

    /// <summary>The file name of part <paramref name="number"/> (from 1) of <paramref name="count"/>.</summary>
    public static string NameOf(string prefix, int number, int count) =>
        string.Create(CultureInfo.InvariantCulture, $"{prefix}-{number:D5}{Between}{count:D5}{Extension}");

    private static bool TrySplit(string path, out string prefix, out int count)
    {
        prefix = "";
        count = 0;
        int suffix = 1 + Digits + Between.Length + Digits + Extension.Length;
        if (path.Length <= suffix)
        {
            return false;
        }

        ReadOnlySpan<char> tail = path.AsSpan(path.Length - suffix);
        prefix = path[..^suffix];
        return tail[0] == '-'
            && int.TryParse(tail.Slice(1, Digits), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && tail.Slice(1 + Digits, Between.Length).SequenceEqual(Between)
            && int.TryParse(tail.Slice(1 + Digits + Between.Length, Digits), NumberStyles.None, CultureInfo.InvariantCulture, out count)
            && tail.EndsWith(Extension, StringComparison.Ordinal)
            && number >= 1
            && number <= count
            && count <= MaxParts;
    }
}
