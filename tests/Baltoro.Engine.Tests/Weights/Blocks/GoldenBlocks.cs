using Baltoro.Engine.Weights.Blocks;

namespace Baltoro.Engine.Tests.Weights.Blocks;

/// <summary>
/// Blocks of bytes b[i] = (73·i + 41) mod 256 with every scale set to 1.0 and every minimum to 0.5, and what two independent
/// decoders of the published layouts make of them: sum, Σ (k + 1)·y[k], and samples.
/// </summary>
internal static class GoldenBlocks
{
    public sealed record Golden(BlockType Type, int[] ScaleOffsets, int[] MinimumOffsets, double Sum, double WeightedSum, string Samples);

    public static IReadOnlyList<Golden> All { get; } =
    [
        new(BlockType.Q4_0, [0], [], -33, -799, "0:3 1:-4 15:-6 16:3 31:-8"),
        new(BlockType.Q4_1, [0], [2], 241, 3730, "0:13.5 1:6.5 15:4.5 16:4.5 31:9.5"),
        new(BlockType.Q5_0, [0], [], -45, -1185, "0:15 1:8 15:-10 16:13 31:2"),
        new(BlockType.Q5_1, [0], [2], 517, 8312, "0:17.5 1:10.5 15:24.5 16:23.5 31:11.5"),
        new(BlockType.Q8_0, [0], [], -48, -688, "0:-69 1:4 15:2 16:75 31:-110"),
        new(BlockType.IQ4_NL, [0], [], -481, -12076, "0:38 1:-49 15:-83 16:38 31:-127"),
        new(BlockType.Q2_K, [80], [82], 2043, 250990, "0:8 1:17 16:-1.5 32:16.5 33:-5.5 64:37 127:15 128:-2.5 200:5.5 255:-3.5"),
        new(BlockType.Q3_K, [108], [], 234, 34746, "0:-7 1:14 16:2 32:-54 33:0 64:76 127:-96 128:24 200:78 255:-24"),
        new(BlockType.Q4_K, [0], [2], 53352, 7369368, "0:92.5 1:1.5 16:92.5 32:213 33:-29 64:277.5 127:434 128:176.5 200:54 255:-11.5"),
        new(BlockType.Q5_K, [0], [2], 110072, 14904504, "0:300.5 1:1.5 16:300.5 32:257 33:367 64:277.5 127:514 128:512.5 200:54 255:-11.5"),
        new(BlockType.Q6_K, [208], [], -14844, -1628128, "0:161 1:-46 16:-350 32:1107 33:-3690 64:26 127:-48 128:-343 200:-425 255:288"),
    ];

    public static byte[] BytesOf(Golden golden)
    {
        byte[] block = new byte[BlockFormat.Of(golden.Type).Bytes];
        for (int i = 0; i < block.Length; i++)
        {
            block[i] = (byte)((73 * i) + 41);
        }

        foreach (int offset in golden.ScaleOffsets)
        {
            BitConverter.TryWriteBytes(block.AsSpan(offset), (Half)1.0f);
        }

        foreach (int offset in golden.MinimumOffsets)
        {
            BitConverter.TryWriteBytes(block.AsSpan(offset), (Half)0.5f);
        }

        return block;
    }
}
