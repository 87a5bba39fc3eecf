using Baltoro.Platform.Ledger;
using Baltoro.Platform.Limits;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Json;

namespace Baltoro.Server.Admin;

/// <summary>Reading of bodies that several routes share.</summary>
internal static class AdminFields
{
    /// <summary>Limits of an object; what is left out or null is not limited.</summary>
    public static LimitSet Limits(JsonFields? fields, ReadProblem problem)
    {
        if (fields is null)
        {
            return LimitSet.None;
        }

        long? concurrency = fields.Integer("concurrency");
        if (concurrency > int.MaxValue)
        {
            problem.Report(WireError.Field(fields.PathOf("concurrency"), $"must be at most {int.MaxValue}, found {concurrency}"));
        }

        LimitSet limits = new()
        {
            Concurrency = problem.First is null ? (int?)concurrency : null,
            RequestsPerMinute = fields.Integer("requests_per_minute"),
            TokensPerMinute = fields.Integer("tokens_per_minute"),
            TokensPerDay = fields.Integer("tokens_per_day"),
            Budget = fields.Integer("budget_nano_usd") is { } nano ? new Money(nano) : null,
            BudgetPeriod = Period(fields, problem),
        };
        if (problem.First is null && limits.Problem() is { } wrong)
        {
            problem.Report(new WireError(ErrorCode.InvalidRequest, $"Invalid request: {wrong}", fields.Path.Length > 0 ? fields.Path : null));
        }

        return limits;
    }

    private static BudgetPeriod Period(JsonFields fields, ReadProblem problem)
    {
        string? name = fields.String("budget_period");
        switch (name)
        {
            case null or "lifetime":
                return BudgetPeriod.Lifetime;
            case "month":
                return BudgetPeriod.Month;
            case "day":
                return BudgetPeriod.Day;
            default:
                problem.Report(WireError.Field(
                    fields.PathOf("budget_period"), $"must be lifetime, month or day, found '{JsonDescription.Cut(name)}'"));
                return BudgetPeriod.Lifetime;
        }
    }
}
