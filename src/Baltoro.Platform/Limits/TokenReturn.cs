namespace Baltoro.Platform.Limits;

/// <summary>What a settlement gives back to the token limits.</summary>
public enum TokenReturn
{
    /// <summary>The difference between what was counted at admission and what was used.</summary>
    Unused,

    /// <summary>Nothing: prompt and whole completion budget count whatever is generated, the hosted platform's literal rule.</summary>
    Nothing,
}
