using System.Runtime.InteropServices;
using Baltoro.Engine.Cache;
using Baltoro.Engine.Schedule;
using Baltoro.Engine.Threads;
using Baltoro.Engine.Vision;

namespace Baltoro.Engine.Model;

/// <summary>
/// A <see cref="StepPlan"/> laid out as rows: who each row is, where it stands, whose logits are wanted. Reused between steps.
/// </summary>
internal sealed class StepRows
{
    private readonly List<RowRun> _runs = [];
    private readonly List<PartRange> _absorbed = [];
    private readonly List<MediaRows> _media = [];
    private int[] _tokens = [];
    private int[] _positions = [];
    private int[] _cacheRows = [];
    private int[] _wanted = [];

    public int RowCount { get; private set; }

    /// <summary>One run per slice, in slice order.</summary>
    public ReadOnlySpan<RowRun> Runs => CollectionsMarshal.AsSpan(_runs);

    /// <summary>Stretches of consecutive rows in absorbed form, over slice borders.</summary>
    public ReadOnlySpan<PartRange> AbsorbedRanges => CollectionsMarshal.AsSpan(_absorbed);

    /// <summary>Rows whose embeddings come from images.</summary>
    public ReadOnlySpan<MediaRows> Media => CollectionsMarshal.AsSpan(_media);

    public ReadOnlySpan<int> Tokens => _tokens.AsSpan(0, RowCount);

    public ReadOnlySpan<int> Positions => _positions.AsSpan(0, RowCount);

    /// <summary>Where each row is cached: page · PageTokens + slot.</summary>
    public ReadOnlySpan<int> CacheRows => _cacheRows.AsSpan(0, RowCount);

    /// <summary>Rows whose logits are wanted, ascending.</summary>
    public ReadOnlySpan<int> Wanted => _wanted.AsSpan(0, WantedCount);

    public int WantedCount { get; private set; }

    /// <summary>Lays out <paramref name="plan"/>. Throws <see cref="ArgumentException"/> that names field and limit.</summary>
    public void Fill(StepPlan plan, LatentCache cache, KimiConfig config)
    {
        _runs.Clear();
        _absorbed.Clear();
        _media.Clear();
        RowCount = 0;
        WantedCount = 0;
        int rows = plan.RowCount;
        if (_tokens.Length < rows)
        {
            _tokens = new int[rows];
            _positions = new int[rows];
            _cacheRows = new int[rows];
            _wanted = new int[rows];
        }

        if (cache.LayerCount != config.LayerCount || cache.RowWidth != config.CacheRowWidth)
        {
            throw new ArgumentException(
                $"cache has {cache.LayerCount} layers of {cache.RowWidth} values, the model {config.LayerCount} of {config.CacheRowWidth}",
                nameof(cache));
        }

        foreach (SequenceSlice slice in plan.Slices)
        {
            Check(slice, cache, config);
            AddMedia(slice, config.HiddenSize);
            Add(slice);
        }
    }

    private static void Check(SequenceSlice slice, LatentCache cache, KimiConfig config)
    {
        int count = slice.Tokens.Length;
        long end = (long)slice.StartPosition + count;
        if (count == 0 || slice.StartPosition < 0 || end > config.MaxPositions)
        {
            throw new ArgumentException($"slice: positions {slice.StartPosition}+{count} are not within 0..{config.MaxPositions}");
        }

        if ((long)slice.Pages.Length * LatentCache.PageTokens < end)
        {
            throw new ArgumentException($"slice: {slice.Pages.Length} pages of {LatentCache.PageTokens} do not cover {end} positions");
        }

        if (slice.LogitRows < 0 || slice.LogitRows > count)
        {
            throw new ArgumentException($"slice: {slice.LogitRows} logit rows of {count} rows");
        }

        foreach (int token in slice.Tokens.Span)
        {
            if ((uint)token >= (uint)config.VocabularySize)
            {
                throw new ArgumentException($"slice: token {token} is not within 0..{config.VocabularySize - 1}");
            }
        }

        foreach (int page in slice.Pages.Span)
        {
            if ((uint)page >= (uint)cache.PageCount)
            {
                throw new ArgumentException($"slice: page {page} is not within 0..{cache.PageCount - 1}");
            }
        }
    }

    private void AddMedia(SequenceSlice slice, int hidden)
    {
        int end = slice.StartPosition + slice.Tokens.Length;
        for (int i = 0; i < slice.Media.Count; i++)
        {
            MediaEmbedding media = slice.Media[i];
            int first = Math.Max(media.Position, slice.StartPosition);
            int count = Math.Min(media.End, end) - first;
            if (count <= 0)
            {
                continue;
            }

            if (media.Values.Length != (long)media.TokenCount * hidden)
            {
                throw new ArgumentException($"slice: the image at {media.Position} has {media.Values.Length} values for {media.TokenCount} tokens");
            }

            ReadOnlyMemory<float> values = media.Values.Slice((first - media.Position) * hidden, count * hidden);
            _media.Add(new MediaRows(RowCount + first - slice.StartPosition, count, values));
        }
    }

    private void Add(SequenceSlice slice)
    {
        _runs.Add(new RowRun(slice, RowCount));
        if (slice.Form == AttentionForm.Absorbed)
        {
            AddAbsorbed(new PartRange(RowCount, slice.Tokens.Length));
        }

        ReadOnlySpan<int> tokens = slice.Tokens.Span;
        ReadOnlySpan<int> pages = slice.Pages.Span;
        for (int i = 0; i < tokens.Length; i++, RowCount++)
        {
            int position = slice.StartPosition + i;
            _tokens[RowCount] = tokens[i];
            _positions[RowCount] = position;
            int page = pages[position / LatentCache.PageTokens];
            _cacheRows[RowCount] = (page * LatentCache.PageTokens) + (position % LatentCache.PageTokens);
            if (i >= tokens.Length - slice.LogitRows)
            {
                _wanted[WantedCount++] = RowCount;
            }
        }
    }

    private void AddAbsorbed(PartRange rows)
    {
        if (_absorbed.Count > 0 && _absorbed[^1].End == rows.Start)
        {
            _absorbed[^1] = _absorbed[^1] with { Count = _absorbed[^1].Count + rows.Count };
        }
        else
        {
            _absorbed.Add(rows);
        }
    }
}
