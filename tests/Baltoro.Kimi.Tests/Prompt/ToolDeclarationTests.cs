using System.Text.Json;
using Baltoro.Kimi.Conversation;
using Baltoro.Kimi.Prompt;
using Baltoro.Kimi.Tests.Support;

namespace Baltoro.Kimi.Tests.Prompt;

public class ToolDeclarationTests
{
    [Fact]
    public void Render_GoldenDeclarations_EqualThePublishedProgram()
    {
        string path = Environment.GetEnvironmentVariable("BALTORO_DECLARATIONS") ?? TestPaths.Data("prompt", "declarations.json");
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllBytes(path));
        int count = 0;
        foreach (JsonElement entry in golden.RootElement.GetProperty("cases").EnumerateArray())
        {
            List<ToolDefinition> tools = [.. entry.GetProperty("tools").EnumerateArray().Select(WireConversation.Tool)];
            string expected = entry.GetProperty("expected").GetString()!;
            string actual = ToolDeclaration.Render(tools);
            Assert.True(expected == actual, $"case {count}: {entry.GetProperty("tools").GetRawText()}\n--- expected\n{expected}\n--- actual\n{actual}");
            count++;
        }

        Assert.True(count >= 160, $"only {count} cases");
    }

    [Fact]
    public void Render_LoneSurrogateInASchema_IsANamedError()
    {
        using JsonDocument schema = JsonDocument.Parse("{\"properties\":{\"x\":{\"type\":\"string\",\"description\":\"\\ud800\"}}}");
        ArgumentException e = Assert.Throws<ArgumentException>(() => ToolDeclaration.Render([new ToolDefinition("f", null, schema.RootElement, false)]));
        Assert.Contains("not valid Unicode", e.Message);
        Assert.DoesNotContain("Parameter", e.Message);
    }

    [Theory]
    [InlineData("{\"properties\":{\"x\":{\"type\":\"integer\",\"minimum\":1e400}}}")]
    [InlineData("{\"properties\":{\"x\":{\"enum\":[1e400]}}}")]
    public void Render_NumberOutOfRange_IsANamedError(string json)
    {
        using JsonDocument schema = JsonDocument.Parse(json);
        ArgumentException e = Assert.Throws<ArgumentException>(() => ToolDeclaration.Render([new ToolDefinition("f", null, schema.RootElement, false)]));
        Assert.Contains("1e400 is out of range", e.Message);
    }
}
