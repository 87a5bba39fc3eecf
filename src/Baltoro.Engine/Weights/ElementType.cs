namespace Baltoro.Engine.Weights;

/// <summary>Stored formats of tensor elements that this version can read.</summary>
public enum ElementType
{
    Float32,
    BFloat16,
    Float16,
    Float8E4M3,
    Int32,
    Int64,
}
