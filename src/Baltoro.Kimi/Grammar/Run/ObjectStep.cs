using Baltoro.Kimi.Grammar.Rules;

namespace Baltoro.Kimi.Grammar.Run;

/// <summary>Which names may follow inside an object.</summary>
internal static class ObjectStep
{
    public const int Opened = 0;
    public const int AfterValue = 1;
    public const int AfterComma = 2;
    public const int AfterName = 3;
    public const int AfterAdditionalName = 4;

    private static Int128 AdditionalOne { get; } = (Int128)1 << 64;

    public static long Declared(in Frame frame) => (long)(frame.Data & ulong.MaxValue);

    public static long Additional(in Frame frame) => (long)(frame.Data >> 64);

    public static void CountDeclared(ref Frame frame) => frame.Data += 1;

    public static void CountAdditional(ref Frame frame) => frame.Data += AdditionalOne;

    public static bool CanClose(ObjectSpec spec, in Frame frame) =>
        spec.RequiredFrom[frame.Next] == 0 && Declared(frame) + Math.Min(1, Additional(frame)) >= spec.Min;

    public static bool CanTakeAdditional(CompiledGrammar grammar, ObjectSpec spec, in Frame frame) =>
        spec.AdditionalKey >= 0
        && spec.RequiredFrom[frame.Next] == 0
        && Declared(frame) + Additional(frame) < spec.Max
        && Declared(frame) + 1 >= spec.Min
        && Fits(grammar, spec.AdditionalRule, frame);

    /// <summary>Whether any property under <paramref name="node"/> of the name tree may come next.</summary>
    public static bool CanTakeBelow(CompiledGrammar grammar, ObjectSpec spec, in Frame frame, int node)
    {
        foreach (int property in spec.NamesBelow[node])
        {
            if (CanTake(grammar, spec, frame, property))
            {
                return true;
            }
        }

        return false;
    }

    private static bool CanTake(CompiledGrammar grammar, ObjectSpec spec, in Frame frame, int property)
    {
        if (property < frame.Next || property > spec.NextRequired[frame.Next] || spec.Properties[property].Rule < 0)
        {
            return false;
        }

        long count = Declared(frame) + 1;
        return count + spec.RequiredFrom[property + 1] <= spec.Max
            && count + spec.AvailableFrom[property + 1] + (spec.AdditionalKey >= 0 ? 1 : 0) >= spec.Min
            && Fits(grammar, spec.Properties[property].Rule, frame);
    }

    private static bool Fits(CompiledGrammar grammar, int rule, in Frame frame) =>
        grammar.Rules[rule].MinDepth <= grammar.MaxDepth - frame.Depth - 1;
}
