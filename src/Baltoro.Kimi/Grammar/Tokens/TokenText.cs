namespace Baltoro.Kimi.Grammar.Tokens;

/// <summary>What a token's bytes look like inside a JSON string.</summary>
internal static class TokenText
{
    /// <summary>
    /// Code points of a token that can stand in a string as it is (valid UTF-8 without quotes, backslashes and control
    /// characters), or -1.
    /// </summary>
    public static int PlainLength(ReadOnlySpan<byte> bytes)
    {
        if (bytes.ContainsAnyInRange((byte)0, (byte)0x1F) || bytes.ContainsAny((byte)'"', (byte)'\\') || !System.Text.Unicode.Utf8.IsValid(bytes))
        {
            return -1;
        }

        int count = 0;
        foreach (byte value in bytes)
        {
            count += (value & 0xC0) == 0x80 ? 0 : 1;
        }

        return count;
    }
}
