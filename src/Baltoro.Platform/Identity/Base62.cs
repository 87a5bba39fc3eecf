using System.Numerics;

namespace Baltoro.Platform.Identity;

/// <summary>Digits 0-9A-Za-z, most significant first, fixed width.</summary>
internal static class Base62
{
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <summary>Writes the big-endian number in <paramref name="value"/> over all of <paramref name="digits"/>.</summary>
    public static void Write(ReadOnlySpan<byte> value, Span<char> digits)
    {
        BigInteger rest = new(value, isUnsigned: true, isBigEndian: true);
        for (int i = digits.Length - 1; i >= 0; i--)
        {
            (rest, BigInteger digit) = BigInteger.DivRem(rest, Alphabet.Length);
            digits[i] = Alphabet[(int)digit];
        }

        if (!rest.IsZero)
        {
            throw new ArgumentException($"{value.Length} bytes do not fit into {digits.Length} digits", nameof(digits));
        }
    }

    /// <summary>Whether every character of <paramref name="text"/> is a digit.</summary>
    public static bool IsValid(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(Alphabet);
}
