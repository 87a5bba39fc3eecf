namespace Baltoro.Engine.Weights;

/// <summary>How a file stores a matrix.</summary>
internal enum StoredEncoding
{
    /// <summary>Blocks (or plain numbers) of one <see cref="Blocks.BlockType"/>.</summary>
    Blocks,

    /// <summary>Packed 4-bit codes and bfloat16 scales, see <see cref="Blocks.Int4Groups"/>.</summary>
    Int4Groups,

    /// <summary>E4M3 codes and float32 factors per 128 × 128, see <see cref="Blocks.Fp8Blocks"/>.</summary>
    Fp8Blocks,
}
