namespace Baltoro.Engine.Weights.Blocks;

/// <summary>How a format packs elements: blocks of <paramref name="Elements"/> elements in <paramref name="Bytes"/> bytes.</summary>
internal readonly record struct BlockFormat(int Elements, int Bytes)
{
    /// <summary>The packing of <paramref name="type"/>, or null for a number that names no format.</summary>
    public static BlockFormat? Find(BlockType type) => type switch
    {
        BlockType.F32 or BlockType.I32 => new(1, 4),
        BlockType.F16 or BlockType.BF16 or BlockType.I16 => new(1, 2),
        BlockType.F64 or BlockType.I64 => new(1, 8),
        BlockType.I8 => new(1, 1),
        BlockType.Q4_0 or BlockType.IQ4_NL => new(32, 18),
        BlockType.Q4_1 => new(32, 20),
        BlockType.Q5_0 => new(32, 22),
        BlockType.Q5_1 => new(32, 24),
        BlockType.Q8_0 => new(32, 34),
        BlockType.Q8_1 => new(32, 36),
        BlockType.MXFP4 => new(32, 17),
        BlockType.Q2_K => new(256, 84),
        BlockType.Q3_K or BlockType.IQ3_S => new(256, 110),
        BlockType.Q4_K => new(256, 144),
        BlockType.Q5_K => new(256, 176),
        BlockType.Q6_K => new(256, 210),
        BlockType.Q8_K => new(256, 292),
        BlockType.IQ1_S => new(256, 50),
        BlockType.IQ1_M => new(256, 56),
        BlockType.IQ2_XXS or BlockType.TQ2_0 => new(256, 66),
        BlockType.IQ2_XS => new(256, 74),
        BlockType.IQ2_S => new(256, 82),
        BlockType.IQ3_XXS => new(256, 98),
        BlockType.IQ4_XS => new(256, 136),
        BlockType.TQ1_0 => new(256, 54),
        _ => null,
    };

    /// <summary>The packing of a known format.</summary>
    public static BlockFormat Of(BlockType type) =>
        Find(type) ?? throw new ArgumentOutOfRangeException(nameof(type), type, "not a stored format");

    /// <summary>Bytes of one row. Requires a multiple of <see cref="Elements"/>.</summary>
    public long RowBytes(long columns) => columns % Elements == 0
        ? checked(columns / Elements * Bytes)
        : throw new ArgumentException($"a row of {columns} is not a multiple of the block of {Elements}", nameof(columns));
}
