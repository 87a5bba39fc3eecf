namespace Baltoro.Platform.Tiers;

/// <summary>Names of the tiers a key can have; their limits are data of the operator.</summary>
public static class Tier
{
    /// <summary>Tier of a key nobody chose one for.</summary>
    public const string Free = "free";

    /// <summary>Tier without limits of its own; the first key of an installation has it.</summary>
    public const string Enterprise = "enterprise";

    /// <summary>Every tier, smallest first.</summary>
    public static IReadOnlyList<string> Names { get; } = [Free, "tier1", "tier2", "tier3", "tier4", "tier5", Enterprise];
}
