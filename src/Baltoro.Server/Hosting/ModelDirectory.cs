using Baltoro.Kimi.Cards;
using Baltoro.Kimi.Conversation;

namespace Baltoro.Server.Hosting;

/// <summary>Which backend answers which id. Immutable.</summary>
public sealed class ModelDirectory
{
    private readonly Dictionary<string, ServedModel> _byId;

    /// <summary>Every card of <paramref name="catalog"/>, answered by <paramref name="backend"/>.</summary>
    public ModelDirectory(ModelCatalog catalog, IChatBackend backend)
    {
        All = [.. catalog.Cards.Select(card => new ServedModel(card, backend))];
        _byId = All.ToDictionary(model => model.Card.Id, StringComparer.Ordinal);
    }

    /// <summary>Models in the order they are listed.</summary>
    public IReadOnlyList<ServedModel> All { get; }

    /// <summary>Whether every backend can answer now.</summary>
    public bool IsReady => All.All(model => model.Backend.IsReady);

    /// <summary>The model of <paramref name="id"/>, or null.</summary>
    public ServedModel? Find(string id) => _byId.GetValueOrDefault(id);
}
