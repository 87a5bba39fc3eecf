namespace Baltoro.Engine.Kernels;

/// <summary>
/// Vectors shorter than the register, for the end of a row: the missing lanes are filled, never read or written past the
/// end. Element-wise kernels use it so that an element's value does not depend on where its row was cut.
/// </summary>
internal static unsafe class PartialVector<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    private const int MaxLanes = 16;

    public static TVector Load(float* source, int count, float fill)
    {
        float* buffer = stackalloc float[MaxLanes];
        for (int i = 0; i < TSimd.Lanes; i++)
        {
            buffer[i] = i < count ? source[i] : fill;
        }

        return TSimd.Load(buffer);
    }

    public static void Store(TVector vector, float* destination, int count)
    {
        float* buffer = stackalloc float[MaxLanes];
        TSimd.Store(vector, buffer);
        for (int i = 0; i < count; i++)
        {
            destination[i] = buffer[i];
        }
    }
}
