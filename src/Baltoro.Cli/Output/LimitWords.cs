using System.Globalization;
using System.Text.Json;
using Baltoro.Platform.Ledger;

namespace Baltoro.Cli.Output;

/// <summary>Limits of the admin API's JSON in words.</summary>
internal static class LimitWords
{
    private static readonly (string Member, string Words)[] _counts =
    [
        ("concurrency", "at once"), ("requests_per_minute", "requests per minute"),
        ("tokens_per_minute", "tokens per minute"), ("tokens_per_day", "tokens per day"),
    ];

    /// <summary>What is limited, as <c>4 requests per minute, $5.000000000 per month</c>; <c>none</c> where nothing is.</summary>
    public static string Of(JsonElement limits)
    {
        List<string> words =
        [
            .. _counts.Where(count => Find(limits, count.Member) is not null).Select(count => Of(count.Member, Find(limits, count.Member) ?? 0)),
        ];
        if (Find(limits, "budget_nano_usd") is { } nano)
        {
            string period = limits.TryGetProperty("budget_period", out JsonElement name) && name.GetString() is "month" or "day"
                ? $"per {name.GetString()}"
                : "in all";
            words.Add($"${new Money(nano)} {period}");
        }

        return words.Count == 0 ? "none" : string.Join(", ", words);
    }

    /// <summary>Those of <paramref name="set"/> that are lower than the same of <paramref name="approved"/>, in words.</summary>
    public static IReadOnlyList<string> Lower(JsonElement set, JsonElement approved) =>
    [
        .. _counts
            .Where(count => Find(set, count.Member) < Find(approved, count.Member))
            .Select(count => $"{Of(count.Member, Find(set, count.Member) ?? 0)} (approved {Find(approved, count.Member)})"),
    ];

    private static string Of(string member, long value) => string.Create(
        CultureInfo.InvariantCulture, $"{value} {Array.Find(_counts, count => count.Member == member).Words}");

    private static long? Find(JsonElement limits, string member) =>
        limits.TryGetProperty(member, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : null;
}
