using System.CommandLine;
using System.Globalization;
using Baltoro.Cli.Output;
using Baltoro.Server.Hosting;
using Baltoro.Storage.Backup;
using Baltoro.Storage;
using Baltoro.Storage.Files;

namespace Baltoro.Cli.Commands;

/// <summary><c>baltoro backup FILE</c>, also beside running servers, and <c>baltoro restore FILE</c> while none runs.</summary>
internal sealed class BackupCommands(CommandContext context)
{
    private readonly Argument<string> _file = new("file") { Description = "Backup file" };
    private readonly Option<bool> _force = new("--force") { Description = "Take the place of what is there" };
    private readonly Option<string?> _data = AccountOptions.Data();
    private readonly Option<bool> _json = AccountOptions.Json();

    public IEnumerable<Command> Build()
    {
        Command backup = new("backup", "Write keys, accounts, ledger and files into one file") { _file, _data, _json };
        backup.SetAction(BackUpAsync);
        Command restore = new("restore", "Put a backup into an empty store, or with --force into any") { _file, _force, _data, _json };
        restore.SetAction(RestoreAsync);
        return [backup, restore];
    }

    private async Task<int> BackUpAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        ServerOptions options = context.LoadOptions(parsed.GetValue(_data));
        BackupSummary summary = await StoreBackup.RunAsync(
            options.Store, DataDirectory.OpenExisting(options.DataPath, options.Store.Kind == StoreKind.Sqlite), context.Services.Clock, parsed.GetRequiredValue(_file), VersionCommand.Text,
            cancellationToken).ConfigureAwait(false);
        return await PrintAsync(parsed, summary, $"backed up {summary.Store} to {summary.File}").ConfigureAwait(false);
    }

    private async Task<int> RestoreAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        ServerOptions options = context.LoadOptions(parsed.GetValue(_data));
        BackupSummary summary = await StoreRestore.RunAsync(
            options.Store, DataDirectory.Open(options.DataPath), context.Services.Clock, parsed.GetRequiredValue(_file),
            parsed.GetValue(_force), cancellationToken).ConfigureAwait(false);
        string ledgers = string.Create(CultureInfo.InvariantCulture, $"; {summary.Accounts} ledgers replayed, sound");
        string kept = summary.Kept is { } old ? $"; what was there before is {old}" : "";
        return await PrintAsync(parsed, summary, $"restored {summary.Store} from {summary.File}{ledgers}{kept}").ConfigureAwait(false);
    }

    private async Task<int> PrintAsync(ParseResult parsed, BackupSummary summary, string did)
    {
        string line = parsed.GetValue(_json)
            ? JsonLine.Of(json =>
            {
                json.WriteStartObject();
                json.WriteString("file", summary.File);
                json.WriteString("store", summary.Store);
                json.WriteString("created_at", summary.CreatedAt);
                json.WriteNumber("tables", summary.Tables);
                json.WriteNumber("rows", summary.Rows);
                json.WriteNumber("files", summary.Files);
                json.WriteNumber("ledgers_verified", summary.Accounts);
                json.WriteString("kept", summary.Kept);
                json.WriteEndObject();
            })
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{did}: {summary.Rows} rows of {summary.Tables} tables, {summary.Files} files, as of {summary.CreatedAt:yyyy-MM-ddTHH:mm:ssZ}");
        await context.Output.WriteLineAsync(line).ConfigureAwait(false);
        return (int)ExitCode.Success;
    }
}
