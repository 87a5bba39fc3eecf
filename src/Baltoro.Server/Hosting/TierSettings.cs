using System.Globalization;
using System.Text.Json;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Limits;
using Baltoro.Platform.Tiers;

namespace Baltoro.Server.Hosting;

/// <summary>
/// Tiers of the settings over the shipped ones: a known name changes the members it names, a new name adds a tier, null removes
/// one; null as a limit removes the limit. Tiers that can be earned are ordered by what earns them.
/// </summary>
internal static class TierSettings
{
    private static readonly string[] Members =
    [
        "concurrency", "requests_per_minute", "tokens_per_minute", "tokens_per_day", "price_book", "earned_by_topup_usd", "earned_by_use_usd",
    ];

    /// <exception cref="ArgumentException">A member is wrong; the message names it, what was found and what is allowed.</exception>
    public static TierTable Merge(TierTable shipped, JsonElement changes, Func<string, bool> isBook)
    {
        if (changes.ValueKind != JsonValueKind.Object)
        {
            throw new ArgumentException($"found {Name(changes.ValueKind)}, expected an object of tiers");
        }

        List<TierPlan> plans = [.. shipped.Plans];
        foreach (JsonProperty change in changes.EnumerateObject())
        {
            string path = $"tiers.{change.Name}";
            int index = plans.FindIndex(plan => plan.Name == change.Name);
            if (change.Value.ValueKind == JsonValueKind.Null)
            {
                Remove(plans, index, path, change.Name);
                continue;
            }

            TierPlan next = Read(index >= 0 ? plans[index] : New(change.Name, path), change.Value, path, isBook);
            if (index >= 0)
            {
                plans[index] = next;
            }
            else
            {
                plans.Add(next);
            }
        }

        return new TierTable(Ordered(plans));
    }

    private static void Remove(List<TierPlan> plans, int index, string path, string name)
    {
        if (index < 0 || name is Tier.Free or Tier.Enterprise)
        {
            throw new ArgumentException(index < 0
                ? $"{path}: found null, but there is no such tier to remove"
                : $"{path}: found null, but this tier is needed; give it other limits instead");
        }

        plans.RemoveAt(index);
    }

    private static TierPlan New(string name, string path) =>
        name.Length is > 0 and <= 32 && name.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter is '-' or '_')
            ? new TierPlan { Name = name, Limits = LimitSet.None }
            : throw new ArgumentException($"{path}: a tier's name has 1 to 32 of the characters a-z, 0-9, '-', '_'");

    private static TierPlan Read(TierPlan plan, JsonElement value, string path, Func<string, bool> isBook)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw new ArgumentException($"{path}: found {Name(value.ValueKind)}, expected an object or null");
        }

        foreach (JsonProperty member in value.EnumerateObject())
        {
            string where = $"{path}.{member.Name}";
            LimitSet limits = plan.Limits;
            plan = member.Name switch
            {
                "concurrency" => plan with { Limits = limits with { Concurrency = (int?)Whole(member.Value, where, int.MaxValue) } },
                "requests_per_minute" => plan with { Limits = limits with { RequestsPerMinute = Whole(member.Value, where) } },
                "tokens_per_minute" => plan with { Limits = limits with { TokensPerMinute = Whole(member.Value, where) } },
                "tokens_per_day" => plan with { Limits = limits with { TokensPerDay = Whole(member.Value, where) } },
                "price_book" => plan with { PriceBook = Book(member.Value, where, isBook) },
                "earned_by_topup_usd" => plan with { EarnedByTopUp = Dollars(member.Value, where) },
                "earned_by_use_usd" => plan with { EarnedByUse = Dollars(member.Value, where) },
                _ => throw new ArgumentException($"{where}: unknown key; known keys: {string.Join(", ", Members)}"),
            };
        }

        return plan.Name is Tier.Free or Tier.Enterprise && (plan.EarnedByTopUp ?? plan.EarnedByUse) is not null
            ? throw new ArgumentException($"{path}: this tier cannot be earned")
            : plan;
    }

    private static long? Whole(JsonElement value, string where, long most = long.MaxValue) => value.ValueKind == JsonValueKind.Null
        ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long whole) && whole >= 1 && whole <= most
            ? whole
            : throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture, $"{where}: found {value.GetRawText()}, allowed a whole number from 1 to {most}, or null for none"));

    private static Money? Dollars(JsonElement value, string where)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        string text = value.ValueKind == JsonValueKind.String ? value.GetString() ?? "" : value.GetRawText();
        return Money.TryParseUsd(text, out Money money) && money > Money.Zero
            ? money
            : throw new ArgumentException($"{where}: found {value.GetRawText()}, allowed dollars above 0, or null for none");
    }

    private static string Book(JsonElement value, string where, Func<string, bool> isBook) =>
        value.ValueKind == JsonValueKind.String && value.GetString() is string name && isBook(name)
            ? name
            : throw new ArgumentException($"{where}: found {value.GetRawText()}, which is no price book");

    /// <summary>The lowest tier, then the earned ones by what earns them, then those that are agreed.</summary>
    private static IEnumerable<TierPlan> Ordered(List<TierPlan> plans)
    {
        IEnumerable<TierPlan> rest = plans.Skip(1);
        return
        [
            plans[0],
            .. rest.Where(plan => Earned(plan) is not null).OrderBy(plan => Earned(plan)),
            .. rest.Where(plan => Earned(plan) is null),
        ];
    }

    private static Money? Earned(TierPlan plan) => plan.EarnedByTopUp ?? plan.EarnedByUse;

    private static string Name(JsonValueKind kind) => kind.ToString().ToLowerInvariant();
}
