using System.CommandLine;
using System.Globalization;
using Baltoro.Cli.Composition;
using Baltoro.Cli.Output;
using Baltoro.Kimi.Text;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Vouchers;
using Baltoro.Server.Hosting;

namespace Baltoro.Cli.Commands;

/// <summary><c>baltoro voucher create · redeem · list</c>: codes that are worth money once.</summary>
internal sealed class VoucherCommand(CommandContext context)
{
    private const string Actor = "command line";
    private const string DayFormat = "yyyy-MM-dd";
    private const int MostListed = 1_000;
    private readonly Option<string?> _data = AccountOptions.Data();
    private readonly Option<bool> _json = AccountOptions.Json();
    private readonly Option<string> _amount = new("--amount") { Description = "Dollars, for example 12.50", Required = true };
    private readonly Option<string?> _for = new("--org") { Description = "Organization that alone may redeem it; any without it" };
    private readonly Option<string?> _expires = new("--expires") { Description = "Last day (UTC) as YYYY-MM-DD" };
    private readonly Option<string> _organization = AccountOptions.Organization();
    private readonly Option<string> _code = new("--code") { Description = "The voucher's code", Required = true };

    public Command Build()
    {
        Command create = new("create", "Make a voucher; its code is shown only now") { _amount, _for, _expires, _data, _json };
        create.SetAction(CreateAsync);
        Command redeem = new("redeem", "Add a voucher's money to an organization, once") { _organization, _code, _data, _json };
        redeem.SetAction(RedeemAsync);
        Command list = new("list", "Show vouchers, newest first") { _data };
        list.SetAction(ListAsync);
        return new Command("voucher", "Make and redeem vouchers") { create, redeem, list };
    }

    private async Task<int> CreateAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        Money amount = AccountOptions.ReadAmount("--amount", parsed.GetRequiredValue(_amount));
        DateTimeOffset? end = parsed.GetValue(_expires) is { } day ? ReadDay(day).AddDays(1) : null;
        await using AccountBooks books = AccountOptions.Open(context, parsed, _data, create: true);
        try
        {
            string? owner = parsed.GetValue(_for) is { } named
                ? await books.RequireAsync(named, cancellationToken).ConfigureAwait(false)
                : null;
            (Voucher voucher, string code) = await books.Vouchers.CreateAsync(amount, owner, end, Actor, cancellationToken)
                .ConfigureAwait(false);
            await context.Output.WriteLineAsync(parsed.GetValue(_json)
                ? JsonLine.Of(json =>
                {
                    json.WriteStartObject();
                    json.WriteString("id", voucher.Id);
                    json.WriteString("code", code);
                    json.WriteNumber("amount_nano_usd", voucher.Amount.NanoUsd);
                    json.WriteEndObject();
                })
                : $"{voucher.Id}: {code} (${voucher.Amount}, shown only now)").ConfigureAwait(false);
            return (int)ExitCode.Success;
        }
        catch (ArgumentException fault)
        {
            throw new StartFailure(ExitCode.Usage, ArgumentText.Of(fault), fault);
        }
    }

    private async Task<int> RedeemAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        await using AccountBooks books = AccountOptions.Open(context, parsed, _data);
        string organization = await books.RequireAsync(parsed.GetRequiredValue(_organization), cancellationToken).ConfigureAwait(false);
        RedeemResult result = await books.Vouchers.RedeemAsync(
            organization, parsed.GetRequiredValue(_code), Actor, cancellationToken).ConfigureAwait(false);
        return result.Movement is { } movement
            ? await BalancePrinter.PrintAsync(
                context, parsed.GetValue(_json), movement.Balance,
                result.Code == RedeemCode.Redeemed ? $"added ${result.Voucher?.Amount}, entry {movement.Sequence}\n" : "was redeemed before, nothing added\n",
                movement.Sequence).ConfigureAwait(false)
            : await context.FailAsync(
                ExitCode.Failure,
                result.Code switch
                {
                    RedeemCode.Expired => "the voucher has expired",
                    RedeemCode.AccountFull => AccountOptions.WhyRefused(Platform.Ports.MovementCode.AccountFull, ""),
                    _ => "the voucher's code is unknown, used or meant for another organization",
                })
                .ConfigureAwait(false);
    }

    private async Task<int> ListAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        await using AccountBooks books = AccountOptions.Open(context, parsed, _data);
        foreach (Voucher voucher in await books.Vouchers.ListAsync(MostListed, cancellationToken).ConfigureAwait(false))
        {
            string state = voucher.RedeemedBy is { } organization
                ? $"redeemed by {organization} at {DateTimeOffset.FromUnixTimeMilliseconds(voucher.RedeemedAtMs ?? 0):u}"
                : voucher.ExpiresAtMs is { } end ? $"open until {DateTimeOffset.FromUnixTimeMilliseconds(end):u}" : "open";
            await context.Output.WriteLineAsync($"{voucher.Id}: ${voucher.Amount}, {state}").ConfigureAwait(false);
        }

        return (int)ExitCode.Success;
    }

    private static DateTimeOffset ReadDay(string text) =>
        DateTimeOffset.TryParseExact(text, DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset day)
            ? day
            : throw new StartFailure(ExitCode.Usage, $"--expires must be a day such as 2026-12-31, found '{text}'");
}
