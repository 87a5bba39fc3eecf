namespace Baltoro.Engine.Weights;

/// <summary>Names and sizes of <see cref="ElementType"/> in safetensors files.</summary>
internal static class ElementTypes
{
    /// <summary>
    /// Bytes of every dtype a safetensors header may name, so that headers can be checked even for tensors that are not loaded.
    /// </summary>
    public static int? BytesOf(string safetensorsName) => safetensorsName switch
    {
        "F64" or "I64" or "U64" => 8,
        "F32" or "I32" or "U32" => 4,
        "F16" or "BF16" or "I16" or "U16" => 2,
        "I8" or "U8" or "BOOL" or "F8_E4M3" or "F8_E5M2" => 1,
        _ => null,
    };

    public static ElementType? Parse(string safetensorsName) => safetensorsName switch
    {
        "F32" => ElementType.Float32,
        "BF16" => ElementType.BFloat16,
        "F16" => ElementType.Float16,
        "F8_E4M3" => ElementType.Float8E4M3,
        "I32" => ElementType.Int32,
        "I64" => ElementType.Int64,
        _ => null,
    };
}
