using System.Text.Json;
using Baltoro.Kimi.Conversation;
using Baltoro.Server.Tests.Harness;

namespace Baltoro.Server.Tests.Chat;

/// <summary>Tools, tool choice, response format, partial mode and the old functions: what reaches the backend, and what is refused.</summary>
public class ToolRequestTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Seed = "kimi-k2-5";
    private const string Always = "kimi-k2-5-thinking";
    private const string Platform = "kimi-k2.5";
    private const string Off = ",\"thinking\":{\"type\":\"disabled\"}";
    private const string Tools =
        "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"add\",\"description\":\"Adds.\",\"parameters\":{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"}}}}},"
        + "{\"type\":\"function\",\"function\":{\"name\":\"sub\",\"parameters\":{\"type\":\"object\"},\"strict\":false}}]";

    [Theory]
    [InlineData(Seed, "", ToolChoiceMode.Auto, null)]
    [InlineData(Seed, ",\"tool_choice\":null", ToolChoiceMode.Auto, null)]
    [InlineData(Seed, ",\"tool_choice\":\"none\"", ToolChoiceMode.None, null)]
    [InlineData(Seed, ",\"tool_choice\":\"required\"", ToolChoiceMode.Required, null)]
    [InlineData(Always, ",\"tool_choice\":\"required\"", ToolChoiceMode.Required, null)]
    [InlineData(Always, ",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"sub\"}}", ToolChoiceMode.Required, "sub")]
    [InlineData(Seed, ",\"tool_choice\":{\"type\":\"allowed_tools\",\"allowed_tools\":{\"mode\":\"auto\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"add\"}}]}}", ToolChoiceMode.Auto, "add")]
    [InlineData(Platform, ",\"tool_choice\":\"required\"" + Off, ToolChoiceMode.Required, null)]
    [InlineData(Platform, ",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"add\"}}" + Off, ToolChoiceMode.Required, "add")]
    public async Task ToolChoice_EveryForm_ReachesTheBackend(string model, string more, ToolChoiceMode mode, string? name)
    {
        ChatRequest request = await AcceptAsync(TestServer.Body(model, Tools + more));

        Assert.Equal(mode, request.ToolChoice.Mode);
        Assert.Equal(name is null ? null : [name], request.ToolChoice.Names);
        Assert.Equal(["add", "sub"], request.Tools.Select(tool => tool.Name));
        Assert.Equal((true, false), (request.Tools[0].Strict, request.Tools[1].Strict));
        Assert.Equal((model != Platform, false), (request.Tools[0].MayRelax, request.Tools[1].MayRelax));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData(",\"parallel_tool_calls\":true", true)]
    [InlineData(",\"parallel_tool_calls\":false", false)]
    [InlineData(",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"sub\"}}", false)]
    public async Task ParallelToolCalls_IsHonoured(string more, bool parallel) =>
        Assert.Equal(parallel, (await AcceptAsync(TestServer.Body(Seed, Tools + more))).ParallelToolCalls);

    [Theory]
    [InlineData("\"tool_choice\":\"required\"", "tool_choice 'required' is incompatible with thinking enabled", "tool_choice")]
    [InlineData("\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"add\"}}", "tool_choice 'specified' is incompatible with thinking enabled", "tool_choice")]
    [InlineData("\"tool_choice\":\"always\"", "Invalid request: tool_choice must be 'auto', 'none', 'required' or an object, found 'always'", "tool_choice")]
    [InlineData("\"tool_choice\":5", "Invalid request: tool_choice must be a string or an object, found number 5", "tool_choice")]
    public Task ToolChoice_OnPlatformThinking_HasThePlatformsWords(string more, string message, string param) =>
        RefuseAsync(TestServer.Body(Platform, Tools + "," + more), message, param);

    [Theory]
    [InlineData(Seed, "{\"type\":\"function\",\"function\":{\"name\":\"a.b\"}}", "Invalid request: tools[0].function.name must match ^[a-zA-Z0-9_-]{1,64}$, found 'a.b'", "tools[0].function.name")]
    [InlineData(Platform, "{\"type\":\"function\",\"function\":{\"name\":\"ab\",\"parameters\":{\"type\":\"object\"}}}", "Invalid request: tools[0].function.name must match ^[a-zA-Z_][a-zA-Z0-9-_]{2,63}$, found 'ab'", "tools[0].function.name")]
    [InlineData(Platform, "{\"type\":\"function\",\"function\":{\"name\":\"1abc\",\"parameters\":{\"type\":\"object\"}}}", "Invalid request: tools[0].function.name must match ^[a-zA-Z_][a-zA-Z0-9-_]{2,63}$, found '1abc'", "tools[0].function.name")]
    [InlineData(Seed, "{\"type\":\"function\",\"function\":{\"name\":\"f\"}},{\"type\":\"function\",\"function\":{\"name\":\"f\"}}", "function name f is duplicated", "tools[1].function.name")]
    [InlineData(Platform, "{\"type\":\"function\",\"function\":{\"name\":\"abc\"}}", "Invalid request: tools.function.parameters.type is required and must be \"object\"", "tools[0].function.parameters.type")]
    [InlineData(Seed, "{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{\"type\":\"array\"}}}", "Invalid request: tools.function.parameters.type is required and must be \"object\"", "tools[0].function.parameters.type")]
    [InlineData(Seed, "{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":5}}", "Invalid request: tools[0].function.parameters must be an object, found number 5", "tools[0].function.parameters")]
    [InlineData(Seed, "{\"type\":\"function\",\"function\":{\"name\":\"f\",\"strict\":1}}", "Invalid request: tools[0].function.strict must be true or false, found number 1", "tools[0].function.strict")]
    [InlineData(Seed, "{\"type\":\"builtin_function\",\"function\":{\"name\":\"$web_search\"}}", "Invalid request: tools[0].type 'builtin_function' is not supported by this server (function '$web_search'); declare a function of your own", "tools[0].type")]
    [InlineData(Seed, "{\"type\":\"custom\"}", "Invalid request: tools[0].type must be 'function', found 'custom'", "tools[0].type")]
    [InlineData(Platform, "{\"type\":\"function\",\"function\":{\"name\":\"abc\",\"parameters\":{\"type\":\"object\",\"properties\":{\"x\":{}}}}}", "Invalid request: tools.function.parameters is not a valid moonshot flavored json schema, details: <At path 'properties.x': type is not defined>", "tools[0].function.parameters")]
    [InlineData(Seed, "5", "Invalid request: tools[0] must be an object, found number 5", "tools[0]")]
    public Task Tool_Broken_IsRefused(string model, string tools, string message, string param) =>
        RefuseAsync(TestServer.Body(model, $"\"tools\":[{tools}]"), message, param);

    [Fact]
    public Task Tools_OneTooMany_AreRefused()
    {
        IEnumerable<string> tools = Enumerable.Range(0, 129).Select(i => $$$"""{"type":"function","function":{"name":"f{{{i}}}"}}""");
        return RefuseAsync(TestServer.Body(Seed, $"\"tools\":[{string.Join(',', tools)}]"), "Invalid request: tools must have at most 128 entries, found 129", "tools");
    }

    [Fact]
    public Task ToolChoice_UnknownName_IsRefused() => RefuseAsync(
        TestServer.Body(Seed, Tools + ",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"mul\"}}"),
        "Invalid request: tool_choice names the function 'mul', which is not among the tools",
        "tool_choice");

    [Theory]
    [InlineData("none")]
    [InlineData("function")]
    public Task ToolChoice_AllowedToolsOfAnotherMode_IsRefused(string mode) => RefuseAsync(
        TestServer.Body(Seed, $"{Tools},\"tool_choice\":{{\"type\":\"allowed_tools\",\"allowed_tools\":{{\"mode\":\"{mode}\",\"tools\":[{{\"type\":\"function\",\"function\":{{\"name\":\"add\"}}}}]}}}}"),
        $"Invalid request: tool_choice.allowed_tools.mode must be 'auto' or 'required', found '{mode}'",
        "tool_choice.allowed_tools.mode");

    [Theory]
    [InlineData("{\"type\":\"json_schema\"}", "Invalid request: response_format.json_schema is required when type is 'json_schema' and must be an object", "response_format.json_schema")]
    [InlineData("{\"type\":\"json_schema\",\"json_schema\":{\"schema\":{}}}", "Invalid request: response_format.json_schema.name is required and must be a string", "response_format.json_schema.name")]
    [InlineData("{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"n\"}}", "Invalid request: response_format.json_schema.schema is required and must be an object", "response_format.json_schema.schema")]
    [InlineData("{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"n\",\"schema\":[]}}", "Invalid request: response_format.json_schema.schema must be an object, found an array of 0", "response_format.json_schema.schema")]
    [InlineData("{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"n\",\"schema\":{},\"strict\":1}}", "Invalid request: response_format.json_schema.strict must be true or false, found number 1", "response_format.json_schema.strict")]
    [InlineData("5", "Invalid request: response_format must be an object, found number 5", "response_format")]
    public Task ResponseFormat_Broken_IsRefused(string format, string message, string param) =>
        RefuseAsync(TestServer.Body(Seed, $"\"response_format\":{format}"), message, param);

    [Fact]
    public Task ResponseFormat_OutsideTheDialectOnPlatform_HasThePlatformsWords() => RefuseAsync(
        TestServer.Body(Platform, "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"n\",\"schema\":{\"type\":\"object\",\"properties\":{\"pair\":{\"type\":\"array\",\"items\":[]}}}}}"),
        "Invalid request: response_format.json_schema is not a valid moonshot flavored json schema, details: <At path 'properties.pair.items': items must be an object>",
        "response_format.json_schema.schema");

    [Fact]
    public async Task ResponseFormat_EveryForm_ReachesTheBackend()
    {
        Assert.IsType<ResponseFormat.Text>((await AcceptAsync(TestServer.Body(Seed, "\"response_format\":{\"type\":\"text\"}"))).ResponseFormat);
        Assert.IsType<ResponseFormat.JsonObject>((await AcceptAsync(TestServer.Body(Seed, "\"response_format\":{\"type\":\"json_object\"}"))).ResponseFormat);
        ChatRequest request = await AcceptAsync(TestServer.Body(
            Seed, "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"n\",\"description\":\"d\",\"schema\":{\"type\":\"object\"}}}"));
        ResponseFormat.JsonSchema schema = Assert.IsType<ResponseFormat.JsonSchema>(request.ResponseFormat);
        Assert.Equal(("n", true, """{"type":"object"}"""), (schema.Name, schema.Strict, schema.Schema.GetRawText()));
    }

    [Theory]
    [InlineData("{\"role\":\"assistant\",\"content\":\"Once\",\"partial\":true}", "Once", null)]
    [InlineData("{\"role\":\"assistant\",\"content\":\"\",\"name\":\"Kelsier\",\"partial\":true}", "", "Kelsier")]
    public async Task Partial_LastAssistantMessage_IsContinued(string message, string content, string? name)
    {
        ChatRequest request = await AcceptAsync($$"""{"model":"{{Seed}}","messages":[{"role":"user","content":"x"},{{message}}]}""");

        ChatMessage last = request.Messages[^1];
        Assert.True(last.Partial);
        Assert.Equal(name, last.Name);
        Assert.Equal(content, string.Concat(last.Content.OfType<ContentPart.Text>().Select(part => part.Value)));
    }

    [Theory]
    [InlineData("{\"role\":\"user\",\"content\":\"y\",\"partial\":true}")]
    [InlineData("{\"role\":\"system\",\"content\":\"y\",\"partial\":true}")]
    public Task Partial_NotOfTheAssistant_IsRefused(string message) => RefuseAsync(
        $$"""{"model":"{{Seed}}","messages":[{{message}}]}""",
        "Invalid request: messages[0].partial is only allowed on the last message, with role 'assistant' and without tool_calls",
        "messages[0].partial");

    [Fact]
    public async Task LegacyFunctions_HistoryAndChoice_AreMapped()
    {
        ChatRequest request = await AcceptAsync(
            $$$"""
            {"model":"{{{Seed}}}","functions":[{"name":"add","parameters":{"type":"object"}}],"function_call":{"name":"add"},
             "messages":[{"role":"user","content":"x"},{"role":"assistant","content":null,"function_call":{"name":"add","arguments":"{}"}},
             {"role":"function","name":"add","content":"3"}]}
            """);

        Assert.Equal("add", Assert.Single(request.Tools).Name);
        Assert.Equal(["add"], request.ToolChoice.Names);
        Assert.False(request.ParallelToolCalls);
        Assert.Equal(Assert.Single(request.Messages[1].ToolCalls).Id, request.Messages[2].ToolCallId);
        Assert.Equal(ChatRole.Tool, request.Messages[2].Role);
    }

    [Theory]
    [InlineData("[{\"role\":\"function\",\"name\":\"f\",\"content\":\"1\"}]", "Invalid request: messages[0].role 'function' must follow an assistant message with function_call", "messages[0].role")]
    public Task LegacyFunctions_Unpaired_AreRefused(string messages, string message, string param) =>
        RefuseAsync($$"""{"model":"{{Seed}}","messages":{{messages}}}""", message, param);

    [Theory]
    [InlineData("\"audio\":{\"voice\":\"x\"}", "Invalid request: audio is not supported by this server; omit it", "audio")]
    [InlineData("\"web_search_options\":{}", "Invalid request: web_search_options is not supported by this server; omit it", "web_search_options")]
    [InlineData("\"store\":true", "Invalid request: store must be false: this server does not keep completions", "store")]
    [InlineData("\"modalities\":[\"text\",\"audio\"]", "Invalid request: modalities must be [\"text\"], found 'audio'", "modalities")]
    [InlineData("\"modalities\":[]", "Invalid request: modalities must be [\"text\"], found an array of 0", "modalities")]
    [InlineData("\"prediction\":5", "Invalid request: prediction must be an object, found number 5", "prediction")]
    [InlineData("\"verbosity\":5", "Invalid request: verbosity must be a string, found number 5", "verbosity")]
    public Task Field_WithoutSupport_IsRefusedByName(string more, string message, string param) =>
        RefuseAsync(TestServer.Body(Seed, more), message, param);

    [Theory]
    [InlineData("\"store\":false,\"metadata\":{\"a\":\"b\"},\"service_tier\":\"auto\",\"user\":\"u\",\"safety_identifier\":\"s\",\"prompt_cache_key\":\"k\"")]
    [InlineData("\"modalities\":[\"text\"],\"verbosity\":\"low\",\"prediction\":{\"type\":\"content\",\"content\":\"x\"},\"reasoning_effort\":\"low\"")]
    [InlineData("\"tools\":[],\"tool_choice\":\"auto\"")]
    [InlineData("\"tool_choice\":\"none\"")]
    public Task Field_WithoutEffect_IsAccepted(string more) => AcceptAsync(TestServer.Body(Seed, more));

    [Theory]
    [InlineData("input_audio")]
    [InlineData("file")]
    public Task Part_WithoutSupport_IsRefusedByName(string type) => RefuseAsync(
        $$"""{"model":"{{Seed}}","messages":[{"role":"user","content":[{"type":"{{type}}"}]}]}""",
        $"Invalid request: the message at position 0 with role 'user' contains an invalid part type: {type} (messages[0].content[0].type must be 'text')",
        "messages[0].content[0].type");

    [Fact]
    public async Task Refusal_InTheHistory_IsText()
    {
        ChatRequest request = await AcceptAsync(
            $$"""{"model":"{{Seed}}","messages":[{"role":"user","content":"x"},{"role":"assistant","content":null,"refusal":"No."},{"role":"user","content":"y"}]}""");
        Assert.Equal("No.", Assert.IsType<ContentPart.Text>(Assert.Single(request.Messages[1].Content)).Value);
    }

    private async Task<ChatRequest> AcceptAsync(string body)
    {
        server.Backend.Script = null;
        using HttpResponseMessage response = await server.PostAsync(body);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return server.Backend.Requests.Last();
    }

    private async Task RefuseAsync(string body, string message, string param)
    {
        using HttpResponseMessage response = await server.PostAsync(body);
        JsonElement error = (await TestServer.JsonAsync(response)).GetProperty("error");
        Assert.Equal(message, error.GetProperty("message").GetString());
        Assert.Equal(param, error.GetProperty("param").GetString());
        Assert.Equal(400, (int)response.StatusCode);
    }
}
