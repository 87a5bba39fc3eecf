using System.CommandLine;
using Baltoro.Cli.Composition;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Ports;
using Baltoro.Server.Hosting;

namespace Baltoro.Cli.Commands;

/// <summary><c>baltoro topup</c> and <c>baltoro balance</c> on the store itself.</summary>
internal sealed class MoneyCommands(CommandContext context)
{
    private const string Actor = "command line";
    private readonly Option<string> _organization = AccountOptions.Organization();
    private readonly Option<string?> _data = AccountOptions.Data();
    private readonly Option<bool> _json = AccountOptions.Json();
    private readonly Option<string> _amount = new("--amount") { Description = "Dollars, for example 12.50", Required = true };

    private readonly Option<string?> _key =
        new("--idempotency-key") { Description = "Repeats with the same key change nothing" };

    public IEnumerable<Command> Build()
    {
        Command topUp = new("topup", "Add money to an organization") { _organization, _amount, _key, _data, _json };
        topUp.SetAction(TopUpAsync);
        Command balance = new("balance", "Show what an organization has") { _organization, _data, _json };
        balance.SetAction(BalanceAsync);
        return [topUp, balance];
    }

    private async Task<int> TopUpAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        Money amount = AccountOptions.ReadAmount("--amount", parsed.GetRequiredValue(_amount));
        string key = parsed.GetValue(_key) ?? $"topup-{Guid.NewGuid():N}";
        await using AccountBooks books = AccountOptions.Open(context, parsed, _data, create: true);
        string organization = await books.RequireAsync(parsed.GetRequiredValue(_organization), cancellationToken).ConfigureAwait(false);
        MovementResult result = await books.Accounts.MoveAsync(
            new MoneyMovement(organization, EntryKind.TopUp, amount, key, Actor, Actor), cancellationToken)
            .ConfigureAwait(false);
        if (result.Code is not (MovementCode.Done or MovementCode.Replayed))
        {
            return await context.FailAsync(ExitCode.Failure, $"top-up refused: {AccountOptions.WhyRefused(result.Code, key)}").ConfigureAwait(false);
        }

        string did = result.Code == MovementCode.Done ? $"added ${amount}" : "was done before, nothing added";
        return await PrintAsync(parsed, result.Balance, $"{did}, entry {result.Sequence}\n", result.Sequence).ConfigureAwait(false);
    }

    private async Task<int> BalanceAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        await using AccountBooks books = AccountOptions.Open(context, parsed, _data);
        string organization = await books.RequireAsync(parsed.GetRequiredValue(_organization), cancellationToken).ConfigureAwait(false);
        AccountBalanceSheet sheet = await books.Accounts.BalanceAsync(organization, cancellationToken).ConfigureAwait(false);
        return await PrintAsync(parsed, sheet, "", sequence: null).ConfigureAwait(false);
    }

    private Task<int> PrintAsync(ParseResult parsed, AccountBalanceSheet sheet, string before, long? sequence) =>
        BalancePrinter.PrintAsync(context, parsed.GetValue(_json), sheet, before, sequence);
}
