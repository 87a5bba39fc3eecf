using System.Buffers;

namespace Baltoro.Kimi.Tokenizer;

/// <summary>
/// Byte-pair merge of one piece: join the adjacent pair whose bytes together have the lowest rank, the leftmost on
/// ties, until no pair is a token. Short pieces search the lowest pair by scanning, long ones with a heap, so that the
/// work stays n log n for the longest piece the cutter lets through.
/// </summary>
internal static class PairMerger
{
    private const int ScanLimitBytes = 96;
    private const int NoRank = int.MaxValue;

    /// <summary>Appends the ids of <paramref name="piece"/> (or only counts them, when there is no list); returns how many.</summary>
    public static int Merge(TokenTable table, ReadOnlySpan<byte> piece, List<int>? ids) =>
        piece.Length <= ScanLimitBytes ? MergeByScan(table, piece, ids) : MergeByHeap(table, piece, ids);

    private static int MergeByScan(TokenTable table, ReadOnlySpan<byte> piece, List<int>? ids)
    {
        // Part i covers starts[i]..starts[i + 1]; ranks[i] is the rank of parts i and i + 1 together.
        Span<int> starts = stackalloc int[ScanLimitBytes + 1];
        Span<int> ranks = stackalloc int[ScanLimitBytes + 1];
        int partCount = piece.Length;
        for (int i = 0; i <= partCount; i++)
        {
            starts[i] = i;
        }

        for (int i = 0; i < partCount - 1; i++)
        {
            ranks[i] = RankOf(table, piece[i..(i + 2)]);
        }

        while (partCount > 1)
        {
            int best = LowestIndex(ranks[..(partCount - 1)]);
            if (ranks[best] == NoRank)
            {
                break;
            }

            starts[(best + 2)..(partCount + 1)].CopyTo(starts[(best + 1)..]);
            ranks[(best + 1)..(partCount - 1)].CopyTo(ranks[best..]);
            partCount--;
            if (best > 0)
            {
                ranks[best - 1] = RankOf(table, piece[starts[best - 1]..starts[best + 1]]);
            }

            if (best < partCount - 1)
            {
                ranks[best] = RankOf(table, piece[starts[best]..starts[best + 2]]);
            }
        }

        for (int i = 0; ids is not null && i < partCount; i++)
        {
            ids.Add(table.Find(piece[starts[i]..starts[i + 1]]));
        }

        return partCount;
    }

    private static int LowestIndex(ReadOnlySpan<int> ranks)
    {
        int best = 0;
        for (int i = 1; i < ranks.Length; i++)
        {
            if (ranks[i] < ranks[best])
            {
                best = i;
            }
        }

        return best;
    }

    private static int MergeByHeap(TokenTable table, ReadOnlySpan<byte> piece, List<int>? ids)
    {
        // Parts form a linked list over their start bytes: nexts[s] is the start of the following part, previous[s] of
        // the one before; pairRanks[s] is the rank of the part at s joined with its successor.
        int[] nexts = ArrayPool<int>.Shared.Rent(piece.Length + 1);
        int[] previous = ArrayPool<int>.Shared.Rent(piece.Length + 1);
        int[] pairRanks = ArrayPool<int>.Shared.Rent(piece.Length + 1);
        PriorityQueue<int, long> queue = new(piece.Length);
        for (int i = 0; i <= piece.Length; i++)
        {
            nexts[i] = i + 1;
            previous[i] = i - 1;
            pairRanks[i] = i + 2 <= piece.Length ? RankOf(table, piece.Slice(i, 2)) : NoRank;
            Enqueue(queue, i, pairRanks[i]);
        }

        while (queue.TryDequeue(out int start, out long key))
        {
            if (pairRanks[start] != (int)(key >> 32))
            {
                continue;
            }

            int joined = nexts[start];
            int following = nexts[joined];
            nexts[start] = following;
            previous[following] = start;
            pairRanks[joined] = NoRank;
            Refresh(table, piece, start, nexts, pairRanks, queue);
            if (previous[start] >= 0)
            {
                Refresh(table, piece, previous[start], nexts, pairRanks, queue);
            }
        }

        int count = 0;
        for (int start = 0; start < piece.Length; start = nexts[start])
        {
            count++;
            ids?.Add(table.Find(piece[start..nexts[start]]));
        }

        ArrayPool<int>.Shared.Return(nexts);
        ArrayPool<int>.Shared.Return(previous);
        ArrayPool<int>.Shared.Return(pairRanks);
        return count;
    }

    private static void Refresh(
        TokenTable table, ReadOnlySpan<byte> piece, int start, int[] nexts, int[] pairRanks, PriorityQueue<int, long> queue)
    {
        int middle = nexts[start];
        pairRanks[start] = middle < piece.Length ? RankOf(table, piece[start..nexts[middle]]) : NoRank;
        Enqueue(queue, start, pairRanks[start]);
    }

    private static void Enqueue(PriorityQueue<int, long> queue, int start, int rank)
    {
        if (rank != NoRank)
        {
            queue.Enqueue(start, ((long)rank << 32) | (uint)start);
        }
    }

    private static int RankOf(TokenTable table, ReadOnlySpan<byte> bytes)
    {
        int rank = table.Find(bytes);
        return rank < 0 ? NoRank : rank;
    }
}
