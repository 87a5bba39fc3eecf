using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Baltoro.Cli.Composition;
using Baltoro.Cli.Output;
using Baltoro.Platform.Receipts;
using Baltoro.Platform.Verification;
using Baltoro.Server.Hosting;

namespace Baltoro.Cli.Commands;

/// <summary>
/// <c>baltoro ledger verify</c>: checks entries, receipts, roots and use against each other, on the store or on an export; fails
/// and names the first thing that was tampered with. <c>ledger export</c> writes what others need for that, <c>ledger
/// public-key</c> the key.
/// </summary>
internal sealed class LedgerCommand(CommandContext context)
{
    private readonly Option<string?> _data = AccountOptions.Data();
    private readonly Option<bool> _json = AccountOptions.Json();
    private readonly Option<string?> _organization = new("--org") { Description = "Organization; all without it" };
    private readonly Option<string?> _export = new("--export") { Description = "Check this export in place of the store" };
    private readonly Option<string?> _publicKey = new("--public-key") { Description = "Trust the keys of this PEM file in place of the data directory's" };
    private readonly Option<string?> _roots = new("--roots") { Description = "Roots kept elsewhere, one JSON object per line" };
    private readonly Option<string?> _out = new("--out") { Description = "Write to this file in place of the output" };

    public Command Build()
    {
        Command verify = new("verify", "Check every entry, receipt, root and balance") { _data, _json, _export, _publicKey, _roots };
        verify.SetAction(VerifyAsync);
        Command export = new("export", "Write the books as JSON lines, to be checked elsewhere") { _organization, _out, _data };
        export.SetAction(ExportAsync);
        Command key = new("public-key", "Print the public key of receipts") { _out, _data };
        key.SetAction(PublicKeyAsync);
        return new Command("ledger", "Work on the ledger") { verify, export, key };
    }

    private async Task<int> VerifyAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, ReceiptPublicKey>? named =
            parsed.GetValue(_publicKey) is { } file ? LedgerFiles.ReadKeys("--public-key", file) : null;
        IReadOnlyList<SignedRoot> roots = parsed.GetValue(_roots) is { } log ? LedgerFiles.ReadRoots("--roots", log) : [];
        IReadOnlyList<BooksReport> reports;
        if (parsed.GetValue(_export) is { } export)
        {
            ExportedBooks source = LedgerFiles.ReadExport("--export", export);
            reports = await new BooksVerifier(source, named ?? OwnKeys(parsed), roots).VerifyAsync(cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await using AccountBooks books = AccountOptions.Open(context, parsed, _data);
            reports = await new BooksVerifier(books.Books, named ?? books.OwnKeys(), [.. books.KeptRoots(), .. roots])
                .VerifyAsync(cancellationToken).ConfigureAwait(false);
        }

        return await PrintAsync(parsed, reports).ConfigureAwait(false);
    }

    private IReadOnlyDictionary<string, ReceiptPublicKey> OwnKeys(ParseResult parsed) => parsed.GetValue(_data) is null
        ? throw new StartFailure(ExitCode.Usage, "--export needs --public-key FILE (or --data DIR, whose key is trusted)")
        : LedgerFiles.OwnKeys(context, parsed.GetValue(_data));

    private async Task<int> ExportAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        await using AccountBooks books = AccountOptions.Open(context, parsed, _data);
        string? organization = parsed.GetValue(_organization) is { } named
            ? await books.RequireAsync(named, cancellationToken).ConfigureAwait(false)
            : null;
        using StringWriter text = new();
        await ExportedBooks.WriteAsync(books.Books, organization, text, cancellationToken).ConfigureAwait(false);
        return await LedgerFiles.WriteAsync(context, parsed.GetValue(_out), text.ToString(), cancellationToken).ConfigureAwait(false);
    }

    private Task<int> PublicKeyAsync(ParseResult parsed, CancellationToken cancellationToken) => LedgerFiles.WriteAsync(
        context, parsed.GetValue(_out), LedgerFiles.OwnKey(context, parsed.GetValue(_data)).ToPem(), cancellationToken);

    private async Task<int> PrintAsync(ParseResult parsed, IReadOnlyList<BooksReport> reports)
    {
        bool isSound = reports.All(report => report.IsSound);
        if (parsed.GetValue(_json))
        {
            await context.Output.WriteLineAsync(JsonLine.Of(json => Write(json, isSound, reports))).ConfigureAwait(false);
        }
        else
        {
            foreach (BooksReport report in reports)
            {
                await context.Output.WriteLineAsync(LineOf(report)).ConfigureAwait(false);
            }
        }

        return isSound
            ? (int)ExitCode.Success
            : await context.FailAsync(
                ExitCode.Failure, $"ledger: {string.Join("; ", reports.Where(report => !report.IsSound).Select(LineOf))}").ConfigureAwait(false);
    }

    private static string LineOf(BooksReport report) => report.IsSound
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"{report.OrganizationId}: {report.EntryCount} entries, {report.ReceiptCount} receipts, {report.RootCount} roots "
                + $"(signed up to entry {report.SignedUntil}), sound")
        : $"{report.OrganizationId}: first bad {report.FirstBad}, {report.Problem}";

    private static void Write(Utf8JsonWriter json, bool isSound, IReadOnlyList<BooksReport> reports)
    {
        json.WriteStartObject();
        json.WriteBoolean("sound", isSound);
        json.WriteStartArray("organizations");
        foreach (BooksReport report in reports)
        {
            json.WriteStartObject();
            json.WriteString("organization", report.OrganizationId);
            json.WriteNumber("entries", report.EntryCount);
            json.WriteNumber("receipts", report.ReceiptCount);
            json.WriteNumber("roots", report.RootCount);
            json.WriteNumber("signed_until_entry", report.SignedUntil);
            if (report.FirstBadEntry is { } sequence)
            {
                json.WriteNumber("first_bad_entry", sequence);
            }

            if (report.FirstBad is { } first)
            {
                json.WriteString("first_bad", first);
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
