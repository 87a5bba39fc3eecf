namespace Baltoro.Engine.Kernels;

/// <summary>A stored weight format that a matrix kernel widens to float32 while it reads.</summary>
internal unsafe interface IElement
{
    /// <summary>Bytes of <paramref name="elements"/> elements of a row, whole blocks where the format has blocks.</summary>
    static abstract nint BytesOf(nint elements);

    /// <summary>Widens <typeparamref name="TSimd"/>.Lanes elements from <paramref name="index"/> on, a multiple of Lanes; the caller
    /// guarantees that they exist. Makes no calls, see <see cref="MatMulKernel{TSimd, TVector, TElement}"/>.</summary>
    static abstract TVector Load<TSimd, TVector>(void* row, nint index)
        where TSimd : ISimd<TVector>
        where TVector : struct;

    /// <summary>Widens one element.</summary>
    static abstract float LoadOne(void* row, nint index);
}
