using System.CommandLine;
using Baltoro.Cli.Client;
using Baltoro.Cli.Composition;
using Baltoro.Cli.Eval;
using Baltoro.Server.Hosting;

namespace Baltoro.Cli.Commands;

/// <summary><c>baltoro eval</c>: suites of questions through the HTTP API, of a running server or one of its own.</summary>
internal sealed class EvalCommand(CommandContext context)
{
    private const int ProgressStep = 100;

    private readonly Option<string?> _suite = new("--suite") { Description = "Folder with *.jsonl; training/eval of the repository without it" };
    private readonly Option<string> _model = new("--model") { Description = "Model id", DefaultValueFactory = _ => "kimi-k2-5" };
    private readonly Option<string?> _path = new("--model-path") { Description = "Model folder or file when no --url is given" };
    private readonly Option<string?> _url = new("--url") { Description = "A running server" };
    private readonly Option<string?> _key = new("--key") { Description = "Key for that server; BALTORO_KEY otherwise" };
    private readonly Option<string?> _out = new("--out") { Description = "JSON file to write; artifacts/eval/eval.json of the repository without it" };
    private readonly Option<string?> _report = new("--report") { Description = "Markdown file to write; without --out too, artifacts/eval/REPORT.md of the repository" };
    private readonly Option<int> _parallel = new("--parallel") { Description = "Requests at a time", DefaultValueFactory = _ => 8 };
    private readonly Option<int> _limit = new("--limit") { Description = "First rows of each suite only; 0 for all" };

    public Command Build()
    {
        Command command = new("eval", "Evaluate the model through the HTTP API")
        {
            _suite, _model, _path, _url, _key, _out, _report, _parallel, _limit,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string suite = EvalPaths.Suite(context, parsed.GetValue(_suite));
        EvalPaths.Output(context, parsed.GetValue(_out), parsed.GetValue(_report));
        IReadOnlyList<EvalRow> rows = Limit(EvalSuiteReader.ReadSuites(suite), parsed.GetValue(_limit));
        IReadOnlyList<EvalRow> samples = EvalSuiteReader.ReadSamples(suite);
        if (parsed.GetValue(_url) is { } url)
        {
            if ((parsed.GetValue(_key) ?? context.Services.Variable("BALTORO_KEY")) is not { } key)
            {
                return await context.FailAsync(ExitCode.Usage, "--url needs --key or BALTORO_KEY").ConfigureAwait(false);
            }

            return await EvaluateAsync(parsed, url, key, rows, samples, cancellationToken).ConfigureAwait(false);
        }

        LocalServer server =
            await LocalServer.StartAsync(context.Services, parsed.GetValue(_path), cancellationToken).ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            return await EvaluateAsync(parsed, server.Url, server.Key, rows, samples, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<int> EvaluateAsync(
        ParseResult parsed,
        string url,
        string key,
        IReadOnlyList<EvalRow> rows,
        IReadOnlyList<EvalRow> samples,
        CancellationToken cancellationToken)
    {
        using ApiClient client = new(url, key);
        string model = parsed.GetRequiredValue(_model);
        int parallel = Math.Max(1, parsed.GetValue(_parallel));
        EvalRunner runner = new(client, model, parallel);
        string servedBy;
        try
        {
            servedBy = await client.ServedByAsync(model, cancellationToken).ConfigureAwait(false) ?? "unknown";
        }
        catch (Exception fault) when (fault is ApiException or HttpRequestException)
        {
            return await context.FailAsync(ExitCode.Failure, $"{url}: {fault.Message}").ConfigureAwait(false);
        }

        IReadOnlyList<EvalResult> results =
            await runner.RunAsync(rows, done => Progress(done, rows.Count), cancellationToken).ConfigureAwait(false);
        IReadOnlyList<EvalResult> shown = await runner.RunAsync(samples, _ => { }, cancellationToken).ConfigureAwait(false);
        EvalReport report = new(model, servedBy, parallel, SuiteScore.Of(results), shown, MeasureLoss(parsed));
        (string figures, string? markdown) = EvalPaths.Output(context, parsed.GetValue(_out), parsed.GetValue(_report));
        await WriteAsync(figures, report.ToJson(), cancellationToken).ConfigureAwait(false);
        if (markdown is not null)
        {
            await WriteAsync(markdown, report.ToMarkdown(), cancellationToken).ConfigureAwait(false);
        }

        foreach (SuiteScore score in report.Scores)
        {
            string line = FormattableString.Invariant(
                $"{score.Suite,-16} {score.Correct,4} of {score.Count,4}  {score.Share * 100,5:F1} %");
            await context.Output.WriteLineAsync(line).ConfigureAwait(false);
        }

        await context.Error.WriteLineAsync($"wrote {figures}{(markdown is null ? "" : $" and {markdown}")}").ConfigureAwait(false);
        return results.FirstOrDefault(result => result.Answer is null) is { } refused
            ? await context.FailAsync(ExitCode.Failure, $"{refused.Row.Id} was refused: {refused.Problem}").ConfigureAwait(false)
            : (int)ExitCode.Success;
    }

    /// <summary>Held-out loss needs the weights: it is measured when the command serves the model itself.</summary>
    private IReadOnlyList<LossScore> MeasureLoss(ParseResult parsed)
    {
        string file = Path.Combine(EvalPaths.Suite(context, parsed.GetValue(_suite)), EvalSuiteReader.HeldOutFile);
        if (parsed.GetValue(_url) is not null || !File.Exists(file) || context.Services.Tools is null)
        {
            return [];
        }

        return EmbeddedBackendOpener.Guard(() =>
        {
            using HeldOutLoss loss = new(EmbeddedBackendOpener.Locate(parsed.GetValue(_path)));
            return loss.Measure(file);
        });
    }

    private void Progress(int done, int all)
    {
        if (done % ProgressStep == 0 || done == all)
        {
            context.Error.WriteLine($"{done} of {all}");
        }
    }

    private static IReadOnlyList<EvalRow> Limit(IReadOnlyList<EvalRow> rows, int limit) => limit <= 0
        ? rows
        : [.. rows.GroupBy(row => row.Suite).SelectMany(group => group.Take(limit))];

    private static async Task WriteAsync(string path, string text, CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path)) ?? ".");
            await File.WriteAllTextAsync(path, text, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StartFailure(ExitCode.Failure, $"file {path}: cannot be written ({fault.Message})", fault);
        }
    }
}
