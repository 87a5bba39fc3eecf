namespace Baltoro.Engine.Model;

/// <summary>How experts are chosen from their scores.</summary>
public enum TopKMethod
{
    /// <summary><c>noaux_tc</c>: a learned bias is added for the selection only, and groups of experts may be masked first.</summary>
    BiasedGroups,

    /// <summary><c>greedy</c>: the highest scores.</summary>
    Greedy,
}
