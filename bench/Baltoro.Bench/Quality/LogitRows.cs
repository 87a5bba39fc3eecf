using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Baltoro.Engine;
using Baltoro.Engine.Diagnostics;

namespace Baltoro.Bench.Quality;

/// <summary>Logits of all positions of some texts, one row after the other, and what two of them say about each other.</summary>
internal sealed class LogitRows(QualityText[] texts, float[][] rows)
{
    /// <summary>By the engine, prompt form.</summary>
    public static LogitRows Of(string model, string? kernels, QualityText[] texts)
    {
        using LogitProbe probe = new(model, new EngineOptions { Kernels = kernels, LoadVision = false });
        List<float[]> rows = [];
        foreach (QualityText text in texts)
        {
            probe.Visit(text.Ids, true, (_, logits) => rows.Add(logits.ToArray()));
        }

        return new LogitRows(texts, [.. rows]);
    }

    /// <summary>From a file of float32, row by row.</summary>
    public static LogitRows Read(string path, QualityText[] texts)
    {
        ReadOnlySpan<float> values = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(path));
        int count = texts.Sum(text => text.Ids.Length);
        int width = values.Length / count;
        float[][] rows = new float[count][];
        for (int row = 0; row < count; row++)
        {
            rows[row] = values.Slice(row * width, width).ToArray();
        }

        return new LogitRows(texts, rows);
    }

    /// <summary>−ln p of every token of every answer.</summary>
    public double[] Losses()
    {
        List<double> losses = [];
        int first = 0;
        foreach (QualityText text in texts)
        {
            for (int i = text.AnswerStart; i < text.Ids.Length; i++)
            {
                float[] row = rows[first + i - 1];
                double total = 0;
                foreach (float value in row)
                {
                    total += Math.Exp(value - row[text.Ids[i]]);
                }

                losses.Add(Math.Log(total));
            }

            first += text.Ids.Length;
        }

        return [.. losses];
    }

    /// <summary>How near the other's rows are: median and lowest percentile of the cosines, share of rows with the same best token.</summary>
    public (double Median, double Low, double SameBest) Compare(LogitRows other)
    {
        double[] cosines = new double[rows.Length];
        int same = 0;
        for (int row = 0; row < rows.Length; row++)
        {
            float[] there = other[row];
            int width = Math.Min(there.Length, rows[row].Length);
            cosines[row] = Cosine(rows[row].AsSpan(0, width), there.AsSpan(0, width));
            same += TensorPrimitives.IndexOfMax<float>(rows[row]) == TensorPrimitives.IndexOfMax<float>(there) ? 1 : 0;
        }

        Array.Sort(cosines);
        return (cosines[cosines.Length / 2], cosines[cosines.Length / 100], (double)same / rows.Length);
    }

    private float[] this[int row] => rows[row];

    private static double Cosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double product = 0;
        double left = 0;
        double right = 0;
        for (int i = 0; i < a.Length; i++)
        {
            product += (double)a[i] * b[i];
            left += (double)a[i] * a[i];
            right += (double)b[i] * b[i];
        }

        return product / Math.Sqrt(left * right);
    }
}
