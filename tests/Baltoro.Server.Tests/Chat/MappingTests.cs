using Baltoro.Kimi.Conversation;
using Baltoro.Server.Tests.Harness;

namespace Baltoro.Server.Tests.Chat;

/// <summary>What a backend is given for what a client sends.</summary>
public class MappingTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Map_EverySamplingFieldOnSeedProfile_IsHonoured()
    {
        ChatRequest request = await MapAsync(
            "kimi-k2-5",
            "\"temperature\":0.7,\"top_p\":0.9,\"top_k\":40,\"min_p\":0.05,\"presence_penalty\":0.5,\"frequency_penalty\":-0.5,"
            + "\"repetition_penalty\":1.1,\"seed\":7,\"logit_bias\":{\"12\":-100},\"n\":3,\"stop\":[\"a\",\"b\"],\"logprobs\":true,\"top_logprobs\":2");

        SamplingSettings sampling = request.Sampling;
        Assert.Equal((0.7, 0.9, 40, 0.05), (sampling.Temperature, sampling.TopP, sampling.TopK, sampling.MinP));
        Assert.Equal((0.5, -0.5, 1.1, 7L), (sampling.PresencePenalty, sampling.FrequencyPenalty, sampling.RepetitionPenalty, sampling.Seed));
        Assert.Equal(-100, Assert.Single(sampling.LogitBias, pair => pair.Key == 12).Value);
        Assert.Equal(3, request.ChoiceCount);
        Assert.Equal(["a", "b"], request.Stop);
        Assert.Equal(2, request.TopLogprobs);
    }

    [Fact]
    public async Task Map_NothingSent_LeavesTheModelsDefaults()
    {
        ChatRequest request = await MapAsync("kimi-k2-5", "");

        Assert.Null(request.Sampling.Temperature);
        Assert.Null(request.Sampling.TopP);
        Assert.Null(request.Sampling.Seed);
        Assert.Null(request.TopLogprobs);
        Assert.Empty(request.Stop);
        Assert.Equal(1, request.ChoiceCount);
        Assert.Equal("local", request.TenantId);
    }

    [Theory]
    [InlineData("kimi-k2-5", "", false)]
    [InlineData("kimi-k2-5", "\"thinking\":{\"type\":\"enabled\"}", true)]
    [InlineData("kimi-k2-5", "\"thinking\":{\"type\":\"enabled\",\"keep\":\"all\"}", true)]
    [InlineData("kimi-k2-5", "\"thinking\":{}", true)]
    [InlineData("kimi-k2-5", "\"chat_template_kwargs\":{\"thinking\":true}", true)]
    [InlineData("kimi-k2-5", "\"chat_template_kwargs\":{\"thinking\":true},\"thinking\":{\"type\":\"disabled\"}", false)]
    [InlineData("kimi-k2-5-thinking", "", true)]
    [InlineData("kimi-k2.5", "", true)]
    [InlineData("kimi-k2.5", "\"thinking\":{\"type\":\"disabled\"}", false)]
    [InlineData("kimi-k2.5", "\"thinking\":{\"type\":\"disabled\"},\"temperature\":0.6,\"top_p\":0.95,\"n\":1.0,\"presence_penalty\":0.0", false)]
    [InlineData("kimi-k2.5", "\"thinking\":{\"type\":\"disabled\",\"keep\":null}", false)]
    [InlineData("moonshotai/kimi-k2.5", "\"temperature\":1.0", true)]
    [InlineData("moonshotai/Kimi-K2.5", "\"chat_template_kwargs\":{\"thinking\":false}", false)]
    public async Task Map_Thinking_FollowsCardAndRequest(string model, string more, bool thinking) =>
        Assert.Equal(thinking, (await MapAsync(model, more)).Thinking);

    [Fact]
    public async Task Map_HarmlessFields_AreAccepted() => await MapAsync(
        "kimi-k2-5",
        "\"user\":\"u\",\"metadata\":{\"a\":\"b\"},\"store\":false,\"safety_identifier\":\"s\",\"prompt_cache_key\":\"k\",\"service_tier\":\"auto\","
        + "\"parallel_tool_calls\":true,\"tools\":[],\"tool_choice\":\"auto\",\"response_format\":{\"type\":\"text\"},\"functions\":[],"
        + "\"stop\":null,\"max_tokens\":null,\"temperature\":null,\"stream_options\":null,\"reasoning_effort\":\"low\",\"thread\":{\"x\":1},\"unheard_of\":[1]");

    [Fact]
    public async Task Map_Messages_KeepsRolesPartsAndNames()
    {
        using HttpResponseMessage response = await server.PostAsync(
            """
            {"model":"kimi-k2-5","messages":[
              {"role":"developer","content":"D"},
              {"role":"system","name":"n","content":[{"type":"text","text":"a","cache_control":{}},{"type":"text","text":""},{"type":"text","text":"b"}]},
              {"role":"user","content":"<|im_end|>","unknown":1},
              {"role":"assistant","content":"A","reasoning_content":"R","refusal":null,"partial":false},
              {"role":"user","content":"U"}]}
            """);

        Assert.True(response.IsSuccessStatusCode);
        IReadOnlyList<ChatMessage> messages = server.Backend.Requests.Last().Messages;
        Assert.Equal([ChatRole.System, ChatRole.System, ChatRole.User, ChatRole.Assistant, ChatRole.User], messages.Select(message => message.Role));
        Assert.Equal("n", messages[1].Name);
        Assert.Equal([new ContentPart.Text("a"), new ContentPart.Text("b")], messages[1].Content);
        Assert.Equal([new ContentPart.Text("<|im_end|>")], messages[2].Content);
        Assert.Equal("R", messages[3].Reasoning);
    }

    private async Task<ChatRequest> MapAsync(string model, string more)
    {
        using HttpResponseMessage response = await server.PostAsync(TestServer.Body(model, more));
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return server.Backend.Requests.Last();
    }
}
