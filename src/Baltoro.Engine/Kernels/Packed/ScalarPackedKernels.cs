namespace Baltoro.Engine.Kernels;

/// <summary>
/// The reference twins of the int8 kernels, as plain as possible. <see cref="Product"/> adds the groups in double; the other
/// variants add them in one float32 chain from group 0 on and agree with each other bit for bit.
/// </summary>
internal static unsafe class ScalarPackedKernels
{
    /// <summary>
    /// Quantizes one row: scale = max|x| / 127, code = x · (127 / max|x|) rounded to nearest, ties to even; all zeros have scale
    /// 0. A group with a value that is not finite gets scale NaN, so that every product with it is NaN. Shapes: x[32 ·
    /// groups], y[groups].
    /// </summary>
    public static void Quantize(float* x, int groups, QuantGroup* y)
    {
        for (int group = 0; group < groups; group++, x += QuantGroup.Width, y++)
        {
            float largest = 0;
            for (int i = 0; i < QuantGroup.Width; i++)
            {
                largest = MathF.Max(largest, MathF.Abs(x[i]));
            }

            float inverse = QuantizedScale.Inverse(largest);
            int sum = 0;
            for (int i = 0; i < QuantGroup.Width; i++)
            {
                y->Codes[i] = inverse > 0 ? (sbyte)MathF.Round(x[i] * inverse, MidpointRounding.ToEven) : (sbyte)0;
                sum += y->Codes[i];
            }

            QuantizedScale.Finish(y, largest, sum);
        }
    }

    /// <inheritdoc cref="PackedArgs"/>
    public static void Product(in PackedArgs args)
    {
        for (int row = 0; row < args.Rows; row++)
        {
            QuantGroup* x = args.XRow(row);
            for (int column = 0; column < args.OutCount; column++)
            {
                byte* tile = args.Weights + (column / TileFormat.Rows * args.TileBytes);
                double sum = 0;
                for (int group = 0; group < args.Groups; group++, tile += args.Format.GroupBytes)
                {
                    sum += (double)TileReader.Dot(args.Format, tile, column % TileFormat.Rows, x + group)
                        * TileReader.Scale(args.Format, tile, column % TileFormat.Rows) * x[group].Scale;
                }

                args.Y[(row * args.YStride) + column] = (float)sum;
            }
        }
    }
}
