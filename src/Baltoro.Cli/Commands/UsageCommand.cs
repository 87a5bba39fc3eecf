using System.CommandLine;
using System.Globalization;
using Baltoro.Cli.Composition;
using Baltoro.Cli.Output;
using Baltoro.Platform.Usage;
using Baltoro.Server.Hosting;

namespace Baltoro.Cli.Commands;

/// <summary><c>baltoro usage</c>: a month's use by organization and model, or every row as CSV.</summary>
internal sealed class UsageCommand(CommandContext context)
{
    private const int DaysPerPeriod = 100;
    private readonly Option<string?> _organization = new("--org") { Description = "Organization; all without it" };
    private readonly Option<string?> _month = new("--month") { Description = "Month as YYYY-MM; this one without it" };
    private readonly Option<bool> _csv = new("--csv") { Description = "Print CSV by day, key and model" };
    private readonly Option<string[]> _by =
        new("--by") { Description = "organization, project, key, model, day or month; repeat to combine. organization and model without it" };

    private readonly Option<string?> _data = AccountOptions.Data();

    public Command Build()
    {
        Command usage = new("usage", "Show what was used in a month") { _organization, _month, _by, _csv, _data };
        usage.SetAction(RunAsync);
        return usage;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        int period = parsed.GetValue(_month) is { } month
            ? AccountOptions.ReadMonth(month)
            : AccountOptions.PeriodOf(context.Services.Clock.GetUtcNow().UtcDateTime);
        int firstDay = period * DaysPerPeriod;
        await using AccountBooks books = AccountOptions.Open(context, parsed, _data);
        string? organization = parsed.GetValue(_organization) is { } named
            ? await books.RequireAsync(named, cancellationToken).ConfigureAwait(false)
            : null;
        IReadOnlyList<UsageDay> days = await books.Store.ReadUsageAsync(
            organization, firstDay, firstDay + DaysPerPeriod - 1, cancellationToken).ConfigureAwait(false);
        if (parsed.GetValue(_csv))
        {
            await context.Output.WriteAsync(UsageReport.ToCsv(days)).ConfigureAwait(false);
            return (int)ExitCode.Success;
        }

        string[] by = parsed.GetValue(_by) is { Length: > 0 } groups ? groups : ["organization", "model"];
        Func<UsageDay, string>[] names = [.. by.Select(NameOf)];
        foreach (UsageTotal total in UsageReport.By(days, day => string.Join(' ', names.Select(name => name(day)))))
        {
            string line = string.Create(
                CultureInfo.InvariantCulture,
                $"{total.Name}: {total.Requests} requests, {total.UncachedTokens + total.CachedTokens} prompt tokens ({total.CachedTokens} cached), "
                    + $"{total.CompletionTokens} completion tokens, {total.Images} images, list price ${total.Gross}, charged ${total.Charged}");
            await context.Output.WriteLineAsync(line).ConfigureAwait(false);
        }

        return (int)ExitCode.Success;
    }

    private static Func<UsageDay, string> NameOf(string by) => by switch
    {
        "organization" => day => day.OrganizationId,
        "project" => day => day.ProjectId.Length == 0 ? "-" : day.ProjectId,
        "key" => day => day.KeyId,
        "model" => day => day.Model,
        "day" => day => Words.OfDate(day.Day),
        "month" => day => Words.OfDate(day.Day / DaysPerPeriod),
        _ => throw new StartFailure(ExitCode.Usage, $"--by must be organization, project, key, model, day or month, found '{by}'"),
    };
}
