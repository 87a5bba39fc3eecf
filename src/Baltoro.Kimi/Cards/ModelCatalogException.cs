namespace Baltoro.Kimi.Cards;

/// <summary>The configured model cards are not valid; each error names its key.</summary>
public sealed class ModelCatalogException : Exception
{
    public ModelCatalogException(IReadOnlyList<string> errors)
        : base(string.Join(Environment.NewLine, errors)) => Errors = errors;

    public IReadOnlyList<string> Errors { get; }
}
