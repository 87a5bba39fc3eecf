using System.Globalization;
using System.Text;
using Baltoro.Platform.Ledger;

namespace Baltoro.Platform.Usage;

/// <summary>Roll-ups of daily use and their CSV form.</summary>
public static class UsageReport
{
    private const string Header =
        "organization,day,project,key,model,price_version,requests,uncached_tokens,cached_tokens,completion_tokens,reasoning_tokens,"
        + "gross_nano_usd,discount_nano_usd,charged_nano_usd,images,calls";

    /// <summary>Sums by a name of the caller's choice, for example the model or <c>day / 100</c> for months; sorted by name.</summary>
    public static IReadOnlyList<UsageTotal> By(IEnumerable<UsageDay> days, Func<UsageDay, string> name) =>
    [
        .. days.GroupBy(name, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => new UsageTotal(
            group.Key, group.Sum(day => day.Requests), group.Sum(day => day.UncachedTokens), group.Sum(day => day.CachedTokens),
            group.Sum(day => day.CompletionTokens), group.Sum(day => day.ReasoningTokens), group.Sum(day => day.Images), group.Sum(day => day.Calls),
            group.Aggregate(Money.Zero, (sum, day) => sum + day.Gross), group.Aggregate(Money.Zero, (sum, day) => sum + day.Charged))),
    ];

    /// <summary>One row per day, project, key, model and price. Texts are quoted, and cannot start a formula in a spreadsheet.</summary>
    public static string ToCsv(IEnumerable<UsageDay> days)
    {
        StringBuilder csv = new(Header + "\n");
        foreach (UsageDay day in days)
        {
            csv.Append(CultureInfo.InvariantCulture, $"{Quote(day.OrganizationId)},{day.Day / 10_000}-{day.Day / 100 % 100:00}-{day.Day % 100:00},{Quote(day.ProjectId)},{Quote(day.KeyId)},");
            csv.Append(CultureInfo.InvariantCulture, $"{Quote(day.Model)},{Quote(day.PriceVersion)},{day.Requests},{day.UncachedTokens},");
            csv.Append(CultureInfo.InvariantCulture, $"{day.CachedTokens},{day.CompletionTokens},{day.ReasoningTokens},{day.Gross.NanoUsd},");
            csv.Append(CultureInfo.InvariantCulture, $"{day.Discount.NanoUsd},{day.Charged.NanoUsd},{day.Images},{day.Calls}\n");
        }

        return csv.ToString();
    }

    private static string Quote(string text)
    {
        string safe = text.Length > 0 && "=+-@\t\r".Contains(text[0], StringComparison.Ordinal) ? "'" + text : text;
        return "\"" + safe.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
    }
}
