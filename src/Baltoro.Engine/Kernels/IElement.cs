namespace Baltoro.Engine.Kernels;

/// <summary>A stored weight format that a matrix kernel widens to float32 while it reads.</summary>
internal unsafe interface IElement
{
    static abstract int Bytes { get; }

    /// <summary>Widens one vector of elements from <paramref name="index"/> on; the caller guarantees that they exist.</summary>
    static abstract TVector Load<TSimd, TVector>(void* row, nint index)
        where TSimd : ISimd<TVector>
        where TVector : struct;

    /// <summary>Widens one element.</summary>
    static abstract float LoadOne(void* row, nint index);
}
