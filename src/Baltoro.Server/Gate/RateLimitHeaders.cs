using System.Globalization;
using Baltoro.Platform.Limits;
using Microsoft.AspNetCore.Http;

namespace Baltoro.Server.Gate;

/// <summary>
/// Live use in OpenAI's headers (requests and tokens) and in the platform's three (requests). Of several limits of one
/// kind the tightest is told. Nothing is sent where nothing is limited.
/// </summary>
internal static class RateLimitHeaders
{
    private const double MsPerSecond = 1_000.0;

    public static void Write(IHeaderDictionary headers, IReadOnlyList<LimitUse> uses)
    {
        if (Tightest(uses, LimitDimension.RequestsPerMinute, LimitDimension.RequestsPerMinute) is { } requests)
        {
            Write(headers, "requests", requests);
            headers["X-RateLimit-Limit"] = Text(requests.Limit);
            headers["X-RateLimit-Remaining"] = Text(requests.Remaining);
            headers["X-RateLimit-Reset"] = Text((long)Math.Ceiling(requests.ResetMs / MsPerSecond));
        }

        if (Tightest(uses, LimitDimension.TokensPerMinute, LimitDimension.TokensPerDay) is { } tokens)
        {
            Write(headers, "tokens", tokens);
        }
    }

    private static LimitUse? Tightest(IReadOnlyList<LimitUse> uses, LimitDimension one, LimitDimension other) =>
        uses.Where(use => use.Dimension == one || use.Dimension == other).MinBy(use => use.Remaining);

    private static void Write(IHeaderDictionary headers, string kind, LimitUse use)
    {
        headers[$"x-ratelimit-limit-{kind}"] = Text(use.Limit);
        headers[$"x-ratelimit-remaining-{kind}"] = Text(use.Remaining);
        headers[$"x-ratelimit-reset-{kind}"] = string.Create(CultureInfo.InvariantCulture, $"{use.ResetMs / MsPerSecond:0.###}s");
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
