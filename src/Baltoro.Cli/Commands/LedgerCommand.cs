using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Baltoro.Cli.Composition;
using Baltoro.Cli.Output;
using Baltoro.Platform.Ledger;
using Baltoro.Server.Hosting;

namespace Baltoro.Cli.Commands;

/// <summary><c>baltoro ledger verify</c>: replays every book; fails and names the first bad entry when one was tampered with.</summary>
internal sealed class LedgerCommand(CommandContext context)
{
    private readonly Option<string?> _data = AccountOptions.Data();
    private readonly Option<bool> _json = AccountOptions.Json();

    public Command Build()
    {
        Command verify = new("verify", "Check every entry and balance") { _data, _json };
        verify.SetAction(VerifyAsync);
        return new Command("ledger", "Work on the ledger") { verify };
    }

    private async Task<int> VerifyAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        await using AccountBooks books = AccountOptions.Open(context, parsed, _data);
        List<LedgerReport> reports = [];
        foreach (string organization in await books.Store.ListOrganizationsAsync(cancellationToken).ConfigureAwait(false))
        {
            reports.Add(await books.Accounts.VerifyAsync(organization, cancellationToken).ConfigureAwait(false));
        }

        bool isSound = reports.TrueForAll(report => report.IsSound);
        if (parsed.GetValue(_json))
        {
            await context.Output.WriteLineAsync(JsonLine.Of(json => Write(json, isSound, reports))).ConfigureAwait(false);
        }
        else
        {
            foreach (LedgerReport report in reports)
            {
                await context.Output.WriteLineAsync(LineOf(report)).ConfigureAwait(false);
            }
        }

        return isSound
            ? (int)ExitCode.Success
            : await context.FailAsync(
                ExitCode.Failure, $"ledger: {string.Join("; ", reports.Where(report => !report.IsSound).Select(LineOf))}").ConfigureAwait(false);
    }

    private static string LineOf(LedgerReport report)
    {
        string bad = report.FirstBadSequence is { } sequence
            ? string.Create(CultureInfo.InvariantCulture, $"first bad entry {sequence}, ")
            : "";
        return report.IsSound
            ? string.Create(CultureInfo.InvariantCulture, $"{report.OrganizationId}: {report.EntryCount} entries, sound")
            : $"{report.OrganizationId}: {bad}{report.Problem}";
    }

    private static void Write(Utf8JsonWriter json, bool isSound, IReadOnlyList<LedgerReport> reports)
    {
        json.WriteStartObject();
        json.WriteBoolean("sound", isSound);
        json.WriteStartArray("organizations");
        foreach (LedgerReport report in reports)
        {
            json.WriteStartObject();
            json.WriteString("organization", report.OrganizationId);
            json.WriteNumber("entries", report.EntryCount);
            if (report.FirstBadSequence is { } sequence)
            {
                json.WriteNumber("first_bad_entry", sequence);
            }

            if (report.Problem is { } problem)
            {
                json.WriteString("problem", problem);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
