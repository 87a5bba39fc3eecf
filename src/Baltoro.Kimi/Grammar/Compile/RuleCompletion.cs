using Baltoro.Kimi.Grammar.Rules;

namespace Baltoro.Kimi.Grammar.Compile;

/// <summary>
/// Computes for every rule the least nesting a value needs (the least fixed point; none means that no finite value
/// exists) and cuts from arrays and objects what cannot exist. Afterwards no state of the automaton is a dead end.
/// </summary>
internal sealed class RuleCompletion(GrammarParts parts)
{
    public void Run()
    {
        bool changed = true;
        while (changed)
        {
            changed = false;
            for (int i = parts.Rules.Count - 1; i >= 0; i--)
            {
                changed |= Improve(parts.Rules[i]);
            }
        }

        parts.Arrays.ForEach(CutArray);
        parts.Objects.ForEach(CutObject);
    }

    private bool Improve(ValueRule rule)
    {
        int best = rule.HasScalar ? 0 : int.MaxValue;
        foreach (int index in rule.Arrays)
        {
            ArraySpec spec = parts.Arrays[index];
            spec.MinDepth = DepthOf(spec);
            best = Math.Min(best, spec.MinDepth);
        }

        foreach (int index in rule.Objects)
        {
            ObjectSpec spec = parts.Objects[index];
            spec.MinDepth = DepthOf(spec);
            best = Math.Min(best, spec.MinDepth);
        }

        bool better = best < rule.MinDepth;
        rule.MinDepth = best;
        return better;
    }

    private int RuleDepth(int rule) => rule < 0 ? int.MaxValue : parts.Rules[rule].MinDepth;

    private int DepthOf(ArraySpec spec)
    {
        int depth = spec.Min > spec.Prefix.Length ? RuleDepth(spec.Items) : 0;
        for (int i = 0; i < Math.Min(spec.Prefix.Length, spec.Min); i++)
        {
            depth = Math.Max(depth, RuleDepth(spec.Prefix[i]));
        }

        return depth == int.MaxValue ? depth : depth + 1;
    }

    private int DepthOf(ObjectSpec spec)
    {
        int depth = 0;
        int available = 0;
        int deepestOptional = 0;
        foreach (ObjectSpec.DeclaredProperty property in spec.Properties)
        {
            int own = RuleDepth(property.Rule);
            available += own == int.MaxValue ? 0 : 1;
            if (property.Required)
            {
                depth = Math.Max(depth, own);
            }
            else if (own != int.MaxValue)
            {
                deepestOptional = Math.Max(deepestOptional, own);
            }
        }

        if (spec.Min > spec.RequiredFrom[0])
        {
            // Optional ones are needed to reach the minimum: ask for room for any of them.
            int additional = spec.AdditionalKey < 0 ? int.MaxValue : RuleDepth(spec.AdditionalRule);
            bool enough = available + (additional == int.MaxValue ? 0 : 1) >= spec.Min;
            depth = enough ? Math.Max(depth, Math.Max(deepestOptional, additional == int.MaxValue ? 0 : additional)) : int.MaxValue;
        }

        return depth == int.MaxValue ? depth : depth + 1;
    }

    private void CutArray(ArraySpec spec)
    {
        for (int i = 0; i < spec.Prefix.Length; i++)
        {
            if (RuleDepth(spec.Prefix[i]) == int.MaxValue)
            {
                spec.Max = Math.Min(spec.Max, i);
            }
        }

        if (RuleDepth(spec.Items) == int.MaxValue)
        {
            spec.Max = Math.Min(spec.Max, spec.Prefix.Length);
        }
    }

    private void CutObject(ObjectSpec spec)
    {
        spec.AdditionalKey = RuleDepth(spec.AdditionalRule) == int.MaxValue ? -1 : spec.AdditionalKey;
        spec.AvailableFrom = new int[spec.Properties.Length + 1];
        for (int i = spec.Properties.Length - 1; i >= 0; i--)
        {
            spec.AvailableFrom[i] = spec.AvailableFrom[i + 1] + (RuleDepth(spec.Properties[i].Rule) == int.MaxValue ? 0 : 1);
        }
    }
}
