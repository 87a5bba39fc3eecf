namespace Baltoro.Engine.Schedule;

/// <summary>
/// What a generating step costs by its number of rows: for few rows what was measured last (fading average), otherwise a
/// least-squares line over the recent steps. Measured, not assumed, because the cost jumps where more threads or other tiles
/// come into play. Not thread-safe.
/// </summary>
internal sealed class StepCost
{
    private const int MeasuredRows = 32;
    private const double Fading = 0.98;
    private const double Learning = 0.2;

    private readonly double[] _measured = new double[MeasuredRows + 1];
    private double _weight;
    private double _rows;
    private double _seconds;
    private double _rowsRows;
    private double _rowsSeconds;
    private double _fixed;
    private double _perRow;

    /// <summary>Whether steps of different sizes were seen, so that larger ones can be foretold.</summary>
    public bool IsKnown { get; private set; }

    /// <summary>Seconds that a step of <paramref name="rows"/> rows is expected to take.</summary>
    public double Seconds(int rows) =>
        rows <= MeasuredRows && _measured[rows] > 0 ? _measured[rows] : _fixed + (_perRow * rows);

    public void Observe(int rows, double seconds)
    {
        if (rows <= MeasuredRows)
        {
            _measured[rows] = _measured[rows] > 0 ? _measured[rows] + (Learning * (seconds - _measured[rows])) : seconds;
        }

        _weight = (_weight * Fading) + 1;
        _rows = (_rows * Fading) + rows;
        _seconds = (_seconds * Fading) + seconds;
        _rowsRows = (_rowsRows * Fading) + ((double)rows * rows);
        _rowsSeconds = (_rowsSeconds * Fading) + (rows * seconds);
        double meanRows = _rows / _weight;
        double meanSeconds = _seconds / _weight;
        double variance = (_rowsRows / _weight) - (meanRows * meanRows);
        IsKnown |= variance > 0.05;
        double slope = variance > 0.05 ? ((_rowsSeconds / _weight) - (meanRows * meanSeconds)) / variance : _perRow;
        _perRow = Math.Clamp(slope, 0, meanSeconds / meanRows);
        _fixed = meanSeconds - (_perRow * meanRows);
    }
}
