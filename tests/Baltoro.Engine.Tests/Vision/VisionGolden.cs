using System.Text.Json;
using Baltoro.Engine.Tests.Support;
using Baltoro.Engine.Vision;

namespace Baltoro.Engine.Tests.Vision;

/// <summary>A tiny model with a tower and float64 results of the NumPy oracle (tests/oracle/vision_oracle.py).</summary>
internal sealed class VisionGolden : IDisposable
{
    public const int PadId = 5;
    public const int PatchWidth = 3 * 14 * 14;

    private readonly JsonDocument _document;

    public VisionGolden(string name)
    {
        Folder = Path.Combine(GoldenCase.Root, name);
        _document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "golden.json")));
    }

    public string Folder { get; }

    public IReadOnlyList<Expected> Images => [.. _document.RootElement.GetProperty("images").EnumerateArray().Select(element => new Expected(element))];

    public JsonElement Sequence => _document.RootElement.GetProperty("sequences")[0];

    /// <summary>A made-up picture: bytes from an integer hash of the index, normalised as Kimi does.</summary>
    public static ImageInput Picture(uint seed, int frames, int rows, int columns)
    {
        float[] values = new float[frames * rows * columns * PatchWidth];
        for (int i = 0; i < values.Length; i++)
        {
            uint x = unchecked(((uint)i + seed) * 0x9E3779B1);
            x = unchecked((x ^ (x >> 15)) * 0x85EBCA77);
            x ^= x >> 13;
            values[i] = (((x >> 24) / 255f) - 0.5f) / 0.5f;
        }

        return new ImageInput(frames, rows, columns, values);
    }

    /// <summary>All media tokens of an image.</summary>
    public static float[] Encode(IImageEncoder encoder, ImageInput image, out int slices)
    {
        encoder.Begin(image);
        slices = 1;
        for (float[]? done = encoder.Advance(); ; done = encoder.Advance(), slices++)
        {
            if (done is not null)
            {
                return done;
            }
        }
    }

    public static void AssertClose(double[] expected, ReadOnlySpan<float> actual, double tolerance, string where)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            double error = Math.Abs(expected[i] - actual[i]);
            Assert.True(error <= tolerance, $"{where}, value {i}: expected {expected[i]}, actual {actual[i]}, error {error}, tolerance {tolerance}");
        }
    }

    public static double Tolerance(JsonElement element, string kernels) =>
        element.GetProperty(kernels == "scalar" ? "double_sum_tolerance" : "tolerance").GetDouble();

    public static double[][] Rows(JsonElement element) =>
        [.. element.EnumerateArray().Select(row => row.EnumerateArray().Select(value => value.GetDouble()).ToArray())];

    public static int[] Integers(JsonElement element) => [.. element.EnumerateArray().Select(value => value.GetInt32())];

    public void Dispose() => _document.Dispose();

    public sealed class Expected(JsonElement element)
    {
        public ImageInput Image { get; } = Picture(
            element.GetProperty("seed").GetUInt32(),
            element.GetProperty("frames").GetInt32(),
            element.GetProperty("rows").GetInt32(),
            element.GetProperty("columns").GetInt32());

        public void AssertMatches(float[] embeddings, string kernels)
        {
            int[] cells = Integers(element.GetProperty("cells"));
            double[][] rows = Rows(element.GetProperty("embeddings"));
            Assert.Equal(Image.Rows * Image.Columns / 4 * rows[0].Length, embeddings.Length);
            for (int i = 0; i < cells.Length; i++)
            {
                string where = $"{Image.Frames} x {Image.Rows} x {Image.Columns}, cell {cells[i]}";
                VisionGolden.AssertClose(rows[i], embeddings.AsSpan(cells[i] * rows[i].Length, rows[i].Length), Tolerance(element, kernels), where);
            }
        }
    }
}
