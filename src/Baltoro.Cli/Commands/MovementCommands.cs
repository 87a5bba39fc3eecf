using System.CommandLine;
using Baltoro.Cli.Composition;
using Baltoro.Cli.Output;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Ports;
using Baltoro.Server.Hosting;

namespace Baltoro.Cli.Commands;

/// <summary><c>baltoro refund</c> and <c>baltoro credit</c>: money paid back, and charges taken back. Each is a new entry; nothing is edited.</summary>
internal sealed class MovementCommands(CommandContext context)
{
    private const string Actor = "command line";
    private readonly Option<string> _organization = AccountOptions.Organization();
    private readonly Option<string?> _data = AccountOptions.Data();
    private readonly Option<bool> _json = AccountOptions.Json();
    private readonly Option<string> _amount = new("--amount") { Description = "Dollars, for example 12.50", Required = true };
    private readonly Option<string?> _reason = new("--reason") { Description = "Why, for the entry" };
    private readonly Option<string?> _month = new("--month") { Description = "Month that the credit counts for, as YYYY-MM; this one without it" };
    private readonly Option<string?> _key = new("--idempotency-key") { Description = "Repeats with the same key change nothing" };

    public IEnumerable<Command> Build()
    {
        Command refund = new("refund", "Record money paid back to an organization, at most its free cash")
        {
            _organization, _amount, _reason, _key, _data, _json,
        };
        refund.SetAction((parsed, cancellationToken) => MoveAsync(parsed, EntryKind.Refund, null, cancellationToken));
        Command credit = new("credit", "Take a charge back (credit note)") { _organization, _amount, _month, _reason, _key, _data, _json };
        credit.SetAction((parsed, cancellationToken) => MoveAsync(
            parsed, EntryKind.CreditNote, parsed.GetValue(_month) is { } month ? AccountOptions.ReadMonth(month) : null, cancellationToken));
        return [refund, credit];
    }

    private async Task<int> MoveAsync(ParseResult parsed, EntryKind kind, int? period, CancellationToken cancellationToken)
    {
        Money amount = AccountOptions.ReadAmount("--amount", parsed.GetRequiredValue(_amount));
        string key = parsed.GetValue(_key) ?? $"{kind.ToString().ToLowerInvariant()}-{Guid.NewGuid():N}";
        await using AccountBooks books = AccountOptions.Open(context, parsed, _data);
        string organization = await books.RequireAsync(parsed.GetRequiredValue(_organization), cancellationToken).ConfigureAwait(false);
        MovementResult result = await books.Accounts.MoveAsync(
            new MoneyMovement(organization, kind, amount, key, Actor, parsed.GetValue(_reason) ?? Actor, period),
            cancellationToken).ConfigureAwait(false);
        return result.Code switch
        {
            MovementCode.Done or MovementCode.Replayed => await BalancePrinter.PrintAsync(
                context, parsed.GetValue(_json), result.Balance,
                result.Code == MovementCode.Done ? $"{Words.Of(kind)} of ${amount}, entry {result.Sequence}\n" : $"was done before as entry {result.Sequence}\n",
                result.Sequence).ConfigureAwait(false),
            MovementCode.NotEnough => await context.FailAsync(
                ExitCode.Failure,
                kind == EntryKind.Refund
                    ? $"refund refused: ${amount} is more than the free cash of {result.Balance.OrganizationId}"
                    : $"credit refused: ${amount} is more than {result.Balance.OrganizationId} was ever charged").ConfigureAwait(false),
            _ => await context.FailAsync(ExitCode.Failure, $"refused: {AccountOptions.WhyRefused(result.Code, key)}").ConfigureAwait(false),
        };
    }
}
