namespace Baltoro.Engine.Sampling;

/// <summary>
/// Counter-based random numbers: draw n of a seed is a pure function of (seed, n), so a sequence's tokens do not depend
/// on what else runs (I6). Mixing function: SplitMix64 (Steele, Lea, Flood 2014), applied twice.
/// </summary>
public static class SeededRandom
{
    /// <summary>Uniform double in [0, 1) with 53 bits.</summary>
    public static double NextUnit(ulong seed, long drawIndex)
    {
        ulong mixed = Mix(Mix(seed) + ((ulong)drawIndex * 0x9E3779B97F4A7C15UL));
        return (mixed >> 11) * (1.0 / (1UL << 53));
    }

    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15UL;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9UL;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EBUL;
        return value ^ (value >> 31);
    }
}
