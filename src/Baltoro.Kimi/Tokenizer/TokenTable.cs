using System.Buffers.Binary;
using System.Numerics;

namespace Baltoro.Kimi.Tokenizer;

/// <summary>
/// Ordinary tokens: bytes by rank and rank by bytes. All bytes lie in one array; the index is an open-addressing table of
/// (hash, rank) pairs at most half full. Immutable after construction and safe for concurrent reads.
/// </summary>
internal sealed class TokenTable
{
    private readonly byte[] _bytes;
    private readonly int[] _starts;
    private readonly ulong[] _slots;
    private readonly int _mask;

    /// <param name="bytes">Bytes of all tokens, in rank order, without gaps.</param>
    /// <param name="starts">Start of each token; one more entry holds the end.</param>
    public TokenTable(byte[] bytes, int[] starts)
    {
        _bytes = bytes;
        _starts = starts;
        Count = starts.Length - 1;
        int slotCount = (int)BitOperations.RoundUpToPowerOf2((uint)(Count * 2));
        _slots = new ulong[slotCount];
        _mask = slotCount - 1;
        for (int rank = 0; rank < Count; rank++)
        {
            MaxTokenBytes = Math.Max(MaxTokenBytes, starts[rank + 1] - starts[rank]);
            if (!TryInsert(rank, out int other))
            {
                DuplicateRank ??= (rank, other);
            }
        }
    }

    public int Count { get; }

    public int MaxTokenBytes { get; }

    /// <summary>First token whose bytes an earlier one already had, with that one; null when all differ.</summary>
    public (int Rank, int Earlier)? DuplicateRank { get; }

    public ReadOnlySpan<byte> BytesOf(int rank) => _bytes.AsSpan(_starts[rank], _starts[rank + 1] - _starts[rank]);

    public ReadOnlyMemory<byte> MemoryOf(int rank) => _bytes.AsMemory(_starts[rank], _starts[rank + 1] - _starts[rank]);

    /// <summary>Rank of the token with exactly these bytes (at least one), or -1.</summary>
    public int Find(ReadOnlySpan<byte> token)
    {
        if (token.Length > MaxTokenBytes)
        {
            return -1;
        }

        uint hash = Hash(token);
        ulong[] slots = _slots;
        for (int i = (int)hash & _mask; ; i = (i + 1) & _mask)
        {
            ulong slot = slots[i];
            if (slot == 0)
            {
                return -1;
            }

            if ((uint)(slot >> 32) == hash)
            {
                int rank = (int)(uint)slot - 1;
                if (BytesOf(rank).SequenceEqual(token))
                {
                    return rank;
                }
            }
        }
    }

    private bool TryInsert(int rank, out int existing)
    {
        ReadOnlySpan<byte> token = BytesOf(rank);
        existing = token.IsEmpty ? -1 : Find(token);
        if (existing >= 0)
        {
            return false;
        }

        uint hash = Hash(token);
        int i = (int)hash & _mask;
        while (_slots[i] != 0)
        {
            i = (i + 1) & _mask;
        }

        _slots[i] = ((ulong)hash << 32) | (uint)(rank + 1);
        return true;
    }

    private static uint Hash(ReadOnlySpan<byte> token)
    {
        ulong state = (ulong)token.Length * 0x9E3779B97F4A7C15;
        while (token.Length > 8)
        {
            state = Mix(state ^ BinaryPrimitives.ReadUInt64LittleEndian(token));
            token = token[8..];
        }

        ulong rest;
        if (token.Length >= 4)
        {
            rest = BinaryPrimitives.ReadUInt32LittleEndian(token)
                | ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(token[^4..]) << 32);
        }
        else if (token.Length > 0)
        {
            rest = token[0] | ((ulong)token[token.Length >> 1] << 8) | ((ulong)token[^1] << 16);
        }
        else
        {
            rest = 0;
        }

        return (uint)(Mix(state ^ rest) >> 32);
    }

    private static ulong Mix(ulong value)
    {
        ulong high = Math.BigMul(value ^ 0xD6E8FEB86659FD93, 0xA0761D6478BD642F, out ulong low);
        return high ^ low;
    }
}
