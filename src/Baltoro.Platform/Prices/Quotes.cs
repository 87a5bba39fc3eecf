using Baltoro.Platform.Ledger;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Tiers;

namespace Baltoro.Platform.Prices;

/// <summary>Answers quotes from the price books and a preview of admission; takes nothing.</summary>
public sealed class Quotes(IAdmission admission, IAccounts accounts, AccountingSettings settings, TimeProvider clock)
{
    /// <summary>Quotes a request; <paramref name="likelyCompletionTokens"/> is the caller's guess of what it will use.</summary>
    public async ValueTask<Quote> QuoteAsync(AdmissionRequest request, int likelyCompletionTokens, CancellationToken cancellationToken)
    {
        AdmissionResult preview = await admission.PreviewAsync(request, cancellationToken).ConfigureAwait(false);
        AccountTerms terms = await accounts.TermsAsync(request.OrganizationId, cancellationToken).ConfigureAwait(false);
        TierPlan? tier = settings.Tiers.Find(preview.Tier);
        string book = terms.PriceBook ?? tier?.PriceBook ?? PriceCatalog.StandardBook;
        DateTimeOffset now = clock.GetUtcNow();
        PriceVersion? version = settings.Prices.FindBook(book)?.Find(request.Model, now);
        ModelPrice price = version?.Models[request.Model] ?? ModelPrice.Free;
        return new Quote(
            request.PromptTokens,
            request.CompletionTokens,
            CostOf(price, request, request.CompletionTokens),
            CostOf(price, request, Math.Min(likelyCompletionTokens, request.CompletionTokens)),
            version is null ? "" : $"{book}/{version.Id}",
            preview,
            version is null ? [] : Compare(request, now));
    }

    /// <summary>Against list price: a tier's own book (free, enterprise) would compare an offer with a price.</summary>
    private List<Comparison> Compare(AdmissionRequest request, DateTimeOffset now)
    {
        PriceVersion? list = settings.Prices.FindBook(PriceCatalog.StandardBook)?.Find(request.Model, now);
        if (list is null || settings.Prices.FindBook(PriceCatalog.ComparisonBook) is not PriceBook others)
        {
            return [];
        }

        ModelPrice own = list.Models[request.Model];
        return
        [
            .. others.Versions.SelectMany(version => version.Models.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
                .Select(model => (Model: model, Price: others.Find(model, now)?.Models[model]))
                .Where(other => other.Price is not null)
                .Select(other => new Comparison(
                    other.Model,
                    CostOf(other.Price ?? default, request, request.CompletionTokens),
                    SavedPercent(own.InputNano, other.Price?.InputNano ?? 0),
                    SavedPercent(own.OutputNano, other.Price?.OutputNano ?? 0))),
        ];
    }

    private static Money CostOf(ModelPrice price, AdmissionRequest request, int completionTokens) =>
        price.LargestInputCost(request.PromptTokens, request.Images, request.Calls) + Money.Times(price.OutputNano, completionTokens);

    private static int SavedPercent(long own, long other) =>
        other == 0 ? 0 : (int)Math.Round((1m - ((decimal)own / other)) * 100m, MidpointRounding.ToEven);
}
