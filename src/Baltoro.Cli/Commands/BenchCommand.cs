using System.CommandLine;
using System.Globalization;
using Baltoro.Cli.Composition;
using Baltoro.Cli.Output;
using Baltoro.Engine.Weights.Blocks;
using Baltoro.Engine.Weights.Export;
using Baltoro.Server.Hosting;

namespace Baltoro.Cli.Commands;

/// <summary><c>baltoro bench engine</c>.</summary>
internal sealed class BenchCommand(CommandContext context, IModelTools tools)
{
    private const long BytesPerMiB = 1 << 20;

    private readonly Option<string> _model = new("--model") { Description = "Model folder or GGUF file", Required = true };
    private readonly Option<int> _promptTokens = new("--prompt-tokens") { DefaultValueFactory = _ => 512 };
    private readonly Option<int> _newTokens = new("--new-tokens") { DefaultValueFactory = _ => 128 };
    private readonly Option<int> _streams = new("--streams") { DefaultValueFactory = _ => 1 };
    private readonly Option<int?> _threads = new("--threads");
    private readonly Option<bool> _json = new("--json") { Description = "Print JSON" };

    private readonly Option<string> _config = new("--config") { Description = "config.json with the shape", Required = true };
    private readonly Option<string> _outFile = new("--out") { Description = "GGUF file to write", Required = true };
    private readonly Option<string> _experts = new("--experts") { DefaultValueFactory = _ => "q4_0" };
    private readonly Option<string> _dense = new("--dense") { DefaultValueFactory = _ => "q8_0" };
    private readonly Option<ulong> _seed = new("--seed") { DefaultValueFactory = _ => 1 };

    public Command Build()
    {
        Command engine = new("engine", "Speed of the engine on this machine")
        {
            _model, _promptTokens, _newTokens, _streams, _threads, _json,
        };
        engine.SetAction(RunAsync);
        Command model = new("model", "Write a random-weight GGUF file of a given shape") { _config, _outFile, _experts, _dense, _seed };
        model.SetAction(WriteModel);
        return new Command("bench", "Measure") { engine, model };
    }

    private void WriteModel(ParseResult parsed)
    {
        string file = parsed.GetRequiredValue(_outFile);
        GgufScheme scheme = new(ReadType("--experts", parsed.GetRequiredValue(_experts)), ReadType("--dense", parsed.GetRequiredValue(_dense)));
        long bytes = EmbeddedBackendOpener.Guard(() => RandomModelWriter.Write(
            parsed.GetRequiredValue(_config),
            file,
            scheme,
            parsed.GetValue(_seed)));
        context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{file}: {bytes / 1048576.0:F1} MiB"));
    }

    private static BlockType ReadType(string option, string name) => GgufScheme.Names.Contains(name.ToLowerInvariant())
        ? GgufScheme.Parse(name, option)
        : throw new StartFailure(ExitCode.Usage, $"{option} must be one of {string.Join(", ", GgufScheme.Names)}, found '{name}'");

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        EngineBenchSettings settings = new(
            parsed.GetRequiredValue(_model),
            AtLeastOne("--prompt-tokens", parsed.GetValue(_promptTokens)),
            AtLeastOne("--new-tokens", parsed.GetValue(_newTokens)),
            AtLeastOne("--streams", parsed.GetValue(_streams)),
            parsed.GetValue(_threads) is { } threads ? AtLeastOne("--threads", threads) : null);
        EngineBenchResult result = await tools.BenchAsync(settings, cancellationToken).ConfigureAwait(false);
        string text = parsed.GetValue(_json)
            ? JsonLine.Of(json =>
            {
                json.WriteStartObject();
                json.WriteNumber("prefill_tokens_per_second", result.PrefillTokensPerSecond);
                json.WriteNumber("decode_tokens_per_second", result.DecodeTokensPerSecond);
                json.WriteNumber("ttft_ms", result.TtftMs);
                json.WriteNumber("load_seconds", result.LoadSeconds);
                json.WriteNumber("load_cpu_seconds", result.LoadCpuSeconds);
                json.WriteNumber("first_round_seconds", result.FirstRoundSeconds);
                json.WriteNumber("peak_rss_bytes", result.PeakRssBytes);
                json.WriteString("kernels", result.Kernels);
                json.WriteNumber("prefill_cpu_ms_per_token", result.PrefillCpuMsPerToken);
                json.WriteNumber("decode_cpu_ms_per_token", result.DecodeCpuMsPerToken);
                json.WriteEndObject();
            })
            : string.Create(
                CultureInfo.InvariantCulture,
                $"prefill {result.PrefillTokensPerSecond:F0} tokens/s, decode {result.DecodeTokensPerSecond:F0} tokens/s, ")
                + string.Create(CultureInfo.InvariantCulture, $"first token {result.TtftMs:F1} ms, load {result.LoadSeconds:F2} s, ")
                + string.Create(CultureInfo.InvariantCulture, $"peak {result.PeakRssBytes / BytesPerMiB} MiB, kernels {result.Kernels}");
        await context.Output.WriteLineAsync(text).ConfigureAwait(false);
        return (int)ExitCode.Success;
    }

    private static int AtLeastOne(string option, int value) =>
        value >= 1 ? value : throw new StartFailure(ExitCode.Usage, $"{option} must be at least 1, found {value}");
}
