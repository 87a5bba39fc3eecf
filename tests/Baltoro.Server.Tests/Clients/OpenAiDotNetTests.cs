using System.ClientModel;
using System.Text;
using System.Text.Json;
using Baltoro.Kimi.Conversation;
using Baltoro.Server.Tests.Files;
using Baltoro.Server.Tests.Harness;
using Baltoro.Tests.Shared;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Files;
using OpenAI.Models;

namespace Baltoro.Server.Tests.Clients;

/// <summary>OpenAI's official .NET client against the running server.</summary>
public class OpenAiDotNetTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Complete_SeedsExample_Answers()
    {
        server.Backend.Script = null;
        ChatCompletion completion = await Chat("kimi-k2-5").CompleteChatAsync(
            [new SystemChatMessage("You are a helpful assistant."), new UserChatMessage("Explain quantum computing in simple terms.")],
            new ChatCompletionOptions { Temperature = 0.7f, MaxOutputTokenCount = 2048 });

        Assert.Equal("Hello.", completion.Content[0].Text);
        Assert.Equal(OpenAI.Chat.ChatFinishReason.Stop, completion.FinishReason);
        Assert.Equal((12, 2), (completion.Usage.InputTokenCount, completion.Usage.OutputTokenCount));
        Assert.Equal("kimi-k2-5", completion.Model);
        ChatRequest request = server.Backend.Requests.Last();
        Assert.Equal(2048, request.MaxCompletionTokens);
        Assert.Equal(0.7, request.Sampling.Temperature ?? 0, 6);
    }

    [Fact]
    public async Task Stream_ThinkingModel_DeliversContentAndUsage()
    {
        server.Backend.Play(
            new ChatEvent.ReasoningDelta(0, "Hmm"),
            new ChatEvent.TextDelta(0, "Hel"),
            new ChatEvent.TextDelta(0, "lo"),
            new ChatEvent.Finish(0, Kimi.Conversation.ChatFinishReason.Length),
            new ChatEvent.Usage(new ChatUsage(12, 8, 3, 1)));
        StringBuilder text = new();
        OpenAI.Chat.ChatFinishReason? finish = null;
        ChatTokenUsage? usage = null;
        await foreach (StreamingChatCompletionUpdate update in Chat("kimi-k2-5-thinking").CompleteChatStreamingAsync([new UserChatMessage("Hi")]))
        {
            text.Append(string.Concat(update.ContentUpdate.Select(part => part.Text)));
            finish = update.FinishReason ?? finish;
            usage = update.Usage ?? usage;
        }

        Assert.Equal("Hello", text.ToString());
        Assert.Equal(OpenAI.Chat.ChatFinishReason.Length, finish);
        Assert.Equal((12, 3, 8), (usage?.InputTokenCount, usage?.OutputTokenCount, usage?.InputTokenDetails?.CachedTokenCount));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tools_LoopWithThinking_Works(bool stream)
    {
        server.Backend.Script = (request, _) => ScriptedBackend.Events(ToolModel.Answer(request));
        ChatTool tool = ChatTool.CreateFunctionTool("get_weather", "Weather.", BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}}}"""));
        ChatCompletionOptions options = new() { Tools = { tool } };
        List<OpenAI.Chat.ChatMessage> messages = [new UserChatMessage("Weather in Paris?")];
        ChatClient client = Chat("kimi-k2-5-thinking");
        (string id, string arguments) = stream ? await StreamCallAsync(client, messages, options) : await CallAsync(client, messages, options);
        Assert.Equal(("get_weather:0", """{"city":"Paris","unit":"c"}"""), (id, arguments));
        messages.Add(new AssistantChatMessage([ChatToolCall.CreateFunctionToolCall(id, "get_weather", BinaryData.FromString(arguments))]));
        messages.Add(new ToolChatMessage(id, "18 c"));

        ChatCompletion completion = await client.CompleteChatAsync(messages, options);

        Assert.Equal("It is 18 c.", completion.Content[0].Text);
        server.Backend.Script = null;
    }

    private static async Task<(string Id, string Arguments)> CallAsync(
        ChatClient client, List<OpenAI.Chat.ChatMessage> messages, ChatCompletionOptions options)
    {
        ChatCompletion completion = await client.CompleteChatAsync(messages, options);
        Assert.Equal(OpenAI.Chat.ChatFinishReason.ToolCalls, completion.FinishReason);
        ChatToolCall call = Assert.Single(completion.ToolCalls);
        return (call.Id, call.FunctionArguments.ToString());
    }

    private static async Task<(string Id, string Arguments)> StreamCallAsync(
        ChatClient client, List<OpenAI.Chat.ChatMessage> messages, ChatCompletionOptions options)
    {
        string id = "";
        StringBuilder arguments = new();
        await foreach (StreamingChatCompletionUpdate update in client.CompleteChatStreamingAsync(messages, options))
        {
            foreach (StreamingChatToolCallUpdate piece in update.ToolCallUpdates)
            {
                id += piece.ToolCallId;
                arguments.Append(piece.FunctionArgumentsUpdate);
            }
        }

        return (id, arguments.ToString());
    }

    [Fact]
    public async Task Pictures_InlineAndByFile_ReachTheBackend()
    {
        server.Backend.Script = null;
        server.Backend.TakesImages = true;
        byte[] picture = PictureMaker.Png(4, 4);
        using MultipartFormDataContent form = FileRouteTests.Form(picture, "cat.png", "image");
        using BinaryContent body = BinaryContent.Create(await form.ReadAsStreamAsync());
        OpenAIFileClient files = new(new ApiKeyCredential(server.Key), Options());
        ClientResult uploaded = await files.UploadFileAsync(body, form.Headers.ContentType?.ToString() ?? "");
        string id = JsonElement.Parse(uploaded.GetRawResponse().Content).GetProperty("id").GetString()!;
        Assert.Equal(picture, (await files.DownloadFileAsync(id)).Value.ToArray());
        await Chat("kimi-k2-5").CompleteChatAsync([new UserChatMessage(
            ChatMessageContentPart.CreateTextPart("What?"),
            ChatMessageContentPart.CreateImagePart(BinaryData.FromBytes(picture), "image/png", ChatImageDetailLevel.Auto),
            ChatMessageContentPart.CreateImagePart(new Uri($"ms://{id}")))]);
        Assert.All(
            server.Backend.Requests.Last().Messages[0].Content.Skip(1), part => Assert.Equal(picture, ((ContentPart.Image)part).Value.Bytes.ToArray()));
        Assert.True((await files.DeleteFileAsync(id)).Value.Deleted);
        ClientResultException gone = await Assert.ThrowsAsync<ClientResultException>(() => files.GetFileAsync(id));
        Assert.Equal(404, gone.Status);
    }

    [Fact]
    public async Task Files_OfABatch_AreUploadedListedAndRead()
    {
        OpenAIFileClient files = new(new ApiKeyCredential(server.Key), Options());
        OpenAIFile file = await files.UploadFileAsync(BinaryData.FromString("{}"), "batch.jsonl", FileUploadPurpose.Batch);
        Assert.Equal(("batch.jsonl", 2, FilePurpose.Batch), (file.Filename, file.SizeInBytes ?? 0, file.Purpose));
        OpenAIFile again = await files.GetFileAsync(file.Id);
        Assert.Equal(file.Id, again.Id);
        Assert.Equal("{}", (await files.DownloadFileAsync(file.Id)).Value.ToString());
        Assert.True((await files.DeleteFileAsync(file.Id)).Value.Deleted);
    }

    [Fact]
    public async Task Errors_Arrive_WithStatusAndMessage()
    {
        ClientResultException unknown = await Assert.ThrowsAsync<ClientResultException>(
            () => Chat("gpt-4").CompleteChatAsync([new UserChatMessage("Hi")]));
        Assert.Equal(404, unknown.Status);
        Assert.Contains("Not found the model gpt-4", unknown.Message, StringComparison.Ordinal);
        ChatClient wrongKey = new("kimi-k2-5", new ApiKeyCredential("sk-wrong"), Options());
        ClientResultException refused = await Assert.ThrowsAsync<ClientResultException>(
            () => wrongKey.CompleteChatAsync([new UserChatMessage("Hi")]));
        Assert.Equal(401, refused.Status);
    }

    [Fact]
    public async Task Models_ListAndGet_Work()
    {
        OpenAIModelClient models = new(new ApiKeyCredential(server.Key), Options());
        OpenAIModelCollection all = (await models.GetModelsAsync()).Value;
        Assert.Contains(all, model => model.Id == "kimi-k2-5");
        OpenAIModel one = (await models.GetModelAsync("moonshotai/kimi-k2.5")).Value;
        Assert.Equal("moonshotai/kimi-k2.5", one.Id);
    }

    private ChatClient Chat(string model) => new(model, new ApiKeyCredential(server.Key), Options());

    private OpenAIClientOptions Options() => new() { Endpoint = new Uri(server.BaseUri, "/v1") };
}
