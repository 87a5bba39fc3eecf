using Baltoro.Kimi.Grammar.Rules;

namespace Baltoro.Kimi.Grammar.Run;

/// <summary>Numbers with bounds: a byte is taken only if some number within the bounds still begins that way.</summary>
internal static class NumberStep
{
    private const int Begin = 0;
    private const int Minus = 1;
    private const int Integer = 2;
    private const int Point = 3;
    private const int Fraction = 4;

    public static bool TryMove(NumberSpec spec, ref Frame frame, byte value)
    {
        switch (frame.State)
        {
            case Begin when value == '-':
                frame.State = Minus;
                frame.Negative = true;
                return spec.CanBegin(negative: true);
            case Begin or Minus when IsDigit(value):
                frame.State = Integer;
                frame.Data = value - '0';
                return spec.CanExtendInteger(frame.Data, frame.Negative);
            case Integer when IsDigit(value) && frame.Data != 0:
                frame.Data = (frame.Data * 10) + (value - '0');
                return spec.CanExtendInteger(frame.Data, frame.Negative);
            case Integer when value == '.' && spec.Scale > 0:
                frame.State = Point;
                return spec.CanExtendFraction(frame.Data, 0, frame.Negative);
            case Point or Fraction when IsDigit(value) && frame.Next < spec.Scale:
                frame.State = Fraction;
                frame.Data = (frame.Data * 10) + (value - '0');
                frame.Next++;
                return spec.CanExtendFraction(frame.Data, frame.Next, frame.Negative);
            default:
                return false;
        }
    }

    /// <summary>Whether the number may end here.</summary>
    public static bool IsComplete(NumberSpec spec, in Frame frame) =>
        frame.State is Integer or Fraction && spec.IsComplete(frame.Data, frame.Next, frame.Negative);

    private static bool IsDigit(byte value) => value is >= (byte)'0' and <= (byte)'9';
}
