using System.Security.Cryptography;
using System.Text;

namespace Baltoro.Platform.Vouchers;

/// <summary>Texts of vouchers: <c>BV-XXXXX-XXXXX-XXXXX-XXXXX</c>, 100 random bits in letters and digits that are not mistaken for each other.</summary>
public static class VoucherCode
{
    private const string Prefix = "BV";
    private const string Letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int GroupChars = 5;
    private const int Groups = 4;

    /// <summary>A new code.</summary>
    public static string Create() =>
        $"{Prefix}-{string.Join('-', Enumerable.Range(0, Groups).Select(_ => RandomNumberGenerator.GetString(Letters, GroupChars)))}";

    /// <summary>What is stored of a code as a person types it: capitals, spaces and dashes do not matter, O is 0, I and L are 1. Null when it is none.</summary>
    public static byte[]? HashOf(string text)
    {
        string plain = string.Concat(text.ToUpperInvariant().Where(letter => letter is not ('-' or ' ')));
        if (!plain.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        string body = plain[Prefix.Length..].Replace('O', '0').Replace('I', '1').Replace('L', '1');
        return body.Length == GroupChars * Groups && body.All(letter => Letters.Contains(letter, StringComparison.Ordinal))
            ? SHA256.HashData(Encoding.ASCII.GetBytes(body))
            : null;
    }
}
