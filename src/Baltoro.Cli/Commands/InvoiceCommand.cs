using System.CommandLine;
using System.Text;
using Baltoro.Cli.Composition;
using Baltoro.Cli.Output;
using Baltoro.Platform.Usage;
using Baltoro.Server.Billing;
using Baltoro.Server.Hosting;

namespace Baltoro.Cli.Commands;

/// <summary><c>baltoro invoice</c>: a month of an organization; fails when use and ledger do not agree.</summary>
internal sealed class InvoiceCommand(CommandContext context)
{
    private readonly Option<string> _organization = AccountOptions.Organization();
    private readonly Option<string> _month = new("--month") { Description = "Month as YYYY-MM", Required = true };
    private readonly Option<string?> _html = new("--html") { Description = "Write an HTML page to this file" };
    private readonly Option<string?> _pdf = new("--pdf") { Description = "Write a PDF to this file" };
    private readonly Option<bool> _json = AccountOptions.Json();
    private readonly Option<string?> _data = AccountOptions.Data();

    public Command Build()
    {
        Command invoice = new("invoice", "Make the invoice of a month") { _organization, _month, _json, _html, _pdf, _data };
        invoice.SetAction(RunAsync);
        return invoice;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        int period = AccountOptions.ReadMonth(parsed.GetRequiredValue(_month));
        if (period > AccountOptions.PeriodOf(context.Services.Clock.GetUtcNow().UtcDateTime))
        {
            throw new StartFailure(ExitCode.Usage, $"--month must not be in the future, found '{parsed.GetRequiredValue(_month)}'");
        }

        string organization = parsed.GetRequiredValue(_organization);
        await using AccountBooks books = AccountOptions.Open(context, parsed, _data);
        await books.RequireAsync(organization, cancellationToken).ConfigureAwait(false);
        Invoice invoice = await books.Invoices.BuildAsync(organization, period, cancellationToken).ConfigureAwait(false);
        if (!invoice.MatchesLedger)
        {
            return await context.FailAsync(
                ExitCode.Failure,
                $"invoice of {organization}: lines sum to ${invoice.Total}, the ledger says ${invoice.LedgerTotal}; run ledger verify")
                .ConfigureAwait(false);
        }

        if (parsed.GetValue(_html) is { } file)
        {
            await WriteAsync("--html", file, Encoding.UTF8.GetBytes(InvoiceText.ToHtml(invoice)), cancellationToken).ConfigureAwait(false);
        }

        if (parsed.GetValue(_pdf) is { } pdf)
        {
            await WriteAsync("--pdf", pdf, InvoicePdf.Write(invoice), cancellationToken).ConfigureAwait(false);
        }

        if (parsed.GetValue(_json))
        {
            await context.Output.WriteLineAsync(InvoiceText.ToJson(invoice)).ConfigureAwait(false);
        }
        else
        {
            await PrintAsync(invoice).ConfigureAwait(false);
        }

        return (int)ExitCode.Success;
    }

    private async Task PrintAsync(Invoice invoice)
    {
        foreach (InvoiceLine line in invoice.Lines)
        {
            await context.Output.WriteLineAsync($"{Words.Of(line.Kind)} {line.Model} {line.PriceVersion} {line.Quantity} ${line.Amount}")
                .ConfigureAwait(false);
        }

        await context.Output.WriteLineAsync($"total ${invoice.Total}\n{invoice.State}").ConfigureAwait(false);
    }

    private static async Task WriteAsync(string option, string file, byte[] content, CancellationToken cancellationToken)
    {
        try
        {
            await File.WriteAllBytesAsync(file, content, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StartFailure(ExitCode.Failure, $"{option} {file}: cannot be written ({fault.Message})", fault);
        }
    }
}
