using System.Globalization;
using Baltoro.Platform.Limits;

namespace Baltoro.Platform.Ledger;

/// <summary>What the audit log says of terms and limits.</summary>
internal static class AccountFields
{
    public static (string Name, string? Value)[] Of(AccountTerms terms) =>
    [
        ("credit_limit_usd", terms.CreditLimit.ToString()), ("tier", terms.Tier), ("price_book", terms.PriceBook),
        ("discount", terms.Discount), ("suspended", terms.IsSuspended ? "true" : "false"),
    ];

    public static (string Name, string? Value)[] Of(LimitSet limits) =>
    [
        ("concurrency", Text(limits.Concurrency)), ("requests_per_minute", Text(limits.RequestsPerMinute)),
        ("tokens_per_minute", Text(limits.TokensPerMinute)), ("tokens_per_day", Text(limits.TokensPerDay)),
        ("budget_usd", limits.Budget?.ToString()), ("budget_period", limits.Budget is null ? null : limits.BudgetPeriod.ToString()),
    ];

    private static string? Text(long? number) => number?.ToString(CultureInfo.InvariantCulture);
}
