using Baltoro.Engine.Cache;
using Baltoro.Engine.Model;
using Baltoro.Engine.Schedule;
using Baltoro.Engine.Vision;

namespace Baltoro.Engine.Tests.Schedule;

/// <summary>
/// A model without weights for simulating the serving half. Every row stores a hash of (hash of the row before, token) in
/// the cache, read back through the page list, and logits follow from that hash alone: a wrong page, a wrong position, a
/// lost or doubled row changes the tokens. Checks the page list of every slice as an independent auditor.
/// </summary>
internal sealed unsafe class ChainRunner(int vocabularySize, int maxPositions) : IModelRunner
{
    public const int RowWidth = 4;

    private readonly Dictionary<int, SequenceSlice> _pageOwners = [];
    private float[] _logits = [];

    public int VocabularySize => vocabularySize;

    public int MaxPositions => maxPositions;

    /// <inheritdoc/>
    public IImageEncoder? Images { get; init; }

    /// <summary>Set to make the step with this number throw.</summary>
    public long FailAtStep { get; set; } = -1;

    /// <summary>Slices whose logits are not numbers.</summary>
    public Func<SequenceSlice, bool> IsSpoiled { get; set; } = _ => false;

    /// <summary>Makes texts that mostly go round in a circle of seven tokens, so that guesses from earlier text are often right.</summary>
    public bool Repeats { get; set; }

    /// <summary>Called before each step, on the engine's thread.</summary>
    public Action<StepPlan>? BeforeStep { get; set; }

    public long Steps { get; private set; }

    public ReadOnlySpan<float> Run(StepPlan plan, LatentCache cache)
    {
        BeforeStep?.Invoke(plan);
        if (Steps++ == FailAtStep)
        {
            throw new InvalidOperationException("planned failure");
        }

        AuditPages(plan);
        int wanted = plan.Slices.Sum(slice => slice.LogitRows);
        _logits = new float[wanted * vocabularySize];
        int row = 0;
        foreach (SequenceSlice slice in plan.Slices)
        {
            ulong hash = slice.StartPosition == 0 ? 0 : ReadRow(cache, slice, slice.StartPosition - 1);
            for (int i = 0; i < slice.Tokens.Length; i++)
            {
                ulong token = ImageAt(slice, slice.StartPosition + i) ?? (ulong)slice.Tokens.Span[i];
                hash = Mix(hash ^ ((token << 1) | (slice.Form == AttentionForm.Plain ? 0UL : 1UL)));
                WriteRow(cache, slice, slice.StartPosition + i, hash);
                if (i >= slice.Tokens.Length - slice.LogitRows)
                {
                    Span<float> logits = _logits.AsSpan(row++ * vocabularySize, vocabularySize);
                    FillLogits(hash, logits);
                    logits[(slice.Tokens.Span[i] % 7) + 1] += Repeats ? 12 : 0;
                    logits[0] = IsSpoiled(slice) ? float.NaN : logits[0];
                }
            }
        }

        return _logits;
    }

    /// <summary>What an image puts in the place of the token at <paramref name="position"/>; null for text.</summary>
    private static ulong? ImageAt(SequenceSlice slice, int position)
    {
        foreach (MediaEmbedding media in slice.Media)
        {
            if (position >= media.Position && position < media.End)
            {
                return BitConverter.SingleToUInt32Bits(media.Values.Span[position - media.Position]);
            }
        }

        return null;
    }

    private static ulong ReadRow(LatentCache cache, SequenceSlice slice, int position)
    {
        float* at = RowAt(cache, slice, position);
        if (at[2] != position)
        {
            throw new InvalidOperationException($"row of position {position} holds position {at[2]}");
        }

        return ((ulong)BitConverter.SingleToUInt32Bits(at[0]) << 32) | BitConverter.SingleToUInt32Bits(at[1]);
    }

    private static void WriteRow(LatentCache cache, SequenceSlice slice, int position, ulong hash)
    {
        float* at = RowAt(cache, slice, position);
        at[0] = BitConverter.UInt32BitsToSingle((uint)(hash >> 32));
        at[1] = BitConverter.UInt32BitsToSingle((uint)hash);
        at[2] = position;
    }

    private static float* RowAt(LatentCache cache, SequenceSlice slice, int position) =>
        cache.Rows(slice.Pages.Span[position / LatentCache.PageTokens], 0) + (position % LatentCache.PageTokens * RowWidth);

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 33)) * 0xFF51AFD7ED558CCDUL;
        value = (value ^ (value >> 29)) * 0xC4CEB9FE1A85EC53UL;
        return value ^ (value >> 32);
    }

    private static void FillLogits(ulong hash, Span<float> logits)
    {
        for (int id = 0; id < logits.Length; id++)
        {
            logits[id] = (Mix(hash + (ulong)id) >> 40) * (8f / (1 << 24));
        }
    }

    /// <summary>I3: a page that is written in this step belongs to one sequence only.</summary>
    private void AuditPages(StepPlan plan)
    {
        _pageOwners.Clear();
        foreach (SequenceSlice slice in plan.Slices)
        {
            int end = slice.StartPosition + slice.Tokens.Length;
            Assert.True(slice.Pages.Length * LatentCache.PageTokens >= end, "pages do not cover the rows");
            foreach (int page in slice.Pages.Span[(slice.StartPosition / LatentCache.PageTokens)..])
            {
                Assert.True(_pageOwners.TryAdd(page, slice), $"I3: two sequences write page {page} in one step");
            }
        }

        foreach (SequenceSlice slice in plan.Slices)
        {
            foreach (int page in slice.Pages.Span[..(slice.StartPosition / LatentCache.PageTokens)])
            {
                Assert.False(_pageOwners.TryGetValue(page, out SequenceSlice? writer) && writer != slice, $"I3: shared page {page} is written");
            }
        }
    }
}
