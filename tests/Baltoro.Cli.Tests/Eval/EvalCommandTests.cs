using System.Text.Json;
using Baltoro.Kimi.Conversation;
using Baltoro.Server.Tests.Harness;

namespace Baltoro.Cli.Tests.Eval;

public class EvalCommandTests
{
    [Fact]
    public async Task Eval_SuiteFolder_WritesFiguresAndUneditedSamples()
    {
        using CliHarness cli = new();
        cli.Backend.Script = (request, _) => ScriptedBackend.Events(ScriptedBackend.Answer(request, AnswerTo(request)));
        string suite = Directory.CreateDirectory(Path.Combine(cli.Folder, "suite")).FullName;
        await File.WriteAllLinesAsync(Path.Combine(suite, "sum.jsonl"), [Row("sum-0", "1 + 1", true, 2), Row("sum-1", "1 + 2", false, 3), ""]);
        await File.WriteAllTextAsync(Path.Combine(suite, "heldout.jsonl"), "{\"text\":\"not for the API\"}\n");
        await File.WriteAllTextAsync(
            Path.Combine(suite, "samples.jsonl"),
            """{"id":"sample-0","messages":[{"role":"user","content":"1 + 1"}],"thinking":false,"max_tokens":20}""");
        string file = Path.Combine(cli.Folder, "eval.json");
        string report = Path.Combine(cli.Folder, "REPORT.md");
        (int code, string output, string error) = await cli.RunAsync("", "eval", "--suite", suite, "--out", file, "--report", report);

        Assert.True(code == 0, error);
        Assert.Contains("sum                 1 of    2   50.0 %", output, StringComparison.Ordinal);
        using JsonDocument document = JsonDocument.Parse(await File.ReadAllTextAsync(file));
        JsonElement score = document.RootElement.GetProperty("suites").GetProperty("sum");
        Assert.Equal((2, 1, 0.5), (score.GetProperty("n").GetInt32(), score.GetProperty("correct").GetInt32(), score.GetProperty("share").GetDouble()));
        Assert.Equal("scripted (test)", document.RootElement.GetProperty("served_by").GetString());
        string markdown = await File.ReadAllTextAsync(report);
        Assert.Contains("| sum | 2 | 1 | 50.0 % |", markdown, StringComparison.Ordinal);
        Assert.Contains("### sample-0\n\n**user**\n\n> 1 + 1\n\n**assistant** (finish: stop, 1 tokens)\n\n> It is 2.\n", markdown, StringComparison.Ordinal);
        Assert.All(cli.Backend.Requests, request => Assert.Equal(0, request.Sampling.Temperature));
        Assert.Equal([false, false, true], cli.Backend.Requests.Select(request => request.Thinking).Order());
    }

    [Fact]
    public async Task Eval_NothingNamed_WorksOnTheRepositoryOrSaysWhatIsMissing()
    {
        using CliHarness outside = new();
        (int code, _, string error) = await outside.RunAsync("", "eval");
        Assert.Equal(2, code);
        Assert.Equal("baltoro: --suite is needed: the program does not run from its repository; name a folder with *.jsonl\n", error);
        (code, _, error) = await outside.RunAsync("", "eval", "--suite", outside.Folder);
        Assert.Equal(2, code);
        Assert.StartsWith("baltoro: --out is needed", error, StringComparison.Ordinal);

        using CliHarness cli = new() { Repository = outside.Folder };
        string suite = Directory.CreateDirectory(Path.Combine(outside.Folder, "training", "eval")).FullName;
        await File.WriteAllTextAsync(Path.Combine(suite, "sum.jsonl"), Row("sum-0", "1 + 1", true, 2));
        Assert.Equal(outside.Folder, Baltoro.Cli.Composition.CliServices.FindRepository(Path.Combine(suite, "deeper")));
        (code, _, error) = await cli.RunAsync("", "eval");
        Assert.True(code == 0, error);
        string made = Path.Combine(outside.Folder, "artifacts", "eval");
        Assert.EndsWith($"wrote {Path.Combine(made, "eval.json")} and {Path.Combine(made, "REPORT.md")}\n", error, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(made, "REPORT.md")));
    }

    [Fact]
    public async Task Eval_RowWithTools_DeclaresThemAndJudgesTheCall()
    {
        using CliHarness cli = new();
        string suite = Directory.CreateDirectory(Path.Combine(cli.Folder, "suite")).FullName;
        await File.WriteAllTextAsync(Path.Combine(suite, "tool.jsonl"), ToolRow);
        await File.WriteAllTextAsync(Path.Combine(suite, "samples.jsonl"), ToolRow);
        string file = Path.Combine(cli.Folder, "eval.json");
        string report = Path.Combine(cli.Folder, "REPORT.md");
        (int code, string output, string error) = await cli.RunAsync("", "eval", "--suite", suite, "--out", file, "--report", report);

        Assert.True(code == 0, error);
        Assert.Equal(["get_time", "get_time"], cli.Backend.Requests.Select(request => Assert.Single(request.Tools).Name));
        Assert.Contains("> Time in Rome?\n\nTools: get_time\n", await File.ReadAllTextAsync(report), StringComparison.Ordinal);
        Assert.Contains("tool                0 of    1    0.0 %", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"id\":\"a\"}", "sum.jsonl:1: expected the members id, suite")]
    [InlineData("nonsense", "sum.jsonl:1: not valid JSON")]
    [InlineData("{\"id\":\"a\",\"suite\":\"s\",\"messages\":[],\"thinking\":true,\"max_tokens\":1,\"check\":{\"type\":\"magic\"}}", "check.type must be exact")]
    public async Task Eval_BadRow_NamesFileAndLine(string row, string part)
    {
        using CliHarness cli = new();
        string suite = Directory.CreateDirectory(Path.Combine(cli.Folder, "suite")).FullName;
        await File.WriteAllTextAsync(Path.Combine(suite, "sum.jsonl"), row);
        (int code, _, string error) = await cli.RunAsync("", "eval", "--suite", suite, "--out", "/dev/null");
        Assert.Equal(2, code);
        Assert.Contains(part, error, StringComparison.Ordinal);
    }

    private const string ToolRow =
        """
        {"id":"tool-0","suite":"tool","messages":[{"role":"user","content":"Time in Rome?"}],"thinking":false,"max_tokens":20,"tools":[{"type":"function","function":{"name":"get_time","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}}],"check":{"type":"tool_call_exact","calls":[{"name":"get_time","arguments":{"city":"Rome"}}]}}
        """;

    private static string AnswerTo(ChatRequest request) =>
        ((ContentPart.Text)request.Messages[^1].Content[0]).Value == "1 + 1" ? "It is 2." : "It is 4.";

    private static string Row(string id, string question, bool thinking, int value) =>
        $$$"""{"id":"{{{id}}}","suite":"sum","messages":[{"role":"user","content":"{{{question}}}"}],"thinking":{{{(thinking ? "true" : "false")}}},"max_tokens":20,"check":{"type":"number","value":{{{value}}}}}""";
}
