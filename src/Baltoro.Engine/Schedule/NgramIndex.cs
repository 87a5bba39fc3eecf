namespace Baltoro.Engine.Schedule;

/// <summary>
/// Finds where the last three tokens of a text stood before (prompt lookup: Saxena 2023; Yang et al. 2023, "Inference with
/// Reference"). A direct-mapped table from the hash of three tokens to the position after them; the latest occurrence
/// wins and a collision only costs a guess. Not thread-safe.
/// </summary>
internal sealed class NgramIndex
{
    /// <summary>Tokens that must agree.</summary>
    public const int Order = 3;

    private const int LeastSlots = 1 << 8;
    private const int MostSlots = 1 << 18;

    private readonly int[] _positions;
    private readonly int _mask;
    private int _indexed = Order;

    /// <param name="expectedTokens">Tokens the text is likely to have; sizes the table.</param>
    public NgramIndex(int expectedTokens)
    {
        long slots = System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(expectedTokens, LeastSlots / 2, MostSlots / 2) * 2);
        _positions = new int[slots];
        _mask = (int)slots - 1;
    }

    /// <summary>
    /// Position in <paramref name="tokens"/> after the latest earlier occurrence of its last <see cref="Order"/> tokens, or
    /// -1. Texts handed in must grow at their end only.
    /// </summary>
    public int Find(ReadOnlySpan<int> tokens)
    {
        for (; _indexed < tokens.Length; _indexed++)
        {
            _positions[SlotOf(tokens[(_indexed - Order).._indexed])] = _indexed;
        }

        if (tokens.Length <= Order)
        {
            return -1;
        }

        ReadOnlySpan<int> last = tokens[^Order..];
        int position = _positions[SlotOf(last)];
        return position >= Order && tokens[(position - Order)..position].SequenceEqual(last) ? position : -1;
    }

    private int SlotOf(ReadOnlySpan<int> three)
    {
        ulong hash = ((ulong)(uint)three[0] * 0x9E3779B97F4A7C15) ^ ((ulong)(uint)three[1] * 0xC2B2AE3D27D4EB4F) ^ ((ulong)(uint)three[2] * 0x165667B19E3779F9);
        return (int)((hash ^ (hash >> 29)) * 0xBF58476D1CE4E5B9 >> 40) & _mask;
    }
}
