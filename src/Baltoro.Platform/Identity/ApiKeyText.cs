using System.Security.Cryptography;
using System.Text;

namespace Baltoro.Platform.Identity;

/// <summary>
/// The text of a key: type prefix <c>sk-</c> (or <c>sk-admin-</c>), 256 random bits as 43 base-62 digits, and 6 base-62 digits
/// of checksum (the first 32 bits of SHA-256 over prefix and body). A mistyped or invented key fails the checksum and never
/// reaches the store.
/// </summary>
public static class ApiKeyText
{
    /// <summary>Prefix of a key that calls models.</summary>
    public const string Prefix = "sk-";

    /// <summary>Prefix of a key that administers. The body has no '-', so that neither can be read as the other.</summary>
    public const string AdminPrefix = "sk-admin-";

    /// <summary>Characters of a whole key that calls models.</summary>
    public const int Length = 3 + BodyLength + ChecksumLength;

    private const int SecretBytes = 32;
    private const int BodyLength = 43;
    private const int ChecksumLength = 6;
    private const int HintTailLength = 4;

    /// <summary>A new key from the operating system's random source.</summary>
    public static string Create(KeyKind kind = KeyKind.Api)
    {
        Span<byte> secret = stackalloc byte[SecretBytes];
        RandomNumberGenerator.Fill(secret);
        string key = FromSecret(secret, kind);
        CryptographicOperations.ZeroMemory(secret);
        return key;
    }

    /// <summary>The key of given random bytes.</summary>
    public static string FromSecret(ReadOnlySpan<byte> secret, KeyKind kind = KeyKind.Api)
    {
        if (secret.Length != SecretBytes)
        {
            throw new ArgumentException($"a key needs {SecretBytes} random bytes, found {secret.Length}", nameof(secret));
        }

        string prefix = PrefixOf(kind);
        Span<char> key = stackalloc char[prefix.Length + BodyLength + ChecksumLength];
        prefix.CopyTo(key);
        Base62.Write(secret, key.Slice(prefix.Length, BodyLength));
        WriteChecksum(key[..^ChecksumLength], key[^ChecksumLength..]);
        return new string(key);
    }

    /// <summary>Whether <paramref name="text"/> has the form of a key of either type: prefix, length, alphabet and checksum.</summary>
    public static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        string prefix = text.StartsWith(AdminPrefix, StringComparison.Ordinal) ? AdminPrefix : Prefix;
        if (text.Length != prefix.Length + BodyLength + ChecksumLength || !text.StartsWith(prefix, StringComparison.Ordinal)
            || !Base62.IsValid(text[prefix.Length..]))
        {
            return false;
        }

        Span<char> checksum = stackalloc char[ChecksumLength];
        WriteChecksum(text[..^ChecksumLength], checksum);
        return text[^ChecksumLength..].SequenceEqual(checksum);
    }

    /// <summary>What lists show of a key: prefix and last characters.</summary>
    public static string HintOf(string key) =>
        $"{(key.StartsWith(AdminPrefix, StringComparison.Ordinal) ? AdminPrefix : Prefix)}…{key[^HintTailLength..]}";

    private static string PrefixOf(KeyKind kind) => kind == KeyKind.Admin ? AdminPrefix : Prefix;

    private static void WriteChecksum(ReadOnlySpan<char> text, Span<char> checksum)
    {
        Span<byte> ascii = stackalloc byte[text.Length];
        Encoding.ASCII.GetBytes(text, ascii);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(ascii, hash);
        Base62.Write(hash[..sizeof(uint)], checksum);
    }
}
