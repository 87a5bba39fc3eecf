using System.Buffers;
using System.Globalization;

namespace Baltoro.Kimi.Tokenizer;

/// <summary>Splits a <see cref="ByteLevelVocabulary"/> into ordinary tokens by rank and the names of the special ids.</summary>
internal static class VocabularyReader
{
    /// <exception cref="TokenizerFormatException">It is not one of Kimi's layout; the message names id, expected and found.</exception>
    public static (TokenTable Table, string[] SpecialNames) Read(string source, ByteLevelVocabulary vocabulary)
    {
        int count = vocabulary.Tokens.Count;
        if (vocabulary.Types is not null && vocabulary.Types.Count != count)
        {
            throw new TokenizerFormatException(source, null, $"a type for each of {count} tokens", $"{vocabulary.Types.Count} types");
        }

        int firstSpecial = FirstSpecial(source, vocabulary);
        ArrayBufferWriter<byte> bytes = new((firstSpecial * 8) + 1);
        int[] starts = new int[firstSpecial + 1];
        for (int rank = 0; rank < firstSpecial; rank++)
        {
            string token = vocabulary.Tokens[rank];
            if (token.Length == 0 || !ByteAlphabet.TryRead(token, bytes))
            {
                throw new TokenizerFormatException(source, null, $"token {Text(rank)} in the byte alphabet", $"'{token}'");
            }

            starts[rank + 1] = bytes.WrittenCount;
        }

        TokenTable table = new(bytes.WrittenSpan.ToArray(), starts);
        RankFile.Check(source, table);
        return (table, [.. vocabulary.Tokens.Skip(firstSpecial)]);
    }

    private static int FirstSpecial(string source, ByteLevelVocabulary vocabulary)
    {
        int count = vocabulary.Tokens.Count;
        if (vocabulary.Types is null)
        {
            return Math.Max(0, count - SpecialTokenFile.ReservedCount);
        }

        int first = 0;
        while (first < count && vocabulary.Types[first] == ByteLevelVocabulary.NormalType)
        {
            first++;
        }

        for (int id = first; id < count; id++)
        {
            if (vocabulary.Types[id] == ByteLevelVocabulary.NormalType)
            {
                throw new TokenizerFormatException(
                    source, null, $"special tokens from id {Text(first)} to the end", $"ordinary token {Text(id)} '{vocabulary.Tokens[id]}'");
            }
        }

        return first;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
