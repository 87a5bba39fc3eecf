namespace Baltoro.Kimi.Vision;

/// <summary>
/// Resizes 8-bit RGB as Pillow's <c>Image.resize(size, BICUBIC)</c> does, byte for byte: cubic convolution with a = −0.5 whose
/// support grows with the reduction, horizontal then vertical, weights in fixed point with 22 fraction bits, rounded to 8 bits
/// between the passes; a pass that would not change the size is left out.
/// </summary>
internal static class BicubicResizer
{
    private const int FractionBits = 22;
    private const double Support = 2;
    private const double A = -0.5;

    /// <summary>A picture of <paramref name="width"/> x <paramref name="height"/>; the same one when nothing changes.</summary>
    public static PixelImage Resize(PixelImage image, int width, int height)
    {
        PixelImage wide = image.Width == width ? image : Horizontal(image, width);
        return wide.Height == height ? wide : Vertical(wide, height);
    }

    private static PixelImage Horizontal(PixelImage image, int width)
    {
        Taps[] taps = AllTaps(image.Width, width);
        byte[] target = new byte[checked(3 * width * image.Height)];
        ReadOnlySpan<byte> source = image.Rgb.Span;
        for (int row = 0; row < image.Height; row++)
        {
            ReadOnlySpan<byte> from = source.Slice(row * image.Width * 3, image.Width * 3);
            Span<byte> to = target.AsSpan(row * width * 3, width * 3);
            for (int column = 0; column < width; column++)
            {
                Taps tap = taps[column];
                int red = 1 << (FractionBits - 1);
                int green = red;
                int blue = red;
                ReadOnlySpan<byte> pixels = from.Slice(tap.First * 3, tap.Weights.Length * 3);
                for (int i = 0; i < tap.Weights.Length; i++)
                {
                    int weight = tap.Weights[i];
                    red += pixels[3 * i] * weight;
                    green += pixels[(3 * i) + 1] * weight;
                    blue += pixels[(3 * i) + 2] * weight;
                }

                to[3 * column] = Clip(red);
                to[(3 * column) + 1] = Clip(green);
                to[(3 * column) + 2] = Clip(blue);
            }
        }

        return new PixelImage(width, image.Height, target);
    }

    private static PixelImage Vertical(PixelImage image, int height)
    {
        Taps[] taps = AllTaps(image.Height, height);
        int rowBytes = image.Width * 3;
        byte[] target = new byte[checked(rowBytes * height)];
        int[] sums = new int[rowBytes];
        ReadOnlySpan<byte> source = image.Rgb.Span;
        for (int row = 0; row < height; row++)
        {
            sums.AsSpan().Fill(1 << (FractionBits - 1));
            for (int i = 0; i < taps[row].Weights.Length; i++)
            {
                int weight = taps[row].Weights[i];
                ReadOnlySpan<byte> from = source.Slice((taps[row].First + i) * rowBytes, rowBytes);
                for (int k = 0; k < sums.Length; k++)
                {
                    sums[k] += from[k] * weight;
                }
            }

            Span<byte> to = target.AsSpan(row * rowBytes, rowBytes);
            for (int k = 0; k < sums.Length; k++)
            {
                to[k] = Clip(sums[k]);
            }
        }

        return new PixelImage(image.Width, height, target);
    }

    /// <summary>Source pixels and weights of every target pixel along one direction.</summary>
    private static Taps[] AllTaps(int from, int to)
    {
        double scale = (double)from / to;
        double stretch = Math.Max(scale, 1);
        double support = Support * stretch;
        Taps[] taps = new Taps[to];
        double[] weights = new double[((int)Math.Ceiling(support) * 2) + 1];
        for (int i = 0; i < to; i++)
        {
            double center = (i + 0.5) * scale;
            int first = Math.Max((int)(center - support + 0.5), 0);
            int count = Math.Min((int)(center + support + 0.5), from) - first;
            double total = 0;
            for (int k = 0; k < count; k++)
            {
                weights[k] = Kernel((k + first - center + 0.5) * (1 / stretch));
                total += weights[k];
            }

            int[] rounded = new int[count];
            for (int k = 0; k < count; k++)
            {
                double weight = (total != 0 ? weights[k] / total : weights[k]) * (1 << FractionBits);
                rounded[k] = (int)(weight < 0 ? weight - 0.5 : weight + 0.5);
            }

            taps[i] = new Taps(first, rounded);
        }

        return taps;
    }

    private static double Kernel(double x)
    {
        double d = Math.Abs(x);
        return d switch
        {
            < 1 => ((((A + 2) * d) - (A + 3)) * d * d) + 1,
            < 2 => ((((d - 5) * d) + 8) * d - 4) * A,
            _ => 0,
        };
    }

    private static byte Clip(int sum) => (byte)Math.Clamp(sum >> FractionBits, 0, 255);

    private readonly record struct Taps(int First, int[] Weights);
}
