using Baltoro.Engine.Kernels;
using Baltoro.Engine.Ops;
using Baltoro.Engine.Vision;
using Baltoro.Engine.Weights;

namespace Baltoro.Engine.Model.Vision;

/// <summary>
/// What is added to every patch of one image: the learned table, stretched to the image's grid unless it has that size, and for
/// the frames of a video a wave per frame. Source: MoonViT and MoonViT-3D (Learnable2DInterpPosEmb, "divided_fixed").
/// </summary>
internal sealed class PatchPositions
{
    private readonly WeightMatrix _table;
    private readonly int _tableColumns;
    private readonly CubicTaps? _rows;
    private readonly CubicTaps? _columns;
    private readonly float[]? _frames;

    public PatchPositions(VisionConfig config, WeightMatrix table, ImageInput image)
    {
        _table = table;
        _tableColumns = config.TableColumns;
        if (image.Rows != config.TableRows || image.Columns != config.TableColumns)
        {
            _rows = new CubicTaps(config.TableRows, image.Rows);
            _columns = new CubicTaps(config.TableColumns, image.Columns);
        }

        _frames = image.Frames > 1 ? Waves(image.Frames, config.HiddenSize) : null;
    }

    /// <summary>Adds the place's vector to x[hidden].</summary>
    public unsafe void Add(KernelTable kernels, int frame, int row, int column, Span<float> x)
    {
        if (_rows is null || _columns is null)
        {
            RowOps.Add(kernels, 1f, Entry(row, column, x.Length), x);
        }
        else
        {
            for (int i = 0; i < CubicTaps.Count; i++)
            {
                for (int k = 0; k < CubicTaps.Count; k++)
                {
                    float weight = (float)(_rows.Weight(row, i) * _columns.Weight(column, k));
                    RowOps.Add(kernels, weight, Entry(_rows.Index(row, i), _columns.Index(column, k), x.Length), x);
                }
            }
        }

        if (_frames is not null)
        {
            RowOps.Add(kernels, 1f, _frames.AsSpan(frame * x.Length, x.Length), x);
        }
    }

    private unsafe ReadOnlySpan<float> Entry(int row, int column, int width) =>
        new(_table.Slice((row * _tableColumns) + column, 1).Data, width);

    /// <summary>[frames, hidden]: sin(f · ω_j) for j below hidden / 2, then cos(f · ω_j), ω_j = 10000^(−2j / hidden).</summary>
    private static float[] Waves(int frames, int hidden)
    {
        float[] waves = new float[frames * hidden];
        int half = hidden / 2;
        for (int frame = 0; frame < frames; frame++)
        {
            for (int j = 0; j < half; j++)
            {
                (double sine, double cosine) = Math.SinCos(frame * Math.Pow(10_000, -(double)j / half));
                waves[(frame * hidden) + j] = (float)sine;
                waves[(frame * hidden) + half + j] = (float)cosine;
            }
        }

        return waves;
    }
}
