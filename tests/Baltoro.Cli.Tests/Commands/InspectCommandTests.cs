using Baltoro.Cli.Composition;
using Baltoro.Kimi.Conversation;
using Baltoro.Kimi.Prompt;

namespace Baltoro.Cli.Tests.Commands;

/// <summary>The exact output forms of inspect and bench, over tools that answer with fixed figures.</summary>
public class InspectCommandTests
{
    [Theory]
    [InlineData("{\"logits\":[0.5,-1]}", "inspect", "logits", "--model", "m", "--ids", "1,2,3", "--json")]
    [InlineData("{\"logits\":[[2,3],[0.5,-1]]}", "inspect", "logits", "--model", "m", "--ids", "1, 2", "--all", "--json")]
    [InlineData("{\"ids\":[4,5]}", "inspect", "tokenize", "--tokenizer", "t", "--text", "<|im_end|>", "--json")]
    [InlineData("{\"prefill_tokens_per_second\":1.5,\"decode_tokens_per_second\":2.5,\"ttft_ms\":3.5,\"load_seconds\":4.5,\"load_cpu_seconds\":4.75,\"first_round_seconds\":4.8,\"peak_rss_bytes\":5,\"kernels\":\"avx2\",\"prefill_cpu_ms_per_token\":6.5,\"decode_cpu_ms_per_token\":7.5}", "bench", "engine", "--model", "m", "--json")]
    public async Task Command_Json_HasTheDocumentedForm(string expected, params string[] args)
    {
        using CliHarness cli = new() { Tools = new FixedTools() };
        Assert.Equal((0, expected + "\n", ""), await cli.RunAsync("", args));
    }

    [Fact]
    public async Task Prompt_RequestFile_IsMappedAndRendered()
    {
        using CliHarness cli = new() { Tools = new FixedTools() };
        string file = Path.Combine(cli.Folder, "request.json");
        await File.WriteAllTextAsync(file, """{"model":"kimi-k2.5","messages":[{"role":"user","content":"Hi"}]}""");
        (int code, string output, _) = await cli.RunAsync("", "inspect", "prompt", "--request", file, "--json");
        Assert.Equal((0, "{\"text\":\"1 True\",\"ids\":[9],\"media\":[]}\n"), (code, output));
        await File.WriteAllTextAsync(file, """{"model":"kimi-k2.5","messages":[]}""");
        (int refused, _, string error) = await cli.RunAsync("", "inspect", "prompt", "--request", file, "--json");
        Assert.Equal((1, "baltoro: Invalid request: messages must not be empty\n"), (refused, error));
    }

    [Theory]
    [InlineData("--ids must be whole numbers", "inspect", "logits", "--model", "m", "--ids", "1,x")]
    [InlineData("exactly one of --text and --file", "inspect", "tokenize", "--tokenizer", "t")]
    [InlineData("--ids must be whole numbers", "inspect", "logits", "--model", "m", "--ids", "1,,2")]
    [InlineData("--ids must be whole numbers", "inspect", "logits", "--model", "m", "--ids", "")]
    [InlineData("--streams must be at least 1", "bench", "engine", "--model", "m", "--streams", "0")]
    [InlineData("expected a readable file", "inspect", "prompt", "--request", "/none")]
    public async Task Command_BadOption_IsUsage(string part, params string[] args)
    {
        using CliHarness cli = new() { Tools = new FixedTools() };
        (int code, _, string error) = await cli.RunAsync("", args);
        Assert.Equal(2, code);
        Assert.Contains(part, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prompt_ModelOfTheEnvironment_IsUsedUnlessGiven()
    {
        FixedTools tools = new();
        using CliHarness cli = new() { Tools = tools, Model = "/env" };
        string file = Path.Combine(cli.Folder, "request.json");
        await File.WriteAllTextAsync(file, """{"model":"kimi-k2.5","messages":[{"role":"user","content":"Hi"}]}""");
        Assert.Equal(0, (await cli.RunAsync("", "inspect", "prompt", "--request", file)).ExitCode);
        Assert.Equal(0, (await cli.RunAsync("", "inspect", "prompt", "--request", file, "--model", "/given")).ExitCode);
        Assert.Equal(["/env", "/given"], tools.Rendered);
    }

    private sealed class FixedTools : IModelTools
    {
        public List<string?> Rendered { get; } = [];


        public IReadOnlyList<float[]> Logits(string modelPath, IReadOnlyList<int> tokenIds, bool all) =>
            all ? [[2f, 3f], [0.5f, -1f]] : [[0.5f, -1f]];

        public IReadOnlyList<int> Tokenize(string tokenizerFolder, string text) => [4, 5];

        public (string Text, RenderedPrompt Prompt) Render(string? modelPath, ChatRequest request)
        {
            Rendered.Add(modelPath);
            return ($"{request.Messages.Count} {request.Thinking}", new RenderedPrompt([9]));
        }

        public Task<EngineBenchResult> BenchAsync(EngineBenchSettings settings, CancellationToken cancellationToken) =>
            Task.FromResult(new EngineBenchResult(1.5, 2.5, 3.5, 4.5, 4.75, 4.8, 5, "avx2", 6.5, 7.5));
    }
}
