using System.Text.Json;
using Baltoro.Server.Tests.Harness;

namespace Baltoro.Server.Tests.Chat;

/// <summary>Every refusal of a request's content: status, exact text, field.</summary>
public class ValidationTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Seed = "kimi-k2-5";
    private const string Always = "kimi-k2-5-thinking";
    private const string Platform = "kimi-k2.5";

    [Theory]
    [InlineData("\"temperature\":2.1", "Invalid request: temperature must be between 0 and 2, found 2.1", "temperature")]
    [InlineData("\"temperature\":-0.1", "Invalid request: temperature must be between 0 and 2, found -0.1", "temperature")]
    [InlineData("\"temperature\":\"hot\"", "Invalid request: temperature must be a number, found string \"hot\"", "temperature")]
    [InlineData("\"temperature\":1e999", "Invalid request: temperature must be a number, found number 1e999", "temperature")]
    [InlineData("\"top_p\":0", "Invalid request: top_p must be greater than 0 and at most 1, found 0", "top_p")]
    [InlineData("\"top_p\":1.5", "Invalid request: top_p must be greater than 0 and at most 1, found 1.5", "top_p")]
    [InlineData("\"n\":0", "Invalid request: n must be between 1 and 8, found 0", "n")]
    [InlineData("\"n\":9", "Invalid request: n must be between 1 and 8, found 9", "n")]
    [InlineData("\"n\":1.5", "Invalid request: n must be an integer, found number 1.5", "n")]
    [InlineData("\"presence_penalty\":3", "Invalid request: presence_penalty must be between -2 and 2, found 3", "presence_penalty")]
    [InlineData("\"frequency_penalty\":-3", "Invalid request: frequency_penalty must be between -2 and 2, found -3", "frequency_penalty")]
    [InlineData("\"repetition_penalty\":0", "Invalid request: repetition_penalty must be greater than 0 and at most 2, found 0", "repetition_penalty")]
    [InlineData("\"top_k\":-1", "Invalid request: top_k must be between 0 and 2147483647, found -1", "top_k")]
    [InlineData("\"min_p\":2", "Invalid request: min_p must be between 0 and 1, found 2", "min_p")]
    [InlineData("\"seed\":\"1\"", "Invalid request: seed must be an integer, found string \"1\"", "seed")]
    [InlineData("\"seed\":99999999999999999999", "Invalid request: seed must be an integer from -9223372036854775808 to 9223372036854775807, found number 99999999999999999999", "seed")]
    [InlineData("\"seed\":1e19", "Invalid request: seed must be an integer from -9223372036854775808 to 9223372036854775807, found number 1e19", "seed")]
    [InlineData("\"logit_bias\":[]", "Invalid request: logit_bias must be an object, found an array of 0", "logit_bias")]
    [InlineData("\"logit_bias\":{\"a\":1}", "Invalid request: logit_bias.a must be named by a token id, a whole number of at least 0", "logit_bias.a")]
    [InlineData("\"logit_bias\":{\"5\":101}", "Invalid request: logit_bias.5 must be between -100 and 100, found 101", "logit_bias.5")]
    [InlineData("\"logit_bias\":{\"5\":-100.5}", "Invalid request: logit_bias.5 must be between -100 and 100, found -100.5", "logit_bias.5")]
    [InlineData("\"logit_bias\":{\"-5\":1}", "Invalid request: logit_bias.-5 must be named by a token id, a whole number of at least 0", "logit_bias.-5")]
    [InlineData("\"logit_bias\":{\"007\":5,\"7\":6}", "Invalid request: logit_bias.7 names token 7 a second time", "logit_bias.7")]
    [InlineData("\"logit_bias\":{\"5\":null}", "Invalid request: logit_bias.5 must be a number, found null", "logit_bias.5")]
    [InlineData("\"logprobs\":1", "Invalid request: logprobs must be true or false, found number 1", "logprobs")]
    [InlineData("\"top_logprobs\":3", "Invalid request: top_logprobs is only allowed when logprobs is true", "top_logprobs")]
    [InlineData("\"logprobs\":true,\"top_logprobs\":21", "Invalid request: top_logprobs must be between 0 and 20, found 21", "top_logprobs")]
    [InlineData("\"stop\":5", "Invalid request: stop must be a string or an array of strings, found number 5", "stop")]
    [InlineData("\"stop\":[\"a\",1]", "Invalid request: stop[1] must be a string, found number 1", "stop[1]")]
    [InlineData("\"stop\":\"\"", "Invalid request: stop[0] must have 1 to 256 bytes, found 0 ('')", "stop[0]")]
    [InlineData("\"stop\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\",\"0\",\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\"]", "Invalid request: stop must have at most 16 strings, found 17", "stop")]
    [InlineData("\"stream\":\"yes\"", "Invalid request: stream must be true or false, found string \"yes\"", "stream")]
    [InlineData("\"stream_options\":true", "Invalid request: stream_options must be an object, found boolean true", "stream_options")]
    [InlineData("\"stream_options\":{\"include_usage\":1}", "Invalid request: stream_options.include_usage must be true or false, found number 1", "stream_options.include_usage")]
    [InlineData("\"max_tokens\":0", "Invalid request: max_tokens must be at least 1, found 0", "max_tokens")]
    [InlineData("\"max_tokens\":-5", "Invalid request: max_tokens must be at least 1, found -5", "max_tokens")]
    [InlineData("\"max_tokens\":\"many\"", "Invalid request: max_tokens must be an integer, found string \"many\"", "max_tokens")]
    [InlineData("\"max_completion_tokens\":0", "Invalid request: max_completion_tokens must be at least 1, found 0", "max_completion_tokens")]
    [InlineData("\"thinking\":true", "Invalid request: thinking must be an object, found boolean true", "thinking")]
    [InlineData("\"thinking\":{\"type\":\"auto\"}", "Invalid request: thinking.type must be 'enabled' or 'disabled', found 'auto'", "thinking.type")]
    [InlineData("\"thinking\":{\"type\":\"enabled\"},\"reasoning_effort\":\"low\"", "cannot specify both 'thinking' and 'reasoning_effort'", "reasoning_effort")]
    [InlineData("\"chat_template_kwargs\":{\"thinking\":\"on\"}", "Invalid request: chat_template_kwargs.thinking must be true or false, found string \"on\"", "chat_template_kwargs.thinking")]
    [InlineData("\"tools\":[{\"type\":\"function\"}]", "Invalid request: tools[0].function is required and must be an object", "tools[0].function")]
    [InlineData("\"tools\":{}", "Invalid request: tools must be an array, found an object", "tools")]
    [InlineData("\"tool_choice\":\"\\ud800\"", "Invalid request: tool_choice has an unpaired surrogate escape, which is not a character", "tool_choice")]
    [InlineData("\"max_tokens\":-1e300", "Invalid request: max_tokens must be at least 1, found -9223372036854775808", "max_tokens")]
    [InlineData("\"max_tokens\":1e-300", "Invalid request: max_tokens must be an integer, found number 1e-300", "max_tokens")]
    [InlineData("\"tool_choice\":\"required\"", "Invalid request: tool_choice demands a call, but no tools were sent", "tool_choice")]
    [InlineData("\"tool_choice\":{\"type\":\"function\"}", "Invalid request: tool_choice.function is required and must be an object", "tool_choice.function")]
    [InlineData("\"response_format\":{\"type\":\"xml\"}", "Invalid request: response_format.type must be 'text', 'json_object' or 'json_schema', found 'xml'", "response_format.type")]
    [InlineData("\"response_format\":{}", "Invalid request: response_format.type is required and must be a string", "response_format.type")]
    [InlineData("\"functions\":[{}]", "Invalid request: functions[0].name is required and must be a string", "functions[0].name")]
    [InlineData("\"function_call\":\"required\"", "Invalid request: function_call must be 'auto', 'none' or an object with a name, found 'required'", "function_call")]
    [InlineData("\"user\":5", "Invalid request: user must be a string, found number 5", "user")]
    [InlineData("\"metadata\":\"x\"", "Invalid request: metadata must be an object, found string \"x\"", "metadata")]
    public Task Request_BadParameterOnSeedProfile_NamesField(string more, string message, string param) =>
        AssertRefusedAsync(TestServer.Body(Seed, more), message, param);

    [Theory]
    [InlineData("\"temperature\":0.7", "invalid temperature: only 1 is allowed for this model", "temperature")]
    [InlineData("\"temperature\":1,\"thinking\":{\"type\":\"disabled\"}", "invalid temperature: only 0.6 is allowed for this model", "temperature")]
    [InlineData("\"top_p\":1", "invalid top_p: only 0.95 is allowed for this model", "top_p")]
    [InlineData("\"n\":2", "invalid n: only 1 is allowed for this model", "n")]
    [InlineData("\"presence_penalty\":0.1", "invalid presence_penalty: only 0 is allowed for this model", "presence_penalty")]
    [InlineData("\"frequency_penalty\":0.1", "invalid frequency_penalty: only 0 is allowed for this model", "frequency_penalty")]
    [InlineData("\"thinking\":{\"type\":\"enabled\",\"keep\":\"all\"}", "Invalid request: thinking.keep is not allowed for this model; the only member is 'type'", "thinking.keep")]
    [InlineData("\"stop\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\"]", "Invalid request: stop must have at most 5 strings, found 6", "stop")]
    [InlineData("\"stop\":\"€€€€€€€€€€€\"", "Invalid request: stop[0] must have 1 to 32 bytes, found 33 ('€€€€€€€€€€€')", "stop[0]")]
    public Task Request_BadParameterOnPlatformProfile_HasThePlatformsWords(string more, string message, string param) =>
        AssertRefusedAsync(TestServer.Body(Platform, more), message, param);

    [Theory]
    [InlineData("\"thinking\":{\"type\":\"disabled\"}", "thinking.type")]
    [InlineData("\"chat_template_kwargs\":{\"thinking\":false}", "chat_template_kwargs.thinking")]
    public Task Request_ThinkingOffOnAlwaysThinking_IsRefused(string more, string param) =>
        AssertRefusedAsync(TestServer.Body(Always, more), "invalid thinking: only type=enabled is allowed for this model", param);

    [Theory]
    [InlineData("[]", "Invalid request: messages must not be empty", "messages")]
    [InlineData("{}", "Invalid request: messages must be an array, found an object", "messages")]
    [InlineData("null", "Invalid request: messages is required and must be an array", "messages")]
    [InlineData("[5]", "Invalid request: messages[0] must be an object, found number 5", "messages[0]")]
    [InlineData("[{\"content\":\"x\"}]", "Invalid request: messages[0].role is required and must be a string", "messages[0].role")]
    [InlineData("[{\"role\":\"robot\",\"content\":\"x\"}]", "Invalid request: messages[0].role must be one of 'system', 'developer', 'user', 'assistant', 'tool', found 'robot'", "messages[0].role")]
    [InlineData("[{\"role\":\"user\"}]", "the message at position 0 with role 'user' must not be empty", "messages[0].content")]
    [InlineData("[{\"role\":\"user\",\"content\":\"\"}]", "the message at position 0 with role 'user' must not be empty", "messages[0].content")]
    [InlineData("[{\"role\":\"user\",\"content\":\"x\"},{\"role\":\"assistant\",\"content\":null}]", "the message at position 1 with role 'assistant' must not be empty", "messages[1].content")]
    [InlineData("[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"\"}]}]", "text content is empty", "messages[0].content")]
    [InlineData("[{\"role\":\"user\",\"content\":5}]", "Invalid request: messages[0].content must be a string or an array of parts, found number 5", "messages[0].content")]
    [InlineData("[{\"role\":\"user\",\"content\":[\"x\"]}]", "Invalid request: messages[0].content[0] must be an object with a type, found string \"x\"", "messages[0].content[0]")]
    [InlineData("[{\"role\":\"user\",\"content\":[{\"type\":\"text\"}]}]", "Invalid request: messages[0].content[0].text is required and must be a string", "messages[0].content[0].text")]
    [InlineData("[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:,\"}}]}]", "Invalid request: the message at position 0 with role 'user' contains an invalid part type: image_url (messages[0].content[1].type must be 'text')", "messages[0].content[1].type")]
    [InlineData("[{\"role\":\"user\",\"content\":[{\"type\":\"video_url\",\"video_url\":\"ms://x\"}]}]", "Invalid request: the message at position 0 with role 'user' contains an invalid part type: video_url (messages[0].content[0].type must be 'text')", "messages[0].content[0].type")]
    [InlineData("[{\"role\":\"assistant\",\"content\":\"y\",\"partial\":true},{\"role\":\"user\",\"content\":\"x\"}]", "Invalid request: messages[0].partial is only allowed on the last message, with role 'assistant' and without tool_calls", "messages[0].partial")]
    [InlineData("[{\"role\":\"user\",\"content\":\"x\",\"tool_calls\":[{\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]}]", "Invalid request: messages[0].tool_calls is only allowed for role 'assistant', found role 'user'", "messages[0].tool_calls")]
    [InlineData("[{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"a\"}]}]", "Invalid request: messages[0].tool_calls[0].function is required and must be an object", "messages[0].tool_calls[0].function")]
    [InlineData("[{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":{}}}]}]", "Invalid request: messages[0].tool_calls[0].function.arguments must be a string, found an object", "messages[0].tool_calls[0].function.arguments")]
    [InlineData("[{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"a\",\"type\":\"x\",\"function\":{\"name\":\"f\"}}]}]", "Invalid request: messages[0].tool_calls[0].type must be 'function', found 'x'", "messages[0].tool_calls[0].type")]
    [InlineData("[{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"\",\"function\":{\"name\":\"f\"}}]}]", "Invalid request: messages[0].tool_calls[0].id must not be empty", "messages[0].tool_calls[0].id")]
    [InlineData("[{\"role\":\"assistant\",\"function_call\":{}}]", "Invalid request: messages[0].function_call.name is required and must be a string", "messages[0].function_call.name")]
    [InlineData("[{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"a\",\"function\":{\"name\":\"f\"}},{\"id\":\"b\",\"function\":{\"name\":\"f\"}}]},{\"role\":\"tool\",\"tool_call_id\":\"b\",\"content\":\"1\"}]", "an assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: a", "messages[0].tool_calls")]
    [InlineData("[{\"role\":\"user\",\"content\":\"x\"},{\"role\":\"tool\",\"tool_call_id\":\"a\",\"content\":\"1\"}]", "tool_call_id a not found", "messages[1].tool_call_id")]
    [InlineData("[{\"role\":\"tool\",\"content\":\"1\"}]", "Invalid request: messages[0].tool_call_id is required for role 'tool' and must not be empty", "messages[0].tool_call_id")]
    [InlineData("[{\"role\":\"user\",\"content\":\"\\ud800\"}]", "Invalid request: messages[0].content has an unpaired surrogate escape, which is not a character", "messages[0].content")]
    public Task Request_BadMessages_NamesPosition(string messages, string message, string param) =>
        AssertRefusedAsync($$"""{"model":"{{Seed}}","messages":{{messages}}}""", message, param);

    [Fact]
    public Task Request_ToolStepWithoutReasoningOnPlatform_IsRefused() => AssertRefusedAsync(
        $$"""{"model":"{{Platform}}","messages":{{ToolTurn("")}}}""",
        "thinking is enabled but reasoning_content is missing in assistant tool call message at index 1",
        "messages[1].reasoning_content");

    [Theory]
    [InlineData(Platform, ",\"reasoning_content\":\"\"")]
    [InlineData(Always, "")]
    public async Task Request_ToolStepOfTheCurrentTurn_IsMapped(string model, string reasoning)
    {
        using HttpResponseMessage response = await server.PostAsync($$"""{"model":"{{model}}","messages":{{ToolTurn(reasoning)}}}""");

        Assert.True(response.IsSuccessStatusCode);
        Kimi.Conversation.ChatRequest request = server.Backend.Requests.Last();
        Assert.Equal("f", Assert.Single(request.Messages[1].ToolCalls).Name);
        Assert.Equal("{\"a\":1}", request.Messages[1].ToolCalls[0].Arguments);
        Assert.Equal("f:0", request.Messages[2].ToolCallId);
    }

    [Fact]
    public async Task Request_UnknownModel_Is404()
    {
        using HttpResponseMessage response = await server.PostAsync("""{"model":"gpt-4","messages":5}""");

        Assert.Equal(404, (int)response.StatusCode);
        JsonElement error = (await TestServer.JsonAsync(response)).GetProperty("error");
        Assert.Equal("Not found the model gpt-4 or Permission denied", error.GetProperty("message").GetString());
        Assert.Equal("resource_not_found_error", error.GetProperty("type").GetString());
    }

    [Theory]
    [InlineData("{}", "Invalid request: model is required and must be a string")]
    [InlineData("{\"model\":\"\"}", "Invalid request: model must not be empty")]
    [InlineData("{\"model\":5}", "Invalid request: model must be a string, found number 5")]
    public Task Request_BadModel_NamesIt(string body, string message) => AssertRefusedAsync(body, message, "model");

    private static string ToolTurn(string reasoning) =>
        "[{\"role\":\"user\",\"content\":\"x\"},{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"index\":0,\"id\":\"f:0\",\"type\":\"function\","
        + "\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":1}\"}}]" + reasoning + "},{\"role\":\"tool\",\"tool_call_id\":\"f:0\",\"name\":\"f\",\"content\":\"1\"}]";

    private async Task AssertRefusedAsync(string body, string message, string param)
    {
        using HttpResponseMessage response = await server.PostAsync(body);

        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        JsonElement error = (await TestServer.JsonAsync(response)).GetProperty("error");
        Assert.Equal(message, error.GetProperty("message").GetString());
        Assert.Equal(param, error.GetProperty("param").GetString());
        Assert.Equal("invalid_request_error", error.GetProperty("type").GetString());
        Assert.Equal(400, (int)response.StatusCode);
    }
}
