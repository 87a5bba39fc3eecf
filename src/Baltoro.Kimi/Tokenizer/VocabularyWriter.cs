namespace Baltoro.Kimi.Tokenizer;

/// <summary>Writes a tokenizer as <see cref="ByteLevelVocabulary"/>.</summary>
internal static class VocabularyWriter
{
    public static ByteLevelVocabulary Write(TokenTable table, IReadOnlyList<string> specialNames)
    {
        List<string> tokens = new(table.Count + specialNames.Count);
        List<string> merges = new(table.Count);
        for (int rank = 0; rank < table.Count; rank++)
        {
            ReadOnlySpan<byte> token = table.BytesOf(rank);
            tokens.Add(ByteAlphabet.Write(token));
            if (LastMerge(table, rank) is int cut)
            {
                merges.Add($"{ByteAlphabet.Write(token[..cut])} {ByteAlphabet.Write(token[cut..])}");
            }
        }

        tokens.AddRange(specialNames);
        long[] types = new long[tokens.Count];
        types.AsSpan(0, table.Count).Fill(ByteLevelVocabulary.NormalType);
        types.AsSpan(table.Count).Fill(ByteLevelVocabulary.ControlType);
        return new ByteLevelVocabulary(tokens, types, merges);
    }

    /// <summary>
    /// Where the last merge joins the token: its bytes are merged by lower ranks only, until two parts are left. Null for a
    /// single byte, and for a token that merging never reaches (it is found as a whole piece only).
    /// </summary>
    private static int? LastMerge(TokenTable table, int rank)
    {
        ReadOnlySpan<byte> token = table.BytesOf(rank);
        List<int> starts = [.. Enumerable.Range(0, token.Length + 1)];
        while (starts.Count > 3)
        {
            int best = -1;
            int bestRank = rank;
            for (int i = 0; i + 2 < starts.Count; i++)
            {
                int found = table.Find(token[starts[i]..starts[i + 2]]);
                if (found >= 0 && found < bestRank)
                {
                    (best, bestRank) = (i, found);
                }
            }

            if (best < 0)
            {
                return null;
            }

            starts.RemoveAt(best + 1);
        }

        return starts.Count == 3 ? starts[1] : null;
    }
}
