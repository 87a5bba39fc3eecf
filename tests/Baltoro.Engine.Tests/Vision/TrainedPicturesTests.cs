using System.Buffers.Binary;
using System.IO.Compression;
using System.Text.Json;
using Baltoro.Engine.Model;
using Baltoro.Engine.Schedule;
using Baltoro.Engine.Tests.Support;
using Baltoro.Engine.Vision;
using Baltoro.Tests.Shared;

namespace Baltoro.Engine.Tests.Vision;

/// <summary>
/// The tower that ships, against the media tokens and logits that the training program computed from the same rounded weights in
/// float32 with PyTorch. The bound is that of the text model's test.
/// </summary>
public class TrainedPicturesTests
{
    private const float Tolerance = 2e-3f;
    private const int Patch = 14;

    private static readonly string _model = Path.Combine(RepositoryRoot.Path, "models", "kimi-nano");

    public static TheoryData<string> Variants() => [.. ModelDriver.Variants];

    [Theory]
    [MemberData(nameof(Variants))]
    public void Pictures_OfTheShippedWeights_EqualTheTrainers(string kernels)
    {
        string path = Path.Combine(_model, "golden", "vision.json");
        Assert.SkipUnless(File.Exists(path), "models/kimi-nano has no tower");
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllBytes(path));
        using ModelDriver driver = new(_model, kernels, threads: 1);
        int pad = driver.Runner.Config.MediaPlaceholderId!.Value; // a model with a tower names it
        foreach (JsonElement row in golden.RootElement.GetProperty("rows").EnumerateArray())
        {
            int[] grid = VisionGolden.Integers(row.GetProperty("grid"));
            ImageInput image = new(1, grid[0], grid[1], Patches(row.GetProperty("png").GetBytesFromBase64(), grid[0], grid[1]));
            float[] tokens = VisionGolden.Encode(driver.Runner.Images!, image, out _);
            float[] expected = [.. VisionGolden.Rows(row.GetProperty("tokens")).SelectMany(values => values).Select(value => (float)value)];
            AssertClose(expected, tokens);
            int[] ids = VisionGolden.Integers(row.GetProperty("ids"));
            SequenceSlice slice = ModelDriver.Slice(ids, 0, ModelDriver.PagesOf(0), AttentionForm.Plain, 1);
            slice.Media = [new MediaEmbedding(Array.IndexOf(ids, pad), ids.Count(id => id == pad), tokens)];
            float[] logits = driver.Step(slice)[0];
            int[] top = VisionGolden.Integers(row.GetProperty("top_ids"));
            AssertClose([.. row.GetProperty("top_values").EnumerateArray().Select(value => value.GetSingle())], [.. top.Select(id => logits[id])]);
            AssertClose([.. row.GetProperty("first8").EnumerateArray().Select(value => value.GetSingle())], logits[..8]);
        }
    }

    private static void AssertClose(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], Tolerance);
        }
    }

    /// <summary>Patches of an 8-bit RGB PNG without filters, as the training program writes them, padded with black.</summary>
    private static float[] Patches(byte[] png, int rows, int columns)
    {
        (int width, int height, byte[] pixels) = Decode(png);
        float[] values = new float[rows * columns * 3 * Patch * Patch];
        for (int i = 0; i < values.Length; i++)
        {
            int patch = i / (3 * Patch * Patch);
            int x = (patch % columns * Patch) + (i % Patch);
            int y = (patch / columns * Patch) + (i / Patch % Patch);
            int channel = i / (Patch * Patch) % 3;
            int value = x < width && y < height ? pixels[(y * ((3 * width) + 1)) + 1 + (3 * x) + channel] : 0;
            values[i] = ((value / 255f) - 0.5f) / 0.5f;
        }

        return values;
    }

    private static (int Width, int Height, byte[] Rows) Decode(byte[] png)
    {
        (int width, int height) = (0, 0);
        using MemoryStream packed = new();
        for (int at = 8; at < png.Length;)
        {
            int size = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at));
            ReadOnlySpan<byte> kind = png.AsSpan(at + 4, 4);
            ReadOnlySpan<byte> body = png.AsSpan(at + 8, size);
            if (kind.SequenceEqual("IHDR"u8))
            {
                (width, height) = (BinaryPrimitives.ReadInt32BigEndian(body), BinaryPrimitives.ReadInt32BigEndian(body[4..]));
            }
            else if (kind.SequenceEqual("IDAT"u8))
            {
                packed.Write(body);
            }

            at += size + 12;
        }

        packed.Position = 0;
        using ZLibStream stream = new(packed, CompressionMode.Decompress);
        using MemoryStream rows = new();
        stream.CopyTo(rows);
        return (width, height, rows.ToArray());
    }
}
