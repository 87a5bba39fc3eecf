namespace Baltoro.Platform.Prices;

/// <summary>A named list of price versions, valid in time. Immutable.</summary>
public sealed class PriceBook
{
    private readonly PriceVersion[] _newestFirst;

    /// <exception cref="ArgumentException">Two versions share an id, or a price is negative.</exception>
    public PriceBook(string name, IEnumerable<PriceVersion> versions)
    {
        Name = name;
        _newestFirst = [.. versions.OrderByDescending(version => version.RecordedAt).ThenByDescending(version => version.ValidFrom)];
        if (_newestFirst.Select(version => version.Id).Distinct(StringComparer.Ordinal).Count() != _newestFirst.Length)
        {
            throw new ArgumentException($"price book {name}: two versions have the same id", nameof(versions));
        }

        foreach (PriceVersion version in _newestFirst)
        {
            foreach ((string model, ModelPrice price) in version.Models)
            {
                if (!price.IsValid)
                {
                    throw new ArgumentException($"price book {name}, version {version.Id}, model {model}: a price is negative");
                }
            }
        }
    }

    public string Name { get; }

    /// <summary>Newest record first.</summary>
    public IReadOnlyList<PriceVersion> Versions => _newestFirst;

    /// <summary>The version that prices a model at a moment, as known at <paramref name="knownAt"/> (null: now); null when the model has no price.</summary>
    public PriceVersion? Find(string model, DateTimeOffset at, DateTimeOffset? knownAt = null)
    {
        foreach (PriceVersion version in _newestFirst)
        {
            if ((knownAt is null || version.RecordedAt <= knownAt) && version.IsValidAt(at) && version.Models.ContainsKey(model))
            {
                return version;
            }
        }

        return null;
    }
}
