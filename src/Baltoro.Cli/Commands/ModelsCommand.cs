using System.CommandLine;
using System.Globalization;
using Baltoro.Backends.Embedded;
using Baltoro.Cli.Composition;
using Baltoro.Cli.Output;
using Baltoro.Engine.Weights.Export;
using Baltoro.Engine.Weights.Packed;
using Baltoro.Kimi.Cards;
using Baltoro.Server.Hosting;

namespace Baltoro.Cli.Commands;

/// <summary><c>baltoro models list|verify|convert|pull</c>: the ids that are served and the files of a model.</summary>
internal sealed class ModelsCommand(CommandContext context)
{
    private readonly Argument<string?> _path = new("path") { Description = "Model folder or GGUF file", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _model = new("--model") { Description = "Model folder or GGUF file; by default the embedded one" };
    private readonly Option<bool> _values = new("--values") { Description = "Read every value too, not only names and shapes, and the packed weights kept of the model" };
    private readonly Option<string?> _data = new("--data") { Description = "Data directory, for its packed weights" };

    private readonly Option<string> _quantize = new("--quantize")
    {
        Description = $"{string.Join(", ", GgufScheme.Names)}; q4_0 keeps all but the experts in q8_0",
        Required = true,
    };

    private readonly Option<string> _out = new("--out") { Description = "Folder to write", Required = true };
    private readonly Option<bool> _json = new("--json") { Description = "Print JSON" };

    public Command Build()
    {
        Command list = new("list", "Model ids and what they promise") { _json };
        list.SetAction(List);
        Command verify = new("verify", "Check a model's files against its config") { _path, _values, _data, _json };
        verify.SetAction(VerifyAsync);
        Command convert = new("convert", "Write a model as one GGUF file, its vision tower as a second") { _model, _quantize, _out };
        convert.SetAction(Convert);
        return new Command("models", "Models and their files") { list, verify, convert, new ModelsPullCommand(context).Build() };
    }

    private void List(ParseResult parsed)
    {
        if (parsed.GetValue(_json))
        {
            context.Output.WriteLine(JsonLine.Of(json =>
            {
                json.WriteStartArray();
                foreach (ModelCard card in ModelCatalog.BuiltIn.Cards)
                {
                    json.WriteStartObject();
                    json.WriteString("id", card.Id);
                    json.WriteNumber("context_length", card.ContextWindow);
                    json.WriteNumber("max_output_tokens", card.MaxOutputTokens);
                    json.WriteNumber("input_nano_usd", card.InputNanoUsdPerToken);
                    json.WriteNumber("output_nano_usd", card.OutputNanoUsdPerToken);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }));
            return;
        }

        foreach (ModelCard card in ModelCatalog.BuiltIn.Cards)
        {
            context.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{card.Id,-24} window {card.ContextWindow,7}, output {card.MaxOutputTokens,7}"));
        }
    }

    private async Task<int> VerifyAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string path = EmbeddedBackendOpener.Guard(() => EmbeddedBackendOpener.Locate(parsed.GetValue(_path)));
        ModelReport report = EmbeddedBackendOpener.Guard(() => ModelVerifier.Verify(path, parsed.GetValue(_values)));
        if (parsed.GetValue(_values) && EmbeddedBackendOpener.PackedCache(ServerOptionsLoader.DataPath(parsed.GetValue(_data), context.Services.Variable)) is { } cache)
        {
            IReadOnlyList<string> damage = EmbeddedBackendOpener.Guard(() => PackedVerifier.FindDamage(path, cache.Folder));
            report = report with { Problems = [.. report.Problems, .. damage.Select(sentence => $"{sentence} (remove the file; the next start makes it anew)")] };
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (parsed.GetValue(_json))
        {
            await context.Output.WriteLineAsync(ReportJson(report)).ConfigureAwait(false);
        }
        else
        {
            await context.Output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{report.Path}: {report.Format}, {report.TensorCount} tensors, {report.ByteCount / 1048576.0:F1} MiB, {report.Problems.Count} problems")).ConfigureAwait(false);
            foreach (string problem in report.Problems)
            {
                await context.Output.WriteLineAsync(problem).ConfigureAwait(false);
            }
        }

        return (int)(report.Problems.Count == 0 ? ExitCode.Success : ExitCode.Model);
    }

    private static string ReportJson(ModelReport report) => JsonLine.Of(json =>
    {
        json.WriteStartObject();
        json.WriteString("path", report.Path);
        json.WriteString("format", report.Format);
        json.WriteNumber("tensors", report.TensorCount);
        json.WriteNumber("bytes", report.ByteCount);
        json.WriteBoolean("values_read", report.ValuesRead);
        json.WriteStartArray("problems");
        foreach (string problem in report.Problems)
        {
            json.WriteStringValue(problem);
        }

        json.WriteEndArray();
        json.WriteStartArray("not_loaded");
        foreach (string name in report.NotLoaded)
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private void Convert(ParseResult parsed)
    {
        string quantize = parsed.GetRequiredValue(_quantize).ToLowerInvariant();
        if (!GgufScheme.Names.Contains(quantize))
        {
            throw new StartFailure(ExitCode.Usage, $"--quantize must be one of {string.Join(", ", GgufScheme.Names)}, found '{quantize}'");
        }

        string model = EmbeddedBackendOpener.Locate(parsed.GetValue(_model));
        ConversionReport report = EmbeddedBackendOpener.Guard(() => ModelConverter.Convert(
            model,
            parsed.GetRequiredValue(_out),
            GgufScheme.ForQuantize(quantize),
            ModelTokenizer.Find(model) is { } tokenizer ? ModelTokenizer.KeysOf(tokenizer) : []));
        context.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.ModelPath}: {report.WrittenBytes / 1048576.0:F1} MiB from {report.SourceBytes / 1048576.0:F1} MiB; beside it {string.Join(", ", report.SideFiles)}"));
    }
}
