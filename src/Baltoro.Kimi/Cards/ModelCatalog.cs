using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Baltoro.Kimi.Cards;

/// <summary>The model ids that are served, in a fixed order. Immutable.</summary>
public sealed class ModelCatalog
{
    private readonly Dictionary<string, ModelCard> _byId;

    public ModelCatalog(IEnumerable<ModelCard> cards)
    {
        Cards = [.. cards];
        _byId = Cards.ToDictionary(c => c.Id, StringComparer.Ordinal);
    }

    /// <summary>The cards that stand without configuration.</summary>
    public static ModelCatalog BuiltIn { get; } = new(
    [
        BuiltInCards.Seed("kimi-k2-5", ThinkingPolicy.OffByDefault),
        BuiltInCards.Seed("kimi-k2-5-thinking", ThinkingPolicy.Always),
        BuiltInCards.Platform("kimi-k2.5"),
        BuiltInCards.Platform("moonshotai/kimi-k2.5"),
        BuiltInCards.Platform("moonshotai/Kimi-K2.5"),
    ]);

    public IReadOnlyList<ModelCard> Cards { get; }

    /// <summary>Finds a card by its exact id.</summary>
    public bool TryGet(string id, [NotNullWhen(true)] out ModelCard? card) => _byId.TryGetValue(id, out card);

    /// <summary>
    /// The built-in cards, changed by configuration: an object whose keys are model ids. A known id changes the fields
    /// it names; a new id starts from its profile's built-in values (platform when it names none); null removes an id.
    /// </summary>
    /// <param name="models">Value of the key <paramref name="key"/>.</param>
    /// <param name="key">Name of that key, for messages.</param>
    /// <exception cref="ModelCatalogException">All errors, each naming its key.</exception>
    public static ModelCatalog Load(JsonElement models, string key = "models")
    {
        if (models.ValueKind != JsonValueKind.Object)
        {
            throw new ModelCatalogException([$"{key}: expected an object of model ids, found {models.GetRawText()}"]);
        }

        List<string> errors = [];
        List<ModelCard> cards = [.. BuiltIn.Cards];
        foreach (JsonProperty entry in models.EnumerateObject())
        {
            int index = cards.FindIndex(c => c.Id == entry.Name);
            if (entry.Value.ValueKind == JsonValueKind.Null)
            {
                cards.RemoveAll(c => c.Id == entry.Name);
                continue;
            }

            ModelCard card = new ModelCardReader($"{key}.{entry.Name}", entry.Value, errors)
                .Read(entry.Name, index >= 0 ? cards[index] : null);
            if (index >= 0)
            {
                cards[index] = card;
            }
            else
            {
                cards.Add(card);
            }
        }

        if (cards.Count == 0)
        {
            errors.Add($"{key}: expected at least one model, found none");
        }

        return errors.Count == 0 ? new ModelCatalog(cards) : throw new ModelCatalogException(errors);
    }
}
