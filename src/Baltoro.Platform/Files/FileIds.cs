using System.Security.Cryptography;
using Baltoro.Platform.Identity;

namespace Baltoro.Platform.Files;

/// <summary>Ids of files: <c>file-</c> and 22 letters and digits that cannot be guessed.</summary>
public static class FileIds
{
    private const string Prefix = "file-";
    private const int RandomBytes = 16;
    private const int Digits = 22;

    public static string New()
    {
        Span<char> digits = stackalloc char[Digits];
        Base62.Write(RandomNumberGenerator.GetBytes(RandomBytes), digits);
        return string.Concat(Prefix, digits);
    }

    /// <summary>Whether a text has the form of an id; only such a text may become part of a path.</summary>
    public static bool IsValid(string id) =>
        id.Length == Prefix.Length + Digits && id.StartsWith(Prefix, StringComparison.Ordinal) && Base62.IsValid(id.AsSpan(Prefix.Length));
}
