using Baltoro.Engine.Cache;
using Baltoro.Engine.Model;
using Baltoro.Engine.Schedule;

namespace Baltoro.Engine.Diagnostics;

/// <summary>
/// Logits of whole token sequences, for inspection, evaluation and comparison with other engines. Every token is read in
/// prompt form. One thread at a time.
/// </summary>
public sealed class LogitProbe : IDisposable
{
    /// <summary>Rows computed in one step; bounds the memory of the logits.</summary>
    private const int ChunkRows = 128;

    private readonly ModelRunner _runner;

    /// <summary>Loads a model folder.</summary>
    /// <exception cref="ModelFormatException">The files are wrong.</exception>
    public LogitProbe(string modelPath, EngineOptions options) => _runner = ModelRunner.Load(modelPath, options);

    public int VocabularySize => _runner.VocabularySize;

    /// <summary>Tokens the weights were trained on at a time, or null when the model does not say.</summary>
    public int? TrainedContext => _runner.Config.TrainedContext;

    /// <summary>
    /// Calls <paramref name="visit"/> with (index of the row, logits[vocabulary] after that token) for every row, or for the
    /// last one only. The span is valid during the call.
    /// </summary>
    /// <exception cref="ArgumentException">There are no ids, too many, or one is outside the vocabulary.</exception>
    public void Visit(ReadOnlyMemory<int> ids, bool allRows, Action<int, ReadOnlySpan<float>> visit)
    {
        Validate(ids.Span);
        int pageCount = (ids.Length + LatentCache.PageTokens - 1) / LatentCache.PageTokens;
        KimiConfig config = _runner.Config;
        using var cache = new LatentCache(pageCount, config.LayerCount, config.LatentRank + config.RopeHeadDim);
        int[] pages = [.. Enumerable.Range(0, pageCount)];
        var plan = new StepPlan();
        for (int start = 0; start < ids.Length; start += ChunkRows)
        {
            int rows = Math.Min(ChunkRows, ids.Length - start);
            int wanted = allRows ? rows : start + rows == ids.Length ? 1 : 0;
            plan.Slices.Clear();
            plan.Slices.Add(new SequenceSlice
            {
                Tokens = ids.Slice(start, rows),
                StartPosition = start,
                Pages = pages,
                Form = AttentionForm.Plain,
                LogitRows = wanted,
            });
            ReadOnlySpan<float> logits = _runner.Run(plan, cache);
            for (int row = 0; row < wanted; row++)
            {
                visit(start + rows - wanted + row, logits.Slice(row * VocabularySize, VocabularySize));
            }
        }
    }

    public void Dispose() => _runner.Dispose();

    private void Validate(ReadOnlySpan<int> ids)
    {
        if (ids.Length == 0 || ids.Length > _runner.MaxPositions)
        {
            throw new ArgumentException($"ids: found {ids.Length} of them; allowed is 1 to {_runner.MaxPositions}");
        }

        foreach (int id in ids)
        {
            if ((uint)id >= (uint)VocabularySize)
            {
                throw new ArgumentException($"ids: found {id}; allowed is 0 to {VocabularySize - 1}");
            }
        }
    }
}
