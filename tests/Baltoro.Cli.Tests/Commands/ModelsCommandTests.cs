using System.Text.Json;
using Baltoro.Tests.Shared;

namespace Baltoro.Cli.Tests.Commands;

public class ModelsCommandTests
{
    private static readonly string _golden = Path.Combine(RepositoryRoot.Path, "tests", "data", "golden", "plain-q");

    [Fact]
    public async Task List_Json_NamesEveryServedId()
    {
        using CliHarness cli = new();
        (int code, string output, _) = await cli.RunAsync("", "models", "list", "--json");
        Assert.Equal(0, code);
        using JsonDocument list = JsonDocument.Parse(output);
        Assert.Contains(list.RootElement.EnumerateArray(), card => card.GetProperty("id").GetString() == "kimi-k2-5" && card.GetProperty("input_nano_usd").GetInt64() == 1400);
    }

    [Fact]
    public async Task Verify_GoodModel_FindsNoProblem()
    {
        using CliHarness cli = new();
        (int code, string output, string error) = await cli.RunAsync("", "models", "verify", _golden, "--values", "--json");
        Assert.True(code == 0, error);
        using JsonDocument report = JsonDocument.Parse(output);
        Assert.Equal(0, report.RootElement.GetProperty("problems").GetArrayLength());
        Assert.True(report.RootElement.GetProperty("values_read").GetBoolean());
    }

    [Fact]
    public async Task Convert_ThenVerify_ReadsTheGgufFile()
    {
        using TempFolder folder = new();
        using CliHarness cli = new();
        (int code, _, string error) = await cli.RunAsync("", "models", "convert", "--model", _golden, "--quantize", "f32", "--out", folder.Path);
        Assert.True(code == 0, error);
        (code, string output, error) = await cli.RunAsync("", "models", "verify", folder.Path);
        Assert.True(code == 0, error);
        Assert.Contains("gguf", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_MissingTensorFile_SaysSoInOneLine()
    {
        using TempFolder folder = new();
        File.Copy(Path.Combine(_golden, "config.json"), Path.Combine(folder.Path, "config.json"));
        using CliHarness cli = new();
        (int code, _, string error) = await cli.RunAsync("", "models", "verify", folder.Path);
        Assert.Equal(6, code);
        Assert.Contains(folder.Path, error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Trim());
    }

    [Fact]
    public async Task Convert_UnknownFormat_NamesTheAllowedOnes()
    {
        using CliHarness cli = new();
        (int code, _, string error) = await cli.RunAsync("", "models", "convert", "--model", _golden, "--quantize", "q9", "--out", "unused");
        Assert.Equal(2, code);
        Assert.StartsWith("baltoro: --quantize must be one of f32, f16, bf16, q8_0, q4_0, ", error, StringComparison.Ordinal);
        Assert.EndsWith(", found 'q9'\n", error, StringComparison.Ordinal);
        (_, string help, _) = await cli.RunAsync("", "models", "convert", "--help");
        Assert.Contains("f32, f16, bf16, q8_0, q4_0", help.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Convert_ModelThatSees_ListsTheFileOfItsTower()
    {
        using TempFolder folder = new();
        using CliHarness cli = new();
        string model = Path.Combine(RepositoryRoot.Path, "tests", "data", "golden", "vision-k25");
        (int code, string output, string error) = await cli.RunAsync("", "models", "convert", "--model", model, "--quantize", "f32", "--out", folder.Path);
        Assert.True(code == 0, error);
        Assert.Contains("; beside it mmproj-model.gguf, ", output, StringComparison.Ordinal);
    }
}
