using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Baltoro.Cli.Composition;
using Baltoro.Cli.Output;
using Baltoro.Kimi.Conversation;
using Baltoro.Kimi.Prompt;
using Baltoro.Server.Hosting;
using Baltoro.Server.Mapping;

namespace Baltoro.Cli.Commands;

/// <summary><c>baltoro inspect logits|tokenize|prompt</c>: what model and tokenizer really do, as JSON.</summary>
internal sealed class InspectCommand(CommandContext context, IModelTools tools)
{
    private readonly Option<string> _model = new("--model") { Description = "Model folder or GGUF file", Required = true };
    private readonly Option<string?> _promptModel = new("--model") { Description = "Model folder whose tokenizer is used" };
    private readonly Option<string> _ids = new("--ids") { Description = "Token ids, separated by commas", Required = true };
    private readonly Option<bool> _all = new("--all") { Description = "Logits after every id, not only after the last" };
    private readonly Option<string> _tokenizer = new("--tokenizer") { Description = "Folder with tiktoken.model", Required = true };
    private readonly Option<string?> _text = new("--text") { Description = "Text to tokenize" };
    private readonly Option<string?> _file = new("--file") { Description = "UTF-8 file to tokenize" };
    private readonly Option<string> _request = new("--request") { Description = "File with a chat request", Required = true };
    private readonly Option<bool> _json = new("--json") { Description = "Print JSON (the only form)" };

    public Command Build()
    {
        Command logits = new("logits", "Logits of a token sequence") { _model, _ids, _all, _json };
        logits.SetAction(Logits);
        Command tokenize = new("tokenize", "Token ids of a text") { _tokenizer, _text, _file, _json };
        tokenize.SetAction(TokenizeAsync);
        Command prompt = new("prompt", "What the model would be given for a request") { _request, _promptModel, _json };
        prompt.SetAction(PromptAsync);
        return new Command("inspect", "Look inside model and tokenizer") { logits, tokenize, prompt };
    }

    private int Logits(ParseResult parsed)
    {
        bool all = parsed.GetValue(_all);
        IReadOnlyList<float[]> rows = tools.Logits(parsed.GetRequiredValue(_model), ReadIds(parsed.GetRequiredValue(_ids)), all);
        context.Output.WriteLine(JsonLine.Of(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("logits");
            if (all)
            {
                foreach (float[] row in rows)
                {
                    json.WriteStartArray();
                    WriteNumbers(json, row);
                    json.WriteEndArray();
                }
            }
            else
            {
                WriteNumbers(json, rows[^1]);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }));
        return (int)ExitCode.Success;
    }

    private async Task<int> TokenizeAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string? text = parsed.GetValue(_text);
        string? file = parsed.GetValue(_file);
        if (text is null == file is null)
        {
            return await context.FailAsync(ExitCode.Usage, "give exactly one of --text and --file").ConfigureAwait(false);
        }

        text ??= await File.ReadAllTextAsync(Existing(file), cancellationToken).ConfigureAwait(false);
        IReadOnlyList<int> ids = tools.Tokenize(parsed.GetRequiredValue(_tokenizer), text);
        await context.Output.WriteLineAsync(JsonLine.Of(json =>
        {
            json.WriteStartObject();
            WriteIds(json, ids);
            json.WriteEndObject();
        })).ConfigureAwait(false);
        return (int)ExitCode.Success;
    }

    private async Task<int> PromptAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        ServerOptions options = context.LoadOptions(new Dictionary<string, string>(), configFile: null);
        byte[] body = await File.ReadAllBytesAsync(Existing(parsed.GetRequiredValue(_request)), cancellationToken).ConfigureAwait(false);
        (ChatRequest? request, string? problem) = RequestPreview.Map(body, options.Catalog);
        if (request is null)
        {
            return await context.FailAsync(ExitCode.Failure, problem ?? "the request was refused").ConfigureAwait(false);
        }

        (string text, RenderedPrompt rendered) = tools.Render(parsed.GetValue(_promptModel) ?? options.ModelPath, request);
        await context.Output.WriteLineAsync(JsonLine.Of(json =>
        {
            json.WriteStartObject();
            json.WriteString("text", text);
            WriteIds(json, rendered.Ids);
            json.WriteStartArray("media");
            foreach (PromptMedia media in rendered.Media)
            {
                WriteMedia(json, media);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        })).ConfigureAwait(false);
        return (int)ExitCode.Success;
    }

    private static string Existing(string? path) => File.Exists(path)
        ? path
        : throw new StartFailure(ExitCode.Usage, $"file {path}: expected a readable file, found none");

    private static int[] ReadIds(string text) =>
    [
        .. text.Split(',', StringSplitOptions.TrimEntries).Select(part =>
            int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int id)
                ? id
                : throw new StartFailure(ExitCode.Usage, $"--ids must be whole numbers separated by commas, found '{part}'")),
    ];

    private static void WriteNumbers(Utf8JsonWriter json, float[] row)
    {
        foreach (float value in row)
        {
            json.WriteNumberValue(value);
        }
    }

    private static void WriteMedia(Utf8JsonWriter json, PromptMedia media)
    {
        json.WriteStartObject();
        json.WriteString("type", media is PromptMedia.Chunk ? "video" : "image");
        json.WriteNumber("position", media.Position);
        json.WriteNumber("tokens", media.TokenCount);
        json.WriteEndObject();
    }

    private static void WriteIds(Utf8JsonWriter json, IReadOnlyList<int> ids)
    {
        json.WriteStartArray("ids");
        foreach (int id in ids)
        {
            json.WriteNumberValue(id);
        }

        json.WriteEndArray();
    }
}
