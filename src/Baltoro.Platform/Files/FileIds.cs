using System.Security.Cryptography;

namespace Baltoro.Platform.Files;

/// <summary>
/// Ids of files: <c>file-</c> and 32 hexadecimal digits that cannot be guessed. Lower case only: where an id stands in a URL,
/// as in <c>ms://file-…</c>, some clients' URL types change the case of letters.
/// </summary>
public static class FileIds
{
    private const string Prefix = "file-";
    private const int RandomBytes = 16;

    public static string New() => Prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(RandomBytes));

    /// <summary>Whether a text has the form of an id; only such a text may become part of a path.</summary>
    public static bool IsValid(string id) =>
        id.Length == Prefix.Length + (2 * RandomBytes)
        && id.StartsWith(Prefix, StringComparison.Ordinal)
        && !id.AsSpan(Prefix.Length).ContainsAnyExcept("0123456789abcdef");
}
