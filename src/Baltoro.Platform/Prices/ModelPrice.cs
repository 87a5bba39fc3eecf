using Baltoro.Platform.Ledger;

namespace Baltoro.Platform.Prices;

/// <summary>
/// Prices of one model in nano-dollars per token, image or call. $1 per million tokens is 1,000 nano-dollars per token,
/// so every price that is a multiple of $0.001 per million is exact and no cost is ever rounded.
/// </summary>
public readonly record struct ModelPrice(
    long InputNano, long CachedInputNano, long OutputNano, long ImageNano = 0, long CallNano = 0)
{
    /// <summary>Largest price of an image or a call: a thousand dollars.</summary>
    public const long MostPerUnitNano = 1_000 * Money.NanoPerUsd;

    private const long TokensPerMillion = 1_000_000;

    /// <summary>A dollar per token: a request of two billion tokens still fits 64 bits.</summary>
    private const long MostPerTokenNano = Money.NanoPerUsd;

    /// <summary>Nothing costs anything.</summary>
    public static ModelPrice Free => default;

    /// <summary>Whether no price is negative.</summary>
    public bool IsValid => InputNano >= 0 && CachedInputNano >= 0 && OutputNano >= 0 && ImageNano >= 0 && CallNano >= 0;

    /// <summary>Prices stated in dollars per million tokens.</summary>
    /// <exception cref="ArgumentException">A price is negative, above a dollar per token, or no multiple of $0.001 per million tokens.</exception>
    public static ModelPrice PerMillion(string inputUsd, string cachedInputUsd, string outputUsd) =>
        new(PerToken("input", inputUsd), PerToken("cached input", cachedInputUsd), PerToken("output", outputUsd));

    /// <summary>Cost of what was used, part by part.</summary>
    public CostBreakdown CostOf(TokenUsage usage) => new(
        Money.Times(InputNano, usage.PromptTokens - usage.CachedTokens),
        Money.Times(CachedInputNano, usage.CachedTokens),
        Money.Times(OutputNano, usage.CompletionTokens),
        Money.Times(ImageNano, usage.Images),
        Money.Times(CallNano, usage.Calls));

    /// <summary>Largest cost a request of this size can have, its output left out: every prompt token at the dearer input price.</summary>
    public Money LargestInputCost(int promptTokens, int images, int calls) =>
        Money.Times(Math.Max(InputNano, CachedInputNano), promptTokens) + Money.Times(ImageNano, images) + Money.Times(CallNano, calls);

    private static long PerToken(string name, string usdPerMillion)
    {
        if (!Money.TryParseUsd(usdPerMillion, out Money price) || price < Money.Zero || price.NanoUsd % TokensPerMillion != 0
            || price.NanoUsd / TokensPerMillion > MostPerTokenNano)
        {
            throw new ArgumentException(
                $"{name} price: found '{usdPerMillion}', allowed a multiple of 0.001 USD per million tokens, from 0 to {TokensPerMillion}", name);
        }

        return price.NanoUsd / TokensPerMillion;
    }
}
