using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Baltoro.Cli.Output;
using Baltoro.Platform.Limits;
using Baltoro.Server.Hosting;

namespace Baltoro.Cli.Commands;

/// <summary>What <c>limits set</c> changes: limits that are named get their value or are taken away, all others stay.</summary>
internal sealed class LimitChanges
{
    private const string None = "none";
    private const string Everything = "all";
    private const string BudgetMember = "budget_nano_usd";
    private const string PeriodMember = "budget_period";

    private readonly (string Name, string Member, Option<string?> Option)[] _counts =
    [
        ("concurrency", "concurrency", new("--concurrency") { Description = $"Requests at once; '{None}' takes the limit away" }),
        ("rpm", "requests_per_minute", new("--rpm") { Description = "Requests per minute" }),
        ("tpm", "tokens_per_minute", new("--tpm") { Description = "Tokens per minute" }),
        ("tpd", "tokens_per_day", new("--tpd") { Description = "Tokens per UTC day" }),
    ];

    private readonly Option<string?> _budget = new("--budget-usd") { Description = "Dollars" };
    private readonly Option<string?> _period = new("--budget-period") { Description = "How long the budget counts: lifetime (a new budget's without it), month or day" };
    private readonly Option<string[]> _clear = new("--clear") { Description = "Limits to take away: concurrency, rpm, tpm, tpd, budget or all", AllowMultipleArgumentsPerToken = true };

    public IEnumerable<Option> Options => [.. _counts.Select(count => count.Option), _budget, _period, _clear];

    /// <summary>Checks what the command line says, before anything is read.</summary>
    /// <exception cref="StartFailure">A value cannot be meant, or nothing is named.</exception>
    public void Check(ParseResult parsed)
    {
        JsonObject limits = [];
        Apply(parsed, limits);
        if (limits.Count == 0 && (parsed.GetValue(_clear) ?? []).Length == 0 && !Options.Any(option => parsed.GetResult(option) is not null))
        {
            throw new StartFailure(
                ExitCode.Usage, $"name a limit to set: {string.Join(", ", Options.Select(option => option.Name))}; what is not named stays as it is");
        }
    }

    /// <summary>The limits that hold, as a body, with the changes made.</summary>
    public string Merge(ParseResult parsed, JsonElement now)
    {
        JsonObject limits = [];
        foreach (JsonProperty member in now.EnumerateObject().Where(member => member.Value.ValueKind != JsonValueKind.Null))
        {
            limits[member.Name] = JsonNode.Parse(member.Value.GetRawText());
        }

        Apply(parsed, limits);
        if (!limits.ContainsKey(BudgetMember))
        {
            limits.Remove(PeriodMember);
            if (parsed.GetValue(_period) is not null)
            {
                throw new StartFailure(ExitCode.Usage, "--budget-period needs a budget; name one with --budget-usd");
            }
        }

        return limits.ToJsonString();
    }

    private void Apply(ParseResult parsed, JsonObject limits)
    {
        foreach (string name in parsed.GetValue(_clear) ?? [])
        {
            Clear(limits, name);
        }

        foreach ((_, string member, Option<string?> option) in _counts)
        {
            if (parsed.GetValue(option) is { } text)
            {
                Set(limits, member, text == None ? null : ReadCount(option.Name, text, member == "concurrency" ? int.MaxValue : LimitSet.Most));
            }
        }

        if (parsed.GetValue(_budget) is { } budget)
        {
            Set(limits, BudgetMember, budget == None ? null : AccountOptions.ReadAmount(_budget.Name, budget).NanoUsd);
        }

        if (parsed.GetValue(_period) is { } period)
        {
            limits[PeriodMember] = period is "lifetime" or "month" or "day"
                ? period
                : throw new StartFailure(ExitCode.Usage, $"{_period.Name} must be lifetime, month or day, found '{period}'");
        }
    }

    private void Clear(JsonObject limits, string name)
    {
        string[] members = [.. _counts.Where(count => name == count.Name || name == Everything).Select(count => count.Member)];
        bool isBudget = name is "budget" or "budget-usd" or Everything;
        if (members.Length == 0 && !isBudget)
        {
            throw new StartFailure(
                ExitCode.Usage, $"{_clear.Name} must be one of {string.Join(", ", _counts.Select(count => count.Name))}, budget, {Everything}, found '{name}'");
        }

        Array.ForEach([.. members, .. isBudget ? (string[])[BudgetMember] : []], member => limits.Remove(member));
    }

    private static void Set(JsonObject limits, string member, long? value)
    {
        if (value is { } number)
        {
            limits[member] = number;
        }
        else
        {
            limits.Remove(member);
        }
    }

    private static long ReadCount(string option, string text, long most) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number >= 1 && number <= most
            ? number
            : throw new StartFailure(ExitCode.Usage, $"{option} must be a whole number from 1 to {most}, or '{None}', found '{text}'");
}
