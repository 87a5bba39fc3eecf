namespace Baltoro.Kimi.Cards;

/// <summary>The model ids a server knows, in the order they are listed.</summary>
public sealed class ModelCatalog
{
    private const long AnnouncedUnixSeconds = 1_769_472_000;
    private readonly Dictionary<string, ModelCard> _byId;

    /// <summary>A catalogue of these cards; ids are unique.</summary>
    public ModelCatalog(IReadOnlyList<ModelCard> cards)
    {
        Cards = cards;
        _byId = cards.ToDictionary(card => card.Id, StringComparer.Ordinal);
    }

    /// <summary>The ids of the seed's contract and of the hosted platform.</summary>
    public static ModelCatalog BuiltIn { get; } = new(
    [
        Seed("kimi-k2-5", ThinkingMode.OffByDefault),
        Seed("kimi-k2-5-thinking", ThinkingMode.Always),
        Platform("kimi-k2.5"),
        Platform("moonshotai/kimi-k2.5"),
        Platform("moonshotai/Kimi-K2.5"),
    ]);

    /// <summary>Every card.</summary>
    public IReadOnlyList<ModelCard> Cards { get; }

    /// <summary>The card of <paramref name="id"/>, or null.</summary>
    public ModelCard? TryGet(string id) => _byId.GetValueOrDefault(id);

    private static ModelCard Seed(string id, ThinkingMode thinking) =>
        new(id, ModelProfile.Seed, 131_072, 8_192, 8_192, thinking, 1_400, 4_200, "moonshot", AnnouncedUnixSeconds);

    private static ModelCard Platform(string id) =>
        new(id, ModelProfile.Platform, 262_144, 262_144, 32_768, ThinkingMode.OnByDefault, 600, 3_000, "moonshot", AnnouncedUnixSeconds);
}
