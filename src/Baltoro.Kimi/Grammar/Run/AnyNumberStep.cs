namespace Baltoro.Kimi.Grammar.Run;

/// <summary>
/// Numbers without bounds: JSON's grammar with at most 19 digits before the point, 20 behind it, and exponents up to 279,
/// so that every such number is finite in double precision.
/// </summary>
internal static class AnyNumberStep
{
    private const int MaxIntegerDigits = 19;
    private const int MaxFractionDigits = 20;
    private const int MaxExponent = 279;

    private enum Phase
    {
        Begin,
        Minus,
        Zero,
        Integer,
        Point,
        Fraction,
        Mark,
        MarkSign,
        Exponent,
    }

    /// <summary>Moves on; the state packs the phase and a count of digits, or the exponent. False: the byte cannot follow.</summary>
    public static bool TryMove(ref int state, byte value)
    {
        var phase = (Phase)(state & 15);
        int count = state >> 4;
        (Phase, int)? next = phase switch
        {
            Phase.Begin when value == '-' => (Phase.Minus, 0),
            Phase.Begin or Phase.Minus when value == '0' => (Phase.Zero, 0),
            Phase.Begin or Phase.Minus when IsDigit(value) => (Phase.Integer, 1),
            Phase.Integer when IsDigit(value) => count < MaxIntegerDigits ? (Phase.Integer, count + 1) : null,
            Phase.Zero or Phase.Integer when value == '.' => (Phase.Point, 0),
            Phase.Point when IsDigit(value) => (Phase.Fraction, 1),
            Phase.Fraction when IsDigit(value) => count < MaxFractionDigits ? (Phase.Fraction, count + 1) : null,
            Phase.Zero or Phase.Integer or Phase.Fraction when value is (byte)'e' or (byte)'E' => (Phase.Mark, 0),
            Phase.Mark when value is (byte)'+' or (byte)'-' => (Phase.MarkSign, 0),
            Phase.Mark or Phase.MarkSign when IsDigit(value) => (Phase.Exponent, value - '0'),
            Phase.Exponent when IsDigit(value) && count > 0 && (count * 10) + value - '0' <= MaxExponent => (Phase.Exponent, (count * 10) + value - '0'),
            _ => null,
        };
        if (next is not { } found)
        {
            return false;
        }

        state = (int)found.Item1 | (found.Item2 << 4);
        return true;
    }

    /// <summary>Whether the number may end here.</summary>
    public static bool IsComplete(int state) => (Phase)(state & 15) is Phase.Zero or Phase.Integer or Phase.Fraction or Phase.Exponent;

    private static bool IsDigit(byte value) => value is >= (byte)'0' and <= (byte)'9';
}
