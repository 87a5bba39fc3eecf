using Baltoro.Engine.Cache;
using Baltoro.Engine.Model;
using Baltoro.Engine.Schedule;

namespace Baltoro.Backends.Tests.Support;

/// <summary>
/// A model that knows nothing: logits are a fixed random function of the last token and its position. Some tokens may be
/// liked more than others, so that markers come often.
/// </summary>
internal sealed class RandomRunner(int vocabularySize, ulong seed, IReadOnlyCollection<int> liked, float liking) : IModelRunner
{
    private readonly List<float> _logits = [];
    private float[] _flat = [];

    public int VocabularySize => vocabularySize;

    /// <summary>Rows computed so far.</summary>
    public long RowCount { get; private set; }

    public int MaxPositions => 131_072;

    public ReadOnlySpan<float> Run(StepPlan plan, LatentCache cache)
    {
        _logits.Clear();
        RowCount += plan.RowCount;
        foreach (SequenceSlice slice in plan.Slices)
        {
            for (int row = slice.Tokens.Length - slice.LogitRows; row < slice.Tokens.Length; row++)
            {
                AddRow(slice.Tokens.Span[row], slice.StartPosition + row);
            }
        }

        _flat = [.. _logits];
        return _flat;
    }

    private void AddRow(int token, int position)
    {
        ulong state = unchecked(seed + ((ulong)token * 0x9E3779B97F4A7C15) + ((ulong)position * 0xBF58476D1CE4E5B9));
        for (int id = 0; id < vocabularySize; id++)
        {
            state = unchecked((state * 6364136223846793005) + 1442695040888963407);
            float noise = (state >> 40) / (float)(1 << 24);
            _logits.Add((noise * 4) + (liked.Contains(id) ? liking : 0));
        }
    }
}
