using Baltoro.Cli.Output;
using Baltoro.Platform.Ports;
using Baltoro.Server.Hosting;

namespace Baltoro.Cli.Commands;

/// <summary>Prints a balance, as text or as JSON in nano-dollars.</summary>
internal static class BalancePrinter
{
    public static async Task<int> PrintAsync(CommandContext context, bool asJson, AccountBalanceSheet sheet, string before, long? sequence)
    {
        string text = asJson
            ? JsonLine.Of(json =>
            {
                json.WriteStartObject();
                json.WriteString("organization", sheet.OrganizationId);
                if (sequence is { } entry)
                {
                    json.WriteNumber("entry", entry);
                }

                json.WriteNumber("available_nano_usd", sheet.Available.NanoUsd);
                json.WriteNumber("cash_nano_usd", sheet.Cash.NanoUsd);
                json.WriteNumber("voucher_nano_usd", sheet.Voucher.NanoUsd);
                json.WriteNumber("reserved_nano_usd", sheet.Reserved.NanoUsd);
                json.WriteNumber("credit_limit_nano_usd", sheet.CreditLimit.NanoUsd);
                json.WriteNumber("cumulative_topup_nano_usd", sheet.CumulativeTopUp.NanoUsd);
                json.WriteString("tier", sheet.Tier);
                json.WriteEndObject();
            })
            : $"{before}{sheet.OrganizationId}: available ${sheet.Available} (cash ${sheet.Cash}, vouchers ${sheet.Voucher}, "
                + $"reserved ${sheet.Reserved}, credit limit ${sheet.CreditLimit}), earned tier {sheet.Tier}";
        await context.Output.WriteLineAsync(text).ConfigureAwait(false);
        return (int)ExitCode.Success;
    }
}
