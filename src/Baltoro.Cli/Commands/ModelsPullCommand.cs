using System.CommandLine;
using System.Globalization;
using Baltoro.Cli.Hub;
using Baltoro.Cli.Output;
using Baltoro.Server.Hosting;

namespace Baltoro.Cli.Commands;

/// <summary><c>baltoro models pull</c>: brings a model of a hub into a folder that <c>serve --model</c> takes.</summary>
internal sealed class ModelsPullCommand(CommandContext context)
{
    private const string DefaultHub = "https://huggingface.co";

    private static readonly TimeSpan _reportInterval = TimeSpan.FromSeconds(2);

    private readonly Argument<string> _repository = new("repository") { Description = "OWNER/NAME" };
    private readonly Option<string> _revision = new("--revision") { Description = "Branch, tag or commit", DefaultValueFactory = _ => "main" };
    private readonly Option<string?> _out = new("--out") { Description = "Folder; by default models/OWNER/NAME in the data directory" };
    private readonly Option<string[]> _include = new("--include") { Description = "Only files that match (with * and ?); may be repeated", DefaultValueFactory = _ => [] };
    private readonly Option<string?> _hub = new("--hub") { Description = "Address of the hub; otherwise HF_ENDPOINT, otherwise Hugging Face" };
    private readonly Option<string?> _data = new("--data") { Description = "Data directory" };
    private readonly Option<bool> _json = new("--json") { Description = "Print JSON" };

    public Command Build()
    {
        Command pull = new("pull", "Fetch a model's files from a hub; an interrupted pull goes on where it was") { _repository, _revision, _out, _include, _hub, _data, _json };
        pull.SetAction(RunAsync);
        return pull;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string id = parsed.GetRequiredValue(_repository);
        if (!HubClient.IsRepositoryId(id))
        {
            return await context.FailAsync(ExitCode.Usage, $"expected a repository OWNER/NAME, found '{id}'").ConfigureAwait(false);
        }

        string address = (parsed.GetValue(_hub) ?? Variable("HF_ENDPOINT") ?? DefaultHub).TrimEnd('/') + "/";
        if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? hub) || hub.Scheme is not ("http" or "https"))
        {
            return await context.FailAsync(ExitCode.Usage, $"--hub: expected an address http(s)://…, found '{address}'").ConfigureAwait(false);
        }

        string data = ServerOptionsLoader.DataPath(parsed.GetValue(_data), context.Services.Variable);
        string folder = Path.GetFullPath(parsed.GetValue(_out) ?? Path.Combine([data, "models", .. id.Split('/')]));
        using HubClient client = new(hub, Variable("HF_TOKEN"));
        try
        {
            HubRepository repository = await client.ListAsync(id, parsed.GetRequiredValue(_revision), cancellationToken).ConfigureAwait(false);
            return await PullAsync(client, repository, folder, parsed, cancellationToken).ConfigureAwait(false);
        }
        catch (HubException fault)
        {
            return await context.FailAsync(ExitCode.Failure, fault.Message).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return await context.FailAsync(ExitCode.Failure, $"{folder}: {fault.Message}").ConfigureAwait(false);
        }
    }

    private async Task<int> PullAsync(HubClient client, HubRepository repository, string folder, ParseResult parsed, CancellationToken cancellationToken)
    {
        IReadOnlyList<HubFile> files = PullSelection.Choose(repository, parsed.GetValue(_include) ?? []);
        if (files.Count == 0)
        {
            return await context.FailAsync(ExitCode.Failure, $"{repository.Id} has none of the files asked for").ConfigureAwait(false);
        }

        long totalBytes = files.Sum(file => file.SizeBytes);
        Directory.CreateDirectory(folder);
        long roomBytes = new DriveInfo(folder).AvailableFreeSpace + files.Sum(file => PresentBytes(folder, file));
        if (roomBytes < totalBytes)
        {
            return await context.FailAsync(ExitCode.Failure, $"{folder}: expected room for {Size(totalBytes)}, found {Size(roomBytes)}").ConfigureAwait(false);
        }

        FileDownload download = new(client, repository, folder, context.Services.Clock);
        int fetched = 0;
        long doneBytes = 0;
        foreach (HubFile file in files)
        {
            long start = doneBytes;
            Action<long> report = Reporter(file, bytes => start + bytes, totalBytes);
            fetched += await download.RunAsync(file, report, cancellationToken).ConfigureAwait(false) ? 1 : 0;
            doneBytes += file.SizeBytes;
        }

        await context.Output.WriteLineAsync(parsed.GetValue(_json) ? Json(repository, folder, files.Count, fetched, totalBytes)
            : $"{folder}: {files.Count} files of {repository.Id} at {repository.Commit[..12]}, {Size(totalBytes)}, {fetched} fetched\nnext: baltoro models verify {folder}").ConfigureAwait(false);
        return (int)ExitCode.Success;
    }

    private Action<long> Reporter(HubFile file, Func<long, long> done, long totalBytes)
    {
        long last = context.Services.Clock.GetTimestamp();
        return bytes =>
        {
            if (context.Services.Clock.GetElapsedTime(last) >= _reportInterval)
            {
                last = context.Services.Clock.GetTimestamp();
                context.Error.WriteLine($"{file.Name}: {Size(bytes)} of {Size(file.SizeBytes)}, all {Size(done(bytes))} of {Size(totalBytes)}");
            }
        };
    }

    private static long PresentBytes(string folder, HubFile file)
    {
        string path = Path.Combine([folder, .. file.Name.Split('/')]);
        FileInfo whole = new(path);
        FileInfo partial = new(path + ".partial");
        return whole.Exists ? whole.Length : partial.Exists ? partial.Length : 0;
    }

    private string? Variable(string name) => context.Services.Variable(name) is { Length: > 0 } value ? value : null;

    private static string Size(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:F1} MiB");

    private static string Json(HubRepository repository, string folder, int count, int fetched, long totalBytes) => JsonLine.Of(json =>
    {
        json.WriteStartObject();
        json.WriteString("repository", repository.Id);
        json.WriteString("commit", repository.Commit);
        json.WriteString("path", folder);
        json.WriteNumber("files", count);
        json.WriteNumber("fetched", fetched);
        json.WriteNumber("bytes", totalBytes);
        json.WriteEndObject();
    });
}
