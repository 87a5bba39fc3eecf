using Baltoro.Engine.Tests.Weights.Blocks;
using Baltoro.Engine.Weights.Blocks;

namespace Baltoro.Engine.Tests.Support;

/// <summary>Gives random blocks finite scales.</summary>
internal static class GoldenScales
{
    public static void Set(BlockType type, Span<byte> bytes, Random random)
    {
        int blockBytes = BlockFormat.Of(type).Bytes;
        int[] offsets = GoldenBlocks.All.FirstOrDefault(golden => golden.Type == type) is { } golden
            ? [.. golden.ScaleOffsets, .. golden.MinimumOffsets]
            : [0];
        for (int start = 0; start < bytes.Length; start += blockBytes)
        {
            foreach (int offset in offsets)
            {
                float value = (random.NextSingle() - 0.5f) * 0.1f;
                Span<byte> target = bytes[(start + offset)..];
                _ = type switch
                {
                    BlockType.F32 => BitConverter.TryWriteBytes(target, value),
                    BlockType.BF16 => BitConverter.TryWriteBytes(target, BlockEncoder.RoundToBf16(value)),
                    _ => BitConverter.TryWriteBytes(target, (Half)value),
                };
            }
        }
    }
}
