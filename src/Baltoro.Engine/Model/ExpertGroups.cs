namespace Baltoro.Engine.Model;

/// <summary>
/// The (row, expert) pairs of a step sorted by expert, so that each expert's weights are read once for all its rows.
/// Within an expert, rows ascend. Rows write their own choice; one worker sorts.
/// </summary>
internal sealed class ExpertGroups(int expertCount, int expertsPerToken)
{
    private readonly int[] _starts = new int[expertCount + 1];
    private readonly int[] _next = new int[expertCount];
    private int[] _experts = [];
    private float[] _weights = [];
    private int[] _slots = [];
    private int[] _rows = [];
    private int _rowCount;

    /// <summary>Makes room for <paramref name="rows"/> rows. Called by one worker before the others write.</summary>
    public void Reserve(int rows)
    {
        int pairs = checked(rows * expertsPerToken);
        if (_experts.Length < pairs)
        {
            _experts = new int[pairs];
            _weights = new float[pairs];
            _slots = new int[pairs];
            _rows = new int[pairs];
        }

        _rowCount = rows;
    }

    /// <summary>The experts of one row, best first.</summary>
    public Span<int> Experts(int row) => _experts.AsSpan(row * expertsPerToken, expertsPerToken);

    /// <summary>The weights of one row's experts.</summary>
    public Span<float> Weights(int row) => _weights.AsSpan(row * expertsPerToken, expertsPerToken);

    /// <summary>Where each of one row's experts finds its row among the sorted pairs.</summary>
    public ReadOnlySpan<int> Slots(int row) => _slots.AsSpan(row * expertsPerToken, expertsPerToken);

    /// <summary>First sorted pair of <paramref name="expert"/>.</summary>
    public int Start(int expert) => _starts[expert];

    /// <summary>The rows that chose <paramref name="expert"/>, ascending.</summary>
    public ReadOnlySpan<int> Rows(int expert) => _rows.AsSpan(_starts[expert], _starts[expert + 1] - _starts[expert]);

    /// <summary>Counting sort of all pairs by expert.</summary>
    public void Sort()
    {
        int pairs = _rowCount * expertsPerToken;
        Array.Clear(_next);
        for (int pair = 0; pair < pairs; pair++)
        {
            _next[_experts[pair]]++;
        }

        _starts[0] = 0;
        for (int expert = 0; expert < expertCount; expert++)
        {
            _starts[expert + 1] = _starts[expert] + _next[expert];
            _next[expert] = _starts[expert];
        }

        for (int pair = 0; pair < pairs; pair++)
        {
            int slot = _next[_experts[pair]]++;
            _slots[pair] = slot;
            _rows[slot] = pair / expertsPerToken;
        }
    }
}
