namespace Baltoro.Kimi.Cards;

/// <summary>Values of the built-in cards. Prices are $1.40 and $4.20 per million tokens until the operator sets others.</summary>
internal static class BuiltInCards
{
    private const int SeedWindow = 131_072;
    private const int SeedOutput = 8_192;
    private const int PlatformWindow = 262_144;
    private const int PlatformDefaultOutput = 32_768;
    private const long AnnouncedUnixSeconds = 1_769_472_000; // 2026-01-27

    public static ModelCard Seed(string id, ThinkingPolicy thinking) => Platform(id) with
    {
        Profile = CardProfile.Seed,
        ContextWindow = SeedWindow,
        MaxOutputTokens = SeedOutput,
        DefaultOutputTokens = SeedOutput,
        Thinking = thinking,
    };

    public static ModelCard Platform(string id) => new()
    {
        Id = id,
        Profile = CardProfile.Platform,
        ContextWindow = PlatformWindow,
        MaxOutputTokens = PlatformWindow,
        DefaultOutputTokens = PlatformDefaultOutput,
        Thinking = ThinkingPolicy.OnByDefault,
        InputNanoUsdPerToken = 1_400,
        OutputNanoUsdPerToken = 4_200,
        OwnedBy = "moonshot",
        CreatedUnixSeconds = AnnouncedUnixSeconds,
    };
}
