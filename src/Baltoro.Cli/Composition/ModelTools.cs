using Baltoro.Backends.Embedded;
using Baltoro.Engine;
using Baltoro.Engine.Diagnostics;
using Baltoro.Kimi.Conversation;
using Baltoro.Kimi.Prompt;
using Baltoro.Kimi.Text;
using Baltoro.Kimi.Tokenizer;
using Baltoro.Kimi.Vision;
using Baltoro.Server.Hosting;

namespace Baltoro.Cli.Composition;

/// <summary>Engine and tokenizer for <c>inspect</c> and <c>bench</c>; every file fault becomes a <see cref="StartFailure"/>.</summary>
internal sealed class ModelTools : IModelTools
{
    public IReadOnlyList<float[]> Logits(string modelPath, IReadOnlyList<int> tokenIds, bool all) => EmbeddedBackendOpener.Guard(() =>
    {
        using var probe = new LogitProbe(EmbeddedBackendOpener.Locate(modelPath), EmbeddedBackendOpener.EngineOptions());
        List<float[]> rows = [];
        try
        {
            probe.Visit(tokenIds.ToArray(), all, (_, logits) => rows.Add(logits.ToArray()));
        }
        catch (ArgumentException fault)
        {
            throw new StartFailure(ExitCode.Usage, $"--{ArgumentText.Of(fault)}", fault);
        }

        return rows;
    });

    public IReadOnlyList<int> Tokenize(string tokenizerFolder, string text) =>
        EmbeddedBackendOpener.Guard(() => ModelTokenizer.Load(tokenizerFolder).Encode(text));

    public (string Text, RenderedPrompt Prompt) Render(string? modelPath, ChatRequest request) => EmbeddedBackendOpener.Guard(() =>
    {
        string path = EmbeddedBackendOpener.Locate(modelPath);
        KimiTokenizer tokenizer = ModelTokenizer.Load(path);
        VisionSettings? vision = VisionSettingsReader.Load(EmbeddedModel.FolderOf(path), VisionFamily.K25);
        RenderedPrompt prompt = new PromptRenderer(tokenizer, null, vision).Render(request);
        return (prompt.ToText(tokenizer), prompt);
    });

    public Task<EngineBenchResult> BenchAsync(EngineBenchSettings settings, CancellationToken cancellationToken) =>
        EmbeddedBackendOpener.GuardAsync(() => new EngineBench(settings).RunAsync(cancellationToken));
}
