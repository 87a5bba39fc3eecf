using Baltoro.Engine.Weights.Blocks;

namespace Baltoro.Engine.Weights.Export;

/// <summary>One tensor of a GGUF file to be written.</summary>
/// <param name="Shape">Outermost dimension first.</param>
/// <param name="Layer">The layer it belongs to; −1 for embedding, final norm and head.</param>
/// <param name="Pick">Its matrices, stacked in this order, from the layer's weights; null outside layers.</param>
internal sealed record GgufSlot(
    string Name, GgufSlotKind Kind, BlockType Type, long[] Shape, int Layer, Func<LayerWeights, IEnumerable<WeightMatrix>>? Pick)
{
    public bool IsExperts => Name.Contains("_exps.", StringComparison.Ordinal);
}
