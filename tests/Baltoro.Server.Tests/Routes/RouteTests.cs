using System.Text.Json;
using Baltoro.Server.Tests.Harness;

namespace Baltoro.Server.Tests.Routes;

public class RouteTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Models_List_HasTheFieldsClientsRead()
    {
        using HttpResponseMessage response = await server.Client.GetAsync("/v1/models");
        JsonElement list = await TestServer.JsonAsync(response);

        Assert.Equal("list", list.GetProperty("object").GetString());
        JsonElement[] models = [.. list.GetProperty("data").EnumerateArray()];
        Assert.Equal(
            ["kimi-k2-5", "kimi-k2-5-thinking", "kimi-k2.5", "moonshotai/kimi-k2.5", "moonshotai/Kimi-K2.5"],
            models.Select(model => model.GetProperty("id").GetString()));
        Assert.Equal(
            ["id", "object", "created", "owned_by", "context_length", "max_output_tokens", "supports_image_in", "supports_video_in", "supports_reasoning", "supports_thinking_type", "served_by", "trained_context"],
            models[0].EnumerateObject().Select(member => member.Name));
        Assert.Equal((131_072, 8_192, "both"), Key(models[0]));
        Assert.Equal((131_072, 8_192, "only"), Key(models[1]));
        Assert.Equal((262_144, 262_144, "both"), Key(models[2]));
        Assert.Equal("scripted (test)", models[0].GetProperty("served_by").GetString());
        Assert.Equal(2_048, models[0].GetProperty("trained_context").GetInt32());
    }

    [Theory]
    [InlineData("kimi-k2-5", "kimi-k2-5")]
    [InlineData("moonshotai/kimi-k2.5", "moonshotai/kimi-k2.5")]
    [InlineData("moonshotai%2FKimi-K2.5", "moonshotai/Kimi-K2.5")]
    public async Task Models_ById_MatchesTheList(string path, string id)
    {
        JsonElement list = await TestServer.JsonAsync(await server.Client.GetAsync("/v1/models"));
        JsonElement model = await TestServer.JsonAsync(await server.Client.GetAsync($"/v1/models/{path}"));
        JsonElement listed = list.GetProperty("data").EnumerateArray().Single(entry => entry.GetProperty("id").GetString() == id);
        Assert.Equal(listed.GetRawText(), model.GetRawText());
    }

    [Theory]
    [InlineData("GET", "/v1/models/kimi-k9", 404, "resource_not_found_error")]
    [InlineData("GET", "/v1/nothing", 404, "resource_not_found_error")]
    [InlineData("GET", "/", 404, "resource_not_found_error")]
    [InlineData("POST", "/v1/embeddings", 404, "resource_not_found_error")]
    [InlineData("GET", "/v1/chat/completions", 405, "invalid_request_error")]
    [InlineData("DELETE", "/v1/models", 405, "invalid_request_error")]
    [InlineData("POST", "/health/live", 405, "invalid_request_error")]
    public async Task Route_UnknownOrWrongMethod_AnswersInTheEnvelope(string method, string path, int status, string type)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        using HttpResponseMessage response = await server.Client.SendAsync(request);

        Assert.Equal(status, (int)response.StatusCode);
        JsonElement error = (await TestServer.JsonAsync(response)).GetProperty("error");
        Assert.Equal(type, error.GetProperty("type").GetString());
        Assert.Equal(status == 405, response.Content.Headers.Allow.Count > 0);
        Assert.NotEmpty(response.Headers.GetValues("x-request-id").Single());
    }

    [Theory]
    [InlineData("/health/live", "Service is live.")]
    [InlineData("/health/ready", "Service is ready.")]
    [InlineData("/v1/health/live", "Service is live.")]
    [InlineData("/v1/health/ready", "Service is ready.")]
    public async Task Health_WithoutAKey_Answers(string path, string message)
    {
        using HttpClient client = new() { BaseAddress = server.BaseUri };
        JsonElement reply = await TestServer.JsonAsync(await client.GetAsync(path));
        Assert.Equal($$"""{"object":"health.response","message":"{{message}}"}""", reply.GetRawText());
        using HttpRequestMessage head = new(HttpMethod.Head, path);
        Assert.Equal(200, (int)(await client.SendAsync(head)).StatusCode);
    }

    [Theory]
    [InlineData("my-id.1:2_3", true)]
    [InlineData("bad id", false)]
    [InlineData("", false)]
    [InlineData("<script>", false)]
    public async Task RequestId_SentByTheClient_IsEchoedWhenSane(string sent, bool isEchoed)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/v1/models");
        request.Headers.TryAddWithoutValidation("x-request-id", sent);
        using HttpResponseMessage response = await server.Client.SendAsync(request);
        string id = response.Headers.GetValues("x-request-id").Single();
        Assert.Equal(isEchoed, id == sent);
        Assert.Equal(!isEchoed, id.StartsWith("req_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Cors_IsOff()
    {
        using HttpRequestMessage request = new(HttpMethod.Options, "/v1/chat/completions");
        request.Headers.Add("Origin", "https://example.org");
        request.Headers.Add("Access-Control-Request-Method", "POST");
        using HttpResponseMessage response = await server.Client.SendAsync(request);
        Assert.Equal(405, (int)response.StatusCode);
        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
        Assert.False(response.Headers.Contains("Server"));
    }

    private static (int Window, int Output, string? Thinking) Key(JsonElement model) => (
        model.GetProperty("context_length").GetInt32(),
        model.GetProperty("max_output_tokens").GetInt32(),
        model.GetProperty("supports_thinking_type").GetString());
}
