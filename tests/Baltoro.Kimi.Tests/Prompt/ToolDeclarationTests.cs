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
        ToolDefinition fine = new("f", null, null, false);
        RequestRefusedException e = Assert.Throws<RequestRefusedException>(
            () => ToolDeclaration.Render([fine, new ToolDefinition("g", null, schema.RootElement, false)]));
        Assert.Equal("tools[1].function.parameters", e.Field);
        Assert.Equal(
            "tools[1].function.parameters cannot be shown to the model: at path 'properties.x.description', a text is not valid Unicode (a lone surrogate)",
            e.Message);
    }

    [Theory]
    [InlineData("{\"properties\":{\"x\":{\"type\":\"integer\",\"minimum\":1e400}}}", "properties.x.minimum")]
    [InlineData("{\"properties\":{\"x\":{\"enum\":[99999999999999999999,1e400]}}}", "properties.x.enum[1]")]
    public void Render_NumberOutOfRange_IsANamedError(string json, string path)
    {
        using JsonDocument schema = JsonDocument.Parse(json);
        ToolDefinition tool = new("f", null, schema.RootElement, false) { Field = "functions[0]" };
        RequestRefusedException e = Assert.Throws<RequestRefusedException>(() => ToolDeclaration.Render([tool]));
        Assert.Equal("functions[0].parameters", e.Field);
        Assert.EndsWith($"at path '{path}', number 1e400 is out of range", e.Message);
    }
}
